// SPDX-License-Identifier: GPL-3.0-or-later
// The conversation on the screen, each to the painted pixel: scrolling mixed markdown messages, 2,000 incoming messages
// a second into the open conversation, switching conversations and jumping far back over a sealed journal.
//   bench_chat [--messages N] [--stored N] [--folder FOLDER]
// N: rows to scroll over, 100,000 unless given; messages in the journal, 1,000,000 unless given. FOLDER: where the
// journal goes; a temporary one unless given. The yardsticks in the same run: bare layout and painting of as many rows
// of the same texts by QTextLayout, with no markdown, bubbles or list around them, and the bare SQLite query for a
// page.
#include <QtCore/QElapsedTimer>
#include <QtCore/QEventLoop>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QRandomGenerator>
#include <QtCore/QTemporaryDir>
#include <QtCore/QTimer>
#include <QtGui/QPainter>
#include <QtGui/QTextLayout>
#include <QtWidgets/QApplication>
#include <QtWidgets/QScrollBar>

#include <algorithm>
#include <cstdio>
#include <unistd.h>

#include "models/items/focusstate.h"
#include "models/items/messagelistmodel.h"
#include "models/store/journal.h"
#include "models/store/journalcodec.h"
#include "models/store/journaldb.h"
#include "tests/items/storefixture.h"
#include "views/chatview.h"
#include "views/messagelistview.h"
#include "views/theme.h"

using namespace Qt::StringLiterals;
using namespace mesh;
using namespace mesh::test;

namespace {

constexpr int kFrames = 600;
constexpr int kRate = 2'000; // messages a second
constexpr int kFps = 60;
constexpr int kConversations = 60;

QString mixedMarkdown(QRandomGenerator &random)
{
    static const QStringList words{
        u"order"_s,  u"the"_s,   u"stock"_s,   u"is"_s,       u"low"_s,   u"**ABC-123**"_s,
        u"so"_s,     u"check"_s, u"`state`"_s, u"before"_s,   u"ship"_s,  u"https://a.example/x?y=1"_s,
        u"deploy"_s, u"and"_s,   u"wait"_s,    u"*please*"_s, u"merge"_s, u"\U0001F680"_s};
    const auto sentence = [&](int n) {
        QStringList parts;
        for (int i = 0; i < n; ++i)
            parts.append(words.at(int(random.bounded(quint32(words.size())))));
        return parts.join(u' ');
    };
    switch (random.bounded(10)) {
    case 0:
        return u"### "_s + sentence(4) + u"\n\n- "_s + sentence(6) + u"\n- "_s + sentence(5) + u"\n- "_s + sentence(9);
    case 1:
        return sentence(8) + u"\n```ts\nconst left = await stock(\"ABC\"); // "_s + sentence(3)
            + u"\nif (left < 5) {\n  notify(\"@ops\");\n}\n```"_s;
    case 2:
        return u"| peer | tokens |\n|---|---:|\n| qa | 1204 |\n| api | 77 |\n\n"_s + sentence(6);
    case 3:
        return u"> "_s + sentence(10) + u"\n\n"_s + sentence(7);
    case 4:
        return sentence(60);
    default:
        return sentence(3 + int(random.bounded(16u)));
    }
}

struct Times
{
    QList<double> ms;
    void add(double value) { ms.append(value); }
    double at(double share)
    {
        std::sort(ms.begin(), ms.end());
        return ms.isEmpty() ? 0 : ms.at(std::min(ms.size() - 1, qsizetype(double(ms.size()) * share)));
    }
    void print(const char *name)
    {
        std::printf("%-46s p50 %7.2f ms   p95 %7.2f ms   p99 %7.2f ms   max %7.2f ms\n", name, at(0.50), at(0.95),
                    at(0.99), at(1));
    }
};

double elapsedMs(const QElapsedTimer &timer)
{
    return double(timer.nsecsElapsed()) / 1e6;
}

//! Resident memory of this process, MiB.
double resident()
{
    QFile file(u"/proc/self/statm"_s);
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    return double(file.readAll().split(' ').value(1).toLongLong()) * double(sysconf(_SC_PAGESIZE)) / (1 << 20);
}

//! Lays out and paints \a texts plainly, one below the other.
double bare(const QStringList &texts, const QFont &font, int width, QImage &image)
{
    QElapsedTimer timer;
    timer.start();
    image.fill(Qt::black);
    QPainter painter(&image);
    painter.setPen(Qt::white);
    double y = 0;
    for (const QString &text : texts) {
        QTextLayout layout(QString(text).replace(u'\n', QChar::LineSeparator), font);
        double height = 0;
        layout.beginLayout();
        for (QTextLine line = layout.createLine(); line.isValid(); line = layout.createLine()) {
            line.setLineWidth(width);
            line.setPosition({0, height});
            height += line.height();
        }
        layout.endLayout();
        layout.draw(&painter, {0, y});
        y += height;
    }
    return elapsedMs(timer);
}

//! A journal of \a count messages over all conversations, the newest of each in the store as after a start; then
//! switching and jumping, with the pages that the view asks for.
bool overJournal(StoreFixture &f, items::FocusState &focus, views::ChatView &chat, int count, const QString &folder,
                 QRandomGenerator &random)
{
    constexpr int kInStore = 6; // of each conversation: less than a screen, so that a page is asked for
    const QString path = folder + u"/journal.db"_s;
    store::Journal journal(protocol::SecretBytes::fromBytes(QByteArray(32, 'b')), {.path = path});
    journal.open();
    QElapsedTimer timer;
    timer.start();
    const qint64 first = f.clock.now + 10'000'000;
    protocol::EventList batch;
    for (int i = 0; i < count; ++i) {
        const int peer = 1 + i % kConversations;
        const qint64 at = first + qint64(i) * 1'000;
        const protocol::Event event{kMesh, at, f.message(peer, mixedMarkdown(random), at, u"s%1"_s.arg(i))};
        batch.append(event);
        if (i >= count - kInStore * kConversations)
            f.store.apply({event});
        if (batch.size() == 20'000 || i + 1 == count) {
            journal.append(batch);
            if (!journal.flush(600'000))
                return false;
            batch.clear();
        }
    }
    for (int n = 1; n <= kConversations; ++n)
        f.apply(protocol::events::ConversationRead{direct(n), first + qint64(count) * 1'000});
    std::printf("%d messages sealed in a journal of %.0f MB: %.1f s\n", count,
                double(QFileInfo(path).size()) / (1024.0 * 1024), elapsedMs(timer) / 1'000);
    QObject::connect(&journal, &store::Journal::historyReady, &chat, &views::ChatView::takeHistory);
    QObject::connect(&chat, &views::ChatView::olderWanted, &journal,
                     [&](const protocol::ConversationId &id, qint64 beforeMs) {
                         journal.loadConversation(kMesh, id, {beforeMs, 0}, 100);
                     });
    QObject::connect(&chat, &views::ChatView::aroundWanted, &journal,
                     [&](const protocol::ConversationId &id, const store::HistoryTarget &target) {
                         journal.loadAround(kMesh, id, target, 50);
                     });
    views::MessageListView *list = chat.list();
    const auto paint = [&] {
        chat.repaint();
        list->viewport()->repaint();
    };
    const auto answered = [&](const auto &ask) { // until the page that it led to is painted
        QEventLoop loop;
        QObject::connect(&journal, &store::Journal::historyReady, &loop, &QEventLoop::quit);
        QTimer::singleShot(5'000, &loop, &QEventLoop::quit);
        ask();
        paint();
        loop.exec();
        paint();
    };

    store::JournalDb db;
    const auto keys = store::JournalKeys::derive(protocol::SecretBytes::fromBytes(QByteArray(32, 'b')));
    if (!db.openReadOnly(path) || !keys)
        return false;
    Times shown, filled, query, jump;
    for (int i = 0; i < 300; ++i) {
        const protocol::ConversationId id = direct(2 + i % (kConversations - 1));
        QElapsedTimer one;
        one.start();
        answered([&] {
            focus.setConversation(id);
            paint();
            shown.add(elapsedMs(one));
        });
        filled.add(elapsedMs(one));
        one.start();
        store::Statement select = db.prepare("SELECT sent, row, msg FROM messages WHERE conv=? ORDER BY sent DESC, row"
                                             " DESC LIMIT 100");
        const QByteArray token = keys->conversationToken(kMesh, id);
        select.bind(1, token);
        while (select.step()) {}
        query.add(elapsedMs(one));
    }
    shown.print("switch of the conversation, to painted");
    filled.print("the same, with the page before it painted");
    query.print("yardstick: bare SQLite query of that page");
    for (int i = 0; i < 50; ++i) {
        const int number = int(random.bounded(quint32(count / 2)));
        focus.setConversation(std::nullopt);
        answered([&] { focus.setConversation(direct(1 + number % kConversations)); });
        QElapsedTimer one;
        one.start();
        answered([&] { chat.goToMessage(u"s%1"_s.arg(number)); });
        jump.add(elapsedMs(one));
    }
    jump.print("jump to a message far back, to painted");
    return true;
}

} // namespace

int main(int argc, char **argv)
{
    qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
    int scrolled = 100'000;
    int stored = 1'000'000;
    QTemporaryDir temporary;
    QString folder = temporary.path();
    const QStringList arguments = QApplication::arguments();
    for (qsizetype i = 1; i + 1 < arguments.size(); i += 2) {
        if (arguments.at(i) == "--messages"_L1)
            scrolled = std::max(1'000, arguments.at(i + 1).toInt());
        else if (arguments.at(i) == "--stored"_L1)
            stored = std::max(10 * kConversations, arguments.at(i + 1).toInt());
        else if (arguments.at(i) == "--folder"_L1)
            folder = arguments.at(i + 1);
    }
    QRandomGenerator random(1);
    StoreFixture f;
    f.online();
    QList<protocol::PeerRow> peers;
    for (int n = 1; n <= kConversations; ++n)
        peers.append(f.peer(n, u"peer-%1"_s.arg(n)));
    f.list(peers);

    views::Theme theme;
    theme.install();
    items::FocusState focus;
    focus.setMesh(kMesh);
    views::ChatView chat(theme, f.clock, &focus, &f.sink);
    chat.setStore(&f.store);
    chat.resize(560, 900);
    chat.show();
    views::MessageListView *list = chat.list();
    QImage image(chat.size(), QImage::Format_ARGB32_Premultiplied);
    const QFont font = theme.font(views::Theme::Text::Body);

    // --- scrolling
    f.receive(1, u"newest"_s);
    focus.setConversation(direct(1));
    QList<store::Message> page(scrolled);
    for (int i = 0; i < scrolled; ++i) {
        page[i].messageId = QString::number(i);
        page[i].senderKey = keyOf(1 + i / 7 % 3);
        page[i].own = i % 5 == 0;
        page[i].state = protocol::events::OutgoingState::Read;
        page[i].body = protocol::BodyKind::Sealed;
        page[i].text = mixedMarkdown(random);
        page[i].sentAtMs = f.clock.now - qint64(scrolled - i) * 40'000;
    }
    QElapsedTimer timer;
    timer.start();
    chat.model()->prependOlder(direct(1), page, true);
    list->viewport()->repaint();
    std::printf("%d messages taken in %.0f ms\n", scrolled, elapsedMs(timer));
    QScrollBar *bar = list->verticalScrollBar();
    bar->setValue(bar->maximum());
    QCoreApplication::processEvents();
    const double before = resident();
    Times scroll, drag, yardstick;
    for (int i = 0; i < kFrames; ++i) { // a wheel that turns fast: nothing stays in the cache for long
        timer.start();
        bar->setValue(bar->value() - 180);
        list->viewport()->repaint();
        scroll.add(elapsedMs(timer));
    }
    for (int i = 0; i < kFrames; ++i) { // the handle dragged from end to start: every frame is all new
        timer.start();
        bar->setValue(int(qint64(bar->maximum()) * (kFrames - i) / kFrames));
        list->viewport()->repaint();
        drag.add(elapsedMs(timer));
        QStringList texts;
        for (int row = list->rowAt({10, 4}); row >= 0 && row < chat.model()->rowCount() && !list->rowRect(row).isNull();
             ++row)
            texts.append(chat.model()->rawText(row));
        yardstick.add(bare(texts, font, 440, image));
    }
    scroll.print("scroll, 180 px a frame");
    drag.print("scroll, a whole new screen a frame");
    yardstick.print("yardstick: those rows plainly by QTextLayout");
    std::printf("memory while scrolling from end to start: %.1f MiB before, %.1f MiB after\n", before, resident());

    // --- arriving
    list->scrollToBottom();
    list->viewport()->repaint();
    Times arriving;
    int number = 0;
    for (int frame = 0; frame < 5 * kFps; ++frame) {
        protocol::EventList batch;
        for (; number < (frame + 1) * kRate / kFps; ++number) {
            const qint64 at = f.clock.now + number;
            batch.append({kMesh, at, f.message(1, mixedMarkdown(random), at, u"in%1"_s.arg(number))});
        }
        timer.start();
        f.store.apply(batch);
        list->viewport()->repaint();
        QCoreApplication::processEvents();
        arriving.add(elapsedMs(timer));
    }
    arriving.print("2,000 messages a second arrive, a frame");

    if (!overJournal(f, focus, chat, stored, folder, random))
        return 1;
    return 0;
}
