// SPDX-License-Identifier: GPL-3.0-or-later
// Paints each panel into PNG files, light and dark, at one and two times the size: panelpreview <folder>.
#include "panelfixture.h"

#include "models/items/focusstate.h"
#include "models/protocol/safetynumber.h"
#include "tests/support/fakeclock.h"
#include "models/items/templateshelf.h"
#include "views/clockbar.h"
#include "views/connectionbanner.h"
#include "views/firstrunpage.h"
#include "views/importdialog.h"
#include "views/joindialog.h"
#include "views/meshpanel.h"
#include "views/passphrasedialog.h"
#include "views/peerpanel.h"
#include "views/statspanel.h"
#include "views/statusline.h"
#include "views/theme.h"
#include "views/timelineview.h"

#include <QtCore/QDir>
#include <QtGui/QImage>
#include <QtGui/QPainter>
#include <QtWidgets/QApplication>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPushButton>

using namespace mesh;
using namespace Qt::StringLiterals;

namespace {

struct Shots
{
    QString folder;
    QString suffix;
    double ratio = 1;

    void take(QWidget &widget, const QString &name, QSize size = {}) const
    {
        if (size.isValid())
            widget.resize(size);
        else
            widget.resize(widget.sizeHint());
        widget.show();
        for (int i = 0; i < 3; ++i)
            QCoreApplication::processEvents();
        QImage image(widget.size() * ratio, QImage::Format_RGB32);
        image.setDevicePixelRatio(ratio);
        image.fill(widget.palette().color(QPalette::Window));
        widget.render(&image);
        image.save(folder + u'/' + name + suffix + u".png"_s);
        widget.hide();
    }
};

QString inviteLinkFor(qint64 nowMs)
{
    const protocol::KeyPair owner = protocol::KeyPair::generate();
    protocol::InviteDraft draft;
    draft.meshId = u"AbCdEfGhIjKlMnOpQrStUvWxYz012345"_s;
    draft.meshSlug = u"acme-orders"_s;
    draft.brokerUrl = u"wss://broker.example.org/ws"_s;
    draft.expiresAt = nowMs / 1000 + 86'400;
    draft.meshRootKey = u"mZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZk"_s;
    draft.role = u"member"_s;
    const auto invite = protocol::makeInvite(draft, owner);
    return invite ? protocol::inviteLink(*invite) : QString();
}

void takeAll(views::Theme &theme, const Shots &shots)
{
    tests::FakeClock clock(1'791'468'000'000);
    tests::RecordingSink sink;
    store::MeshStore store(tests::PanelMesh);
    tests::fillStore(store, clock.nowMs());
    items::FocusState focus;
    focus.setMesh(tests::PanelMesh);
    focus.setSelectedPeer(tests::peerKey(5));

    views::ClockBar bar(theme, clock, &sink);
    bar.setStore(&store);
    shots.take(bar, u"clockbar"_s, {1440, bar.sizeHint().height()});
    views::ClockBar empty(theme, clock, &sink);
    store::MeshStore fresh(tests::PanelMesh);
    tests::goOnline(fresh, clock.nowMs());
    empty.setStore(&fresh);
    shots.take(empty, u"clockbar-none"_s, {1000, empty.sizeHint().height()});

    views::TimelineView timeline(theme, clock, &focus);
    timeline.setStore(&store);
    shots.take(timeline, u"timeline"_s, {820, 206});
    focus.setTimeCursorMs(clock.nowMs() - 6 * 60'000);
    shots.take(timeline, u"timeline-past"_s, {820, 206});
    timeline.setMode(views::TimelineView::Mode::List);
    focus.setTimeCursorMs(std::nullopt);
    shots.take(timeline, u"timeline-list"_s, {820, 240});

    views::StatusLine line(theme);
    line.setStore(&store);
    line.setMessagesPerMinute(124);
    line.setAckDelay(38);
    line.setJournalEvents(1'204'551);
    line.setOwnCost(60, 3);
    shots.take(line, u"statusline"_s, {1440, line.sizeHint().height()});
    line.setJournalFailure(u"the disk is full"_s);
    line.setFramesLost(0, 3, u"bad_field: peers_list"_s);
    shots.take(line, u"statusline-failed"_s, {1440, line.sizeHint().height()});

    views::PeerPanel peer(theme, clock, &focus);
    peer.setStore(&store);
    peer.setSafetyNumberProvider(
        [](const QString &, const QString &) { return u"34730 08989 18547 51276 07898 63509"_s; });
    shots.take(peer, u"peerpanel"_s, {370, 800});
    views::StatsPanel stats(theme, clock, &focus);
    stats.setStore(&store);
    shots.take(stats, u"statspanel"_s, {370, 560});
    shots.take(stats, u"statspanel-wide"_s, {920, 460});
    views::MeshPanel mesh(theme, clock, &sink);
    mesh.setStore(&store);
    shots.take(mesh, u"meshpanel"_s, {370, 560});
    mesh.findChild<QPushButton *>(u"meshAdd"_s)->click();
    shots.take(mesh, u"meshpanel-form"_s, {370, 560});
    mesh.setSection(views::MeshPanel::Memory);
    shots.take(mesh, u"meshpanel-memory"_s, {370, 400});
    mesh.setSection(views::MeshPanel::Invites);
    shots.take(mesh, u"meshpanel-invites"_s, {370, 400});

    views::ConnectionBanner banner(theme, clock, &sink);
    protocol::events::ConnectionChanged lost = tests::connection(protocol::ConnectionState::Waiting);
    lost.code = u"broker_stopped"_s;
    lost.closeCode = 1001;
    lost.nextTryAtMs = clock.nowMs() + 4'000;
    lost.attempt = 2;
    store.apply({tests::happened(clock.nowMs(), lost)});
    banner.setStore(&store);
    shots.take(banner, u"banner-waiting"_s, {820, 58});
    protocol::events::ConnectionChanged tls = tests::connection(protocol::ConnectionState::Failed);
    tls.code = u"tls_error"_s;
    tls.detail = u"The certificate of the broker is not trusted: it is signed by itself."_s;
    store.apply({tests::happened(clock.nowMs() + 10, tls)});
    shots.take(banner, u"banner-security"_s, {820, 58});
    shots.take(bar, u"clockbar-offline"_s, {1440, bar.sizeHint().height()});

    const items::TemplateShelf shelf(QDir::tempPath() + u"/no-templates"_s);
    views::FirstRunPage first(theme, u"Ada"_s, shelf);
    shots.take(first, u"firstrun"_s, {900, 620});
    views::JoinDialog join(theme, clock, u"Ada"_s);
    join.setLink(inviteLinkFor(clock.nowMs()));
    shots.take(join, u"join"_s);
    join.setLink(u"ic://join/not-an-invite"_s);
    shots.take(join, u"join-bad"_s);
    views::ImportDialog import(theme, u"~/.claudemesh"_s, [](const QString &) {
        views::ImportListing listing;
        listing.meshes = {{u"m1"_s, u"acme"_s, u"acme"_s, u"wss://broker.example.org/ws"_s, {}, {}, false},
                          {u"m2"_s, u"lab"_s, u"lab"_s, u"wss://lab.example.org/ws"_s, {}, {}, true}};
        return protocol::Expected<views::ImportListing>(listing);
    });
    shots.take(import, u"import"_s, {560, 520});
    views::PassphraseDialog create(theme, views::PassphraseDialog::Purpose::Create);
    create.findChild<QLineEdit *>(u"passphraseFirst"_s)->setText(u"correct horse bat"_s);
    shots.take(create, u"passphrase-create"_s);
    views::PassphraseDialog unlock(theme, views::PassphraseDialog::Purpose::Unlock);
    unlock.showWrongPassphrase();
    shots.take(unlock, u"passphrase-unlock"_s);
}

} // namespace

int main(int argc, char **argv)
{
    QApplication app(argc, argv);
    const QString folder = app.arguments().value(1, QDir::currentPath());
    QDir().mkpath(folder);
    views::Theme theme;
    theme.install();
    for (const bool dark : {true, false}) {
        theme.setScheme(dark ? views::Theme::Scheme::Dark : views::Theme::Scheme::Light);
        for (const int ratio : {1, 2})
            takeAll(theme, {folder, u"-%1-%2x"_s.arg(dark ? u"dark"_s : u"light"_s).arg(ratio), double(ratio)});
    }
    return 0;
}
