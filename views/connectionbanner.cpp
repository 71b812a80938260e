// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/connectionbanner.h"

#include "models/items/displaytext.h"
#include "models/protocol/clock.h"
#include "models/protocol/command.h"
#include "models/store/meshstore.h"
#include "views/figures.h"
#include "views/theme.h"

#include <QtCore/QUrl>
#include <QtGui/QPainter>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QVBoxLayout>

namespace mesh::views {

using namespace Qt::StringLiterals;

namespace {

Theme::Role kindRole(LinkNotice::Kind kind)
{
    switch (kind) {
    case LinkNotice::Kind::Action:
        return Theme::Role::Accent;
    case LinkNotice::Kind::Security:
        return Theme::Role::Error;
    case LinkNotice::Kind::None:
    case LinkNotice::Kind::Busy:
    case LinkNotice::Kind::Retrying:
        break;
    }
    return Theme::Role::Working;
}

QString kindIcon(LinkNotice::Kind kind)
{
    switch (kind) {
    case LinkNotice::Kind::Busy:
        return u"refresh"_s;
    case LinkNotice::Kind::Security:
        return u"shield"_s;
    case LinkNotice::Kind::Action:
        return u"alert"_s;
    default:
        return u"wifi-off"_s;
    }
}

LinkFacts factsOf(const store::MeshStore &store)
{
    const store::Connection &link = store.connection();
    LinkFacts facts;
    facts.state = link.state;
    facts.code = link.code;
    facts.detail = link.detail;
    const QString name = items::oneLine(link.meshName.isEmpty() ? link.meshSlug : link.meshName, 60);
    facts.meshName = name.isEmpty() ? store.mesh().left(8) : name;
    const QString host = QUrl(link.brokerUrl).host();
    facts.host = host.isEmpty() || link.personal ? facts.meshName : host;
    facts.closeCode = link.closeCode;
    facts.nextTryAtMs = link.nextTryAtMs;
    facts.attempt = link.attempt;
    facts.clockOffsetMs = link.clockOffsetMs;
    facts.lastOnlineMs = link.lastOnlineMs;
    return facts;
}

} // namespace

ConnectionBanner::ConnectionBanner(Theme &theme, const protocol::Clock &time, protocol::CommandSink *sink,
                                   QWidget *parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_time(time)
    , m_sink(sink)
{
    setObjectName(u"connectionBanner"_s);
    auto *row = new QHBoxLayout(this);
    m_icon = new QLabel;
    row->addWidget(m_icon, 0, Qt::AlignVCenter);
    auto *column = new QVBoxLayout;
    column->setSpacing(1);
    m_title = new QLabel;
    m_title->setObjectName(u"bannerTitle"_s);
    m_body = new QLabel;
    m_body->setObjectName(u"bannerBody"_s);
    m_body->setProperty("tone", u"second"_s);
    m_details = new QLabel;
    m_details->setObjectName(u"bannerDetails"_s);
    m_details->setProperty("tone", u"mono"_s);
    m_details->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_details->setAccessibleName(tr("Details of the connection problem"));
    m_details->hide();
    for (QLabel *label : {m_title, m_body, m_details}) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
        column->addWidget(label);
    }
    row->addLayout(column, 1);
    m_more = new QPushButton(tr("Details"));
    m_more->setObjectName(u"bannerMore"_s);
    m_more->setCheckable(true);
    m_more->setProperty("flat", true);
    m_more->setToolTip(tr("Show what the program knows about the failure"));
    m_retry = new QPushButton(tr("Try now"));
    m_retry->setObjectName(u"bannerRetry"_s);
    m_retry->setToolTip(tr("Connect now instead of waiting"));
    row->addWidget(m_more, 0, Qt::AlignVCenter);
    row->addWidget(m_retry, 0, Qt::AlignVCenter);
    connect(m_more, &QPushButton::toggled, m_details, &QWidget::setVisible);
    connect(m_retry, &QPushButton::clicked, this, [this] {
        if (m_store && m_sink)
            m_sink->submit(m_store->mesh(), protocol::commands::ConnectNow{});
    });
    m_timer.setInterval(1'000);
    connect(&m_timer, &QTimer::timeout, this, &ConnectionBanner::refresh);
    connect(&m_theme, &Theme::changed, this, &ConnectionBanner::restyle);
    restyle();
    hide();
}

ConnectionBanner::~ConnectionBanner() = default;

void ConnectionBanner::setStore(store::MeshStore *store)
{
    if (m_store && m_store == store)
        return;
    if (m_store)
        m_store->disconnect(this);
    m_store = store;
    if (m_store) {
        connect(m_store, &store::MeshStore::changed, this, [this](const store::ChangeSet &changes) {
            if (changes.reset || changes.connection)
                refresh();
        });
    }
    m_more->setChecked(false);
    refresh();
}

void ConnectionBanner::restyle()
{
    layout()->setContentsMargins(m_theme.px(14), m_theme.px(8), m_theme.px(12), m_theme.px(9));
    layout()->setSpacing(m_theme.px(12));
    m_title->setFont(m_theme.font(Theme::Text::BodyStrong));
    m_title->setStyleSheet(u"font-weight: 600;"_s);
    refresh();
    update();
}

void ConnectionBanner::refresh()
{
    const LinkNotice before = m_notice;
    m_notice = m_store ? describeLink(factsOf(*m_store), m_time.nowMs()) : LinkNotice{};
    const bool shown = m_notice.kind != LinkNotice::Kind::None;
    if (!shown) {
        m_timer.stop();
        m_more->setChecked(false);
        hide();
        return;
    }
    if (m_notice.kind == LinkNotice::Kind::Retrying)
        m_timer.start();
    else
        m_timer.stop();
    const int side = m_theme.px(18);
    m_icon->setPixmap(
        m_theme.icon(kindIcon(m_notice.kind), kindRole(m_notice.kind)).pixmap(QSize(side, side), devicePixelRatioF()));
    m_title->setText(m_notice.title);
    m_body->setText(m_notice.body);
    m_body->setVisible(!m_notice.body.isEmpty());
    m_retry->setVisible(m_notice.canRetry);
    m_retry->setText(m_notice.kind == LinkNotice::Kind::Retrying ? tr("Try now") : tr("Connect"));
    const store::Connection &link = m_store->connection();
    QStringList details;
    if (!link.brokerUrl.isEmpty())
        details.append(items::oneLine(link.brokerUrl));
    if (!link.code.isEmpty())
        details.append(items::oneLine(link.code));
    if (link.closeCode)
        //: %1 is a WebSocket close code
        details.append(tr("close code %1").arg(*link.closeCode));
    if (link.attempt > 0)
        details.append(tr("attempt %1").arg(link.attempt));
    if (link.clockOffsetMs)
        //: %1 is a number of seconds with its sign
        details.append(tr("clock offset %1 s").arg(double(*link.clockOffsetMs) / 1000.0, 0, 'f', 1));
    QString text = details.join(u" · "_s);
    if (!link.detail.isEmpty())
        text += (text.isEmpty() ? QString() : u"\n"_s) + items::oneLine(link.detail, 400);
    m_details->setText(text);
    m_more->setVisible(!text.isEmpty());
    // Said once for a reader of the screen; the countdown is not repeated every second.
    if (before.kind != m_notice.kind)
        setAccessibleName(m_notice.title + u' ' + m_notice.body);
    show();
    update();
}

void ConnectionBanner::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Theme::Role role = kindRole(m_notice.kind);
    painter.fillRect(rect(), m_theme.mix(Theme::Role::Panel, role, m_theme.isDark() ? 0.14 : 0.10));
    painter.fillRect(QRect(0, 0, m_theme.px(3), height()), m_theme.color(role));
    painter.fillRect(QRect(0, height() - 1, width(), 1), m_theme.color(Theme::Role::Line));
}

} // namespace mesh::views
