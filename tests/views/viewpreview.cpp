// SPDX-License-Identifier: GPL-3.0-or-later
//! \file
//! Paints side bar and chat with believable data into PNG files, to be looked at: dark and light, at 1x and 2x.
//! Usage: viewpreview PREFIX [chat|states|empty|hostile|topics]
#include <QtCore/QCommandLineParser>
#include <QtCore/QDateTime>
#include <QtWidgets/QApplication>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>

#include <cstdio>

#include "models/items/focusstate.h"
#include "models/items/messagelistmodel.h"
#include "tests/items/storefixture.h"
#include "views/chatview.h"
#include "views/composer.h"
#include "views/messagelistview.h"
#include "views/sidebar.h"
#include "views/theme.h"
#include "views/topicspage.h"

using namespace Qt::StringLiterals;
using namespace mesh;
using namespace mesh::test;
using events::OutgoingState;
using protocol::ConversationKind;
using protocol::PeerStatus;

namespace {

constexpr qint64 kMinute = 60'000;

void fillPeers(StoreFixture &f)
{
    const auto ai = [&](int n, const QString &name, PeerStatus status, const QString &model, const QString &group,
                        const QString &role = {}) {
        auto row = f.peer(n, name, status);
        row.model = model;
        row.groups = {{group, role.isEmpty() ? std::optional<QString>() : role}};
        row.stats = QJsonObject{{u"contextUsed"_s, 124'000}, {u"contextMax"_s, 200'000}};
        return row;
    };
    auto maya = f.peer(6, u"Jonas"_s);
    maya.peerType = u"human"_s;
    auto slack = f.peer(9, u"slack-#general"_s);
    slack.peerType = u"connector"_s;
    slack.channel = u"slack"_s;
    f.list({ai(1, u"admin-1"_s, PeerStatus::Dnd, u"opus-4"_s, u"ops"_s),
            ai(2, u"reviewer"_s, PeerStatus::Idle, u"opus-4"_s, u"backend"_s),
            ai(3, u"sales-rep-1"_s, PeerStatus::Working, u"opus-4"_s, u"sales"_s, u"lead"_s),
            ai(4, u"backend-lead"_s, PeerStatus::Working, u"sonnet-4"_s, u"backend"_s, u"lead"_s),
            ai(5, u"frontend"_s, PeerStatus::Idle, u"sonnet-4"_s, u"frontend"_s), maya,
            ai(8, u"customer-1"_s, PeerStatus::Idle, u"sonnet-4"_s, u"shop"_s), slack,
            ai(10, u"qa"_s, PeerStatus::Dnd, u"haiku-4"_s, u"frontend"_s)});
}

void fillLists(StoreFixture &f)
{
    const qint64 now = f.clock.now;
    f.receive(1, u"Approve migration 0042?"_s, now - 2 * kMinute);
    f.receive(2, u"Which API version should I target for the client?"_s, now - 5 * kMinute);
    f.receive(4, u"Tests are green."_s, now - 22 * kMinute);
    f.receive(4, u"Merged."_s, now - 21 * kMinute);
    f.receive(4, u"Rate limiter landed on main"_s, now - 20 * kMinute);
    const QString id = f.compose(direct(6), u"thanks, shipping it"_s, now - 290 * kMinute);
    f.outgoing(id, OutgoingState::Delivered);
    f.compose(direct(5), u"ok"_s, now - 300 * kMinute);
    f.apply(events::DraftChanged{direct(5), u"can you look at the header on small screens"_s});
    auto all = f.message(4, u"Stand-up in 5 minutes"_s, now - 310 * kMinute, u"bc1"_s);
    all.conversation = {ConversationKind::Broadcast, {}};
    all.body = protocol::BodyKind::Clear;
    f.apply(all);
    f.apply(events::ConversationRead{{ConversationKind::Broadcast, {}}, now});
}

void fillChat(StoreFixture &f)
{
    const qint64 now = f.clock.now;
    QString id = f.compose(direct(3), u"How are today's orders going? Anything blocked?"_s, now - 6 * kMinute);
    f.outgoing(id, OutgoingState::Read);
    f.receive(3,
              u"Three orders are in. Stock for **ABC-123** is low, so I checked before promising a date:\n```ts\nconst "
              u"left = await "
              "stock(\"ABC-123\");\nif (left < 5) notify(\"@ops\");\n```"_s,
              now - 5 * kMinute);
    f.receive(3, u"Ops has the reorder. I can confirm Friday to the customer, or wait for the supplier. Your call."_s,
              now - 5 * kMinute + 20'000);
    id = f.compose(direct(3), u"Wait for the supplier, tell them Monday at the latest."_s, now - 3 * kMinute);
    f.outgoing(id, OutgoingState::Delivered);
    f.receive(3, u"Done. I wrote it to state `order:1187:promise` so **customer-1** sees it too."_s, now - 40'000);
    f.apply(events::ConversationRead{direct(3), now});
}

void fillStates(StoreFixture &f)
{
    const qint64 now = f.clock.now;
    auto urgent = f.message(3, u"Production is down, see https://status.example.org/incident/42 — need a decision."_s,
                            now - 1500 * kMinute, u"u1"_s);
    urgent.priority = protocol::Priority::Now;
    f.apply(urgent);
    auto clear = f.message(3, u"(from the bridge) please call back"_s, now - 1499 * kMinute, u"u2"_s);
    clear.body = protocol::BodyKind::Clear;
    f.apply(clear);
    auto closed = f.message(3, QString(), now - 30 * kMinute, u"u3"_s);
    closed.body = protocol::BodyKind::Undecryptable;
    f.apply(closed);
    f.apply(events::ConversationRead{direct(3), now - 20 * kMinute});
    f.receive(3,
              u"1. first\n2. second\n\nLong line of code:\n```sh\n# build\ncmake --preset release && ctest "
              u"--output-on-failure --timeout "
              "120 --parallel 8\n```"_s,
              now - 10 * kMinute);
    QString id = f.compose(direct(3), u"This one was refused."_s, now - 4 * kMinute);
    f.outgoing(id, OutgoingState::Refused, u"not_connected"_s);
    id = f.compose(direct(3), u"Nobody answered."_s, now - 3 * kMinute);
    f.outgoing(id, OutgoingState::Unknown);
    id = f.compose(direct(3), u"On its way."_s, now - 2 * kMinute);
    f.outgoing(id, OutgoingState::Accepted);
    f.compose(direct(3), u"Waiting for its turn."_s, now - kMinute);
    f.compose(direct(3), u"And the next."_s, now - kMinute + 1);
}

void fillHostile(StoreFixture &f)
{
    const qint64 now = f.clock.now;
    f.receive(3, u"<img src=http://evil.example/x.png> <b>bold?</b> &amp; <script>alert(1)</script>"_s,
              now - 5 * kMinute);
    f.receive(3, u"invoice\u202Egnp.exe and \u2067isolated\u2069 text"_s, now - 4 * kMinute);
    f.receive(3, QString(48'000, u'W'), now - 3 * kMinute);
    f.receive(
        3,
        u"Z\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309a\u0300\u0301\u0302\u0303\u0304\u0305lgo 👩‍💻 שלום عربى"_s,
        now - 2 * kMinute);
}

const protocol::ConversationId kTopic{ConversationKind::Topic, u"t1"_s};

void fillTopics(StoreFixture &f)
{
    const qint64 now = f.clock.now;
    const auto topic = [](const QString &id, const QString &name, const QString &about, int members,
                          const QString &visibility = u"public"_s) {
        protocol::TopicRow row;
        row.id = id;
        row.name = name;
        row.description = about;
        row.visibility = visibility;
        row.memberCount = members;
        return row;
    };
    f.apply(events::TopicsListed{
        {topic(u"t1"_s, u"deploys"_s, u"What goes out, and when"_s, 4), topic(u"t2"_s, u"general"_s, {}, 9),
         topic(u"t3"_s, u"incidents"_s, u"Only while something burns"_s, 3),
         topic(u"t4"_s, u"salaries"_s, u"Board only"_s, 2, u"private"_s), topic(u"t5"_s, u"reading-club"_s, {}, 1)}});
    const auto member = [&](int n, const QString &name, qint64 readMs, const QString &role = u"member"_s) {
        protocol::TopicMemberRow row;
        row.memberId = u"id%1"_s.arg(n);
        row.pubkey = memberOf(n);
        row.displayName = name;
        row.role = role;
        if (readMs > 0)
            row.lastReadAt = QDateTime::fromMSecsSinceEpoch(readMs, Qt::UTC).toString(Qt::ISODateWithMs);
        return row;
    };
    f.apply(events::TopicMembersListed{u"t1"_s,
                                       {member(StoreFixture::kSelf, u"Maya"_s, now),
                                        member(4, u"backend-lead"_s, now - kMinute, u"lead"_s),
                                        member(6, u"Jonas"_s, now - 30'000), member(10, u"qa"_s, 0),
                                        member(40, u"night-watch"_s, now - 900 * kMinute)}});
    f.apply(events::TopicMembersListed{u"t2"_s, {member(StoreFixture::kSelf, u"Maya"_s, now)}});
    f.apply(events::TopicMembersListed{u"t3"_s, {member(4, u"backend-lead"_s, 0)}});
    f.apply(events::TopicKeyChanged{u"t1"_s, events::TopicKeyState::Held});
    f.apply(events::TopicKeyChanged{u"t3"_s, events::TopicKeyState::Waiting});
    const auto say = [&](int who, const QString &name, const QString &text, qint64 atMs,
                         protocol::BodyKind body = protocol::BodyKind::Sealed, const QString &topicId = u"t1"_s) {
        auto m = f.message(who, text, atMs, u"t-%1-%2"_s.arg(topicId).arg(atMs));
        m.conversation = {ConversationKind::Topic, topicId};
        m.senderName = name;
        m.body = body;
        f.apply(m);
    };
    say(4, u"backend-lead"_s, u"This is where releases are announced. Keep it short."_s, now - 190 * kMinute);
    say(6, u"Jonas"_s, {}, now - 120 * kMinute, protocol::BodyKind::Undecryptable);
    say(10, u"qa"_s, u"2.4.1 is green on staging: `184` passed, `0` failed."_s, now - 20 * kMinute);
    const QString id =
        f.compose(kTopic, u"Then it goes out at three. @backend-lead please watch the queue."_s, now - 4 * kMinute);
    f.outgoing(id, OutgoingState::Accepted);
    f.apply(events::TypingChanged{keyOf(6), true, f.clock.now + 60'000, kTopic});
    f.apply(events::ConversationRead{kTopic, now});
    say(4, u"backend-lead"_s, {}, now - 30 * kMinute, protocol::BodyKind::Undecryptable, u"t3"_s);
}

bool paint(QWidget &widget, const QString &file, int ratio)
{
    for (int i = 0; i < 5; ++i)
        QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
    QPixmap pixmap(widget.size() * ratio);
    pixmap.setDevicePixelRatio(ratio);
    widget.render(&pixmap);
    return pixmap.save(file);
}

} // namespace

int main(int argc, char **argv)
{
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication app(argc, argv);
    const QStringList arguments = QApplication::arguments();
    if (arguments.size() < 2) {
        std::fputs("usage: viewpreview PREFIX [chat|states|empty|hostile|topics]\n", stderr);
        return 2;
    }
    const QString scene = arguments.value(2, u"chat"_s);

    StoreFixture f;
    f.online();
    f.apply(events::LinkMeasured{3, {}});
    f.clock.now -= 42'000;
    fillPeers(f);
    f.clock.now += 42'000;
    if (scene != "empty"_L1)
        fillLists(f);
    if (scene == "chat"_L1)
        fillChat(f);
    else if (scene == "states"_L1)
        fillStates(f);
    else if (scene == "hostile"_L1)
        fillHostile(f);
    else if (scene == "topics"_L1)
        fillTopics(f);

    views::Theme theme;
    theme.install();
    items::FocusState focus;
    focus.setMesh(kMesh);
    QWidget window;
    window.setProperty("surface", u"bg"_s);
    auto *row = new QHBoxLayout(&window);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(1);
    auto *side = new views::SideBar(theme, f.clock, &focus, &f.sink);
    side->setFixedWidth(247);
    side->setStore(&f.store);
    auto *chat = new views::ChatView(theme, f.clock, &focus, &f.sink);
    chat->setFixedWidth(372);
    chat->setStore(&f.store);
    row->addWidget(side);
    row->addWidget(chat);
    window.resize(620, 844);
    window.show();
    if (scene != "empty"_L1)
        focus.setConversation(direct(3));
    if (scene == "hostile"_L1)
        focus.setConversation(direct(3));
    if (scene == "states"_L1) {
        chat->list()->scrollToBottom();
        chat->composer()->setText(QString(48'100, u'a').replace(90, 1, u"\n"_s));
    }
    views::TopicsPage page(theme, f.clock, f.sink);
    views::TopicsPage form(theme, f.clock, f.sink);
    QList<std::pair<QString, QWidget *>> shots{{QString(), &window}};
    if (scene == "topics"_L1) {
        focus.setConversation(kTopic);
        chat->model()->prependOlder(kTopic, {}, true, true);
        page.setStore(&f.store);
        page.showTopic(u"t1"_s);
        form.setStore(&f.store);
        form.beginCreate();
        page.show();
        form.show();
        shots << std::pair<QString, QWidget *>(u"-page"_s, &page) << std::pair<QString, QWidget *>(u"-form"_s, &form);
    }
    const QString prefix = arguments.at(1);
    for (const auto scheme : {views::Theme::Scheme::Dark, views::Theme::Scheme::Light}) {
        theme.setScheme(scheme);
        for (const int ratio : {1, 2}) {
            for (const auto &[name, widget] : std::as_const(shots)) {
                const QString file =
                    u"%1%2-%3-%4x.png"_s
                        .arg(prefix, name, scheme == views::Theme::Scheme::Dark ? u"dark"_s : u"light"_s)
                        .arg(ratio);
                if (!paint(*widget, file, ratio)) {
                    std::fprintf(stderr, "cannot write %s\n", qPrintable(file));
                    return 1;
                }
            }
        }
    }
    return 0;
}
