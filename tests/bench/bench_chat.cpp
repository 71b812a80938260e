// SPDX-License-Identifier: GPL-3.0-or-later
// The conversation on the screen: scrolling 100,000 mixed markdown messages, 2,000 incoming messages a second into the
// open conversation, and switching conversations, each to the painted pixel. The yardstick in the same run is the bare
// layout and painting of as many rows of the same texts by QTextLayout, with no markdown, bubbles or list around them.
#include <QtCore/QElapsedTimer>
#include <QtCore/QFile>
#include <QtCore/QRandomGenerator>
#include <QtGui/QPainter>
#include <QtGui/QTextLayout>
#include <QtWidgets/QApplication>
#include <QtWidgets/QScrollBar>

#include <algorithm>
#include <cstdio>
#include <unistd.h>

#include "models/items/focusstate.h"
#include "models/items/messagelistmodel.h"
#include "tests/items/storefixture.h"
#include "views/chatview.h"
#include "views/messagelistview.h"
#include "views/theme.h"

using namespace Qt::StringLiterals;
using namespace mesh;
using namespace mesh::test;

namespace {

constexpr int kMessages = 100'000;
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

} // namespace

int main(int argc, char **argv)
{
    qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
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
    QList<store::Message> page(kMessages);
    for (int i = 0; i < kMessages; ++i) {
        page[i].messageId = QString::number(i);
        page[i].senderKey = keyOf(1 + i / 7 % 3);
        page[i].own = i % 5 == 0;
        page[i].state = protocol::events::OutgoingState::Read;
        page[i].body = protocol::BodyKind::Sealed;
        page[i].text = mixedMarkdown(random);
        page[i].sentAtMs = f.clock.now - qint64(kMessages - i) * 40'000;
    }
    QElapsedTimer timer;
    timer.start();
    chat.model()->prependOlder(direct(1), page, true);
    list->viewport()->repaint();
    std::printf("%d messages taken in %.0f ms\n", kMessages, elapsedMs(timer));
    QScrollBar *bar = list->verticalScrollBar();
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

    // --- switching
    for (int n = 2; n <= kConversations; ++n) {
        for (int i = 0; i < 200; ++i)
            f.receive(n, mixedMarkdown(random), f.clock.now + i);
        f.apply(events::ConversationRead{direct(n), f.clock.now + 500});
    }
    Times switching;
    for (int i = 0; i < 300; ++i) {
        timer.start();
        focus.setConversation(direct(2 + i % (kConversations - 1)));
        chat.repaint();
        list->viewport()->repaint();
        switching.add(elapsedMs(timer));
    }
    switching.print("switch of the conversation, to painted");
    return 0;
}
