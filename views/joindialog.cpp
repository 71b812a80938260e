// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/joindialog.h"

#include "models/items/displaytext.h"
#include "models/protocol/clock.h"
#include "views/figures.h"
#include "views/theme.h"

#include <QtCore/QUrl>
#include <QtWidgets/QFormLayout>
#include <QtWidgets/QFrame>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPlainTextEdit>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QStyle>
#include <QtWidgets/QVBoxLayout>

namespace mesh::views {

using namespace Qt::StringLiterals;

namespace {

void setTone(QLabel *label, const QString &tone)
{
    label->setProperty("tone", tone);
    label->style()->unpolish(label);
    label->style()->polish(label);
}
} // namespace

QString JoinDialog::sentenceFor(const protocol::Error &error)
{
    const QString &code = error.code;
    if (code == "invite_malformed"_L1)
        return tr("This is not an invite link. It begins with ic://join/ or is a web address with /join/ in it. Copy "
                  "the whole of it.");
    if (code == "invite_version"_L1)
        return tr("This invite is of a newer kind than this program knows. Ask for a link that any client can use.");
    if (code == "invite_bad_broker_url"_L1 || code == "insecure"_L1)
        return tr("This invite leads to a broker without encryption on another computer. It is not used.");
    if (code == "invite_bad_signature"_L1)
        return tr("The signature does not fit: the link was changed or cut off on its way. Ask for it again over "
                  "another channel.");
    if (code == "invite_expired"_L1)
        return tr("This invite has expired. Ask for a new one.");
    if (code == "invite_revoked"_L1)
        return tr("This invite was taken back. Ask for a new one.");
    if (code == "invite_exhausted"_L1)
        return tr("This invite was used as often as it may be. Ask for a new one.");
    if (code == "invite_not_found"_L1 || code == "invite_unknown_code"_L1)
        return tr("The mesh does not know this invite. Ask for a new one.");
    if (code == "mesh_not_found"_L1)
        return tr("The broker does not know this mesh. It may have been removed.");
    if (code == "invite_owner_mismatch"_L1 || code == "invite_mesh_mismatch"_L1 || code == "mesh_missing_owner_key"_L1)
        return tr("The invite was not made by the owner of this mesh. Nothing was joined.");
    if (code == "tls_error"_L1)
        return tr("The certificate of the broker could not be checked, so nothing was sent.");
    if (code == "network"_L1)
        return tr("The broker cannot be reached now. Nothing was changed; try again. %1")
            .arg(items::oneLine(error.detail, 200))
            .trimmed();
    return error.detail.isEmpty() ? tr("Joining did not work (%1).").arg(items::oneLine(code, 40))
                                  : items::oneLine(error.detail, 300);
}

JoinDialog::JoinDialog(Theme &theme, const protocol::Clock &time, const QString &displayName, QWidget *parent)
    : QDialog(parent)
    , m_theme(theme)
    , m_time(time)
{
    setObjectName(u"joinDialog"_s);
    setWindowTitle(tr("Join a mesh"));
    auto *column = new QVBoxLayout(this);
    m_title = new QLabel(tr("Join a mesh"));
    m_title->setProperty("tone", u"display"_s);
    column->addWidget(m_title);
    auto *linkCaption = new QLabel(tr("&Invite link"));
    linkCaption->setProperty("tone", u"second"_s);
    m_link = new QPlainTextEdit;
    m_link->setObjectName(u"joinLink"_s);
    m_link->setPlaceholderText(tr("Paste the link here. Nothing is sent until you join."));
    m_link->setAccessibleName(tr("Invite link"));
    m_link->setTabChangesFocus(true);
    m_link->setWordWrapMode(QTextOption::WrapAnywhere);
    linkCaption->setBuddy(m_link);
    column->addWidget(linkCaption);
    column->addWidget(m_link);

    auto *details = new QFrame;
    details->setProperty("card", true);
    details->setObjectName(u"joinDetails"_s);
    m_details = details;
    auto *form = new QFormLayout(details);
    form->setLabelAlignment(Qt::AlignLeft);
    const auto addRow = [&](const char *name, const QString &caption) {
        auto *label = new QLabel(caption);
        label->setProperty("tone", u"second"_s);
        m_captions.append(label);
        auto *value = new QLabel;
        value->setObjectName(QLatin1StringView(name));
        value->setTextFormat(Qt::PlainText);
        value->setWordWrap(true);
        value->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        value->setAccessibleName(caption);
        form->addRow(label, value);
        return value;
    };
    m_mesh = addRow("joinMesh", tr("Mesh"));
    m_broker = addRow("joinBroker", tr("Broker"));
    m_role = addRow("joinRole", tr("You join as"));
    //: until when an invite can be used
    m_expiry = addRow("joinExpiry", tr("Valid until"));
    m_signature = addRow("joinSignature", tr("Signature"));
    column->addWidget(m_details);

    m_message = new QLabel;
    m_message->setObjectName(u"joinMessage"_s);
    m_message->setTextFormat(Qt::PlainText);
    m_message->setWordWrap(true);
    column->addWidget(m_message);

    auto *nameCaption = new QLabel(tr("&Your name in this mesh"));
    nameCaption->setProperty("tone", u"second"_s);
    m_name = new QLineEdit(displayName);
    m_name->setObjectName(u"joinName"_s);
    m_name->setMaxLength(items::kMaxDisplayName);
    m_name->setAccessibleName(tr("Your name in this mesh"));
    nameCaption->setBuddy(m_name);
    column->addWidget(nameCaption);
    column->addWidget(m_name);
    column->addStretch(1);

    auto *buttons = new QHBoxLayout;
    m_cancel = new QPushButton(tr("Cancel"));
    m_cancel->setObjectName(u"joinCancel"_s);
    m_cancel->setAutoDefault(false);
    m_join = new QPushButton;
    m_join->setObjectName(u"joinAccept"_s);
    m_join->setProperty("primary", true);
    m_join->setDefault(true);
    buttons->addStretch(1);
    buttons->addWidget(m_cancel);
    buttons->addWidget(m_join);
    column->addLayout(buttons);

    connect(m_link, &QPlainTextEdit::textChanged, this, &JoinDialog::readLink);
    connect(m_name, &QLineEdit::textChanged, this, &JoinDialog::refreshButtons);
    connect(m_join, &QPushButton::clicked, this, &JoinDialog::onPrimary);
    connect(m_cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(&m_theme, &Theme::changed, this, &JoinDialog::restyle);
    restyle();
    readLink();
    m_link->setFocus();
}

void JoinDialog::restyle()
{
    layout()->setContentsMargins(m_theme.px(24), m_theme.px(22), m_theme.px(24), m_theme.px(20));
    layout()->setSpacing(m_theme.px(8));
    m_link->setFixedHeight(m_theme.px(76));
    m_link->setFont(m_theme.font(Theme::Text::Mono));
    auto *form = static_cast<QFormLayout *>(m_details->layout());
    form->setContentsMargins(m_theme.px(14), m_theme.px(12), m_theme.px(14), m_theme.px(12));
    form->setHorizontalSpacing(m_theme.px(16));
    form->setVerticalSpacing(m_theme.px(6));
    for (QLabel *caption : std::as_const(m_captions))
        caption->setMinimumWidth(m_theme.px(86));
    setMinimumWidth(m_theme.px(520));
}

void JoinDialog::setLink(const QString &link)
{
    m_link->setPlainText(link);
}

void JoinDialog::clearDetails()
{
    m_invite.reset();
    m_short.reset();
    m_details->hide();
    for (QLabel *label : {m_mesh, m_broker, m_role, m_expiry, m_signature})
        label->clear();
}

void JoinDialog::showMessage(const QString &text, bool problem)
{
    setTone(m_message, problem ? u"error"_s : u"second"_s);
    m_message->setText(text);
    m_message->setVisible(!text.isEmpty());
}

void JoinDialog::readLink()
{
    clearDetails();
    const QString text = m_link->toPlainText().trimmed();
    showMessage({}, false);
    if (!text.isEmpty()) {
        const protocol::Expected<protocol::ParsedInvite> parsed = protocol::parseInvite(text);
        if (!parsed) {
            showMessage(sentenceFor(parsed.error()), true);
        } else if (const auto *shortInvite = std::get_if<protocol::ShortInvite>(&*parsed)) {
            m_short = *shortInvite;
            showMessage(shortInvite->appHost.isEmpty() ? tr("This is a short link. Its code has to be looked up before "
                                                            "you see what it says. Only the code is sent.")
                                                       //: %1 is a host name
                                                       : tr("This is a short link. To see what it says it has to be "
                                                            "looked up at %1. Only its code is sent.")
                                                             .arg(items::oneLine(shortInvite->appHost, 120)),
                        false);
        } else {
            showInvite(std::get<protocol::Invite>(*parsed));
        }
    }
    refreshButtons();
}

void JoinDialog::showInvite(const protocol::Invite &invite)
{
    m_details->show();
    m_mesh->setText(items::oneLine(invite.meshSlug, 80));
    const QUrl url(invite.brokerUrl);
    m_broker->setText(url.scheme() == "wss"_L1 ? items::oneLine(url.host(), 120)
                                               //: a broker that runs on this computer
                                               : tr("%1, on this computer").arg(items::oneLine(url.host(), 120)));
    m_broker->setToolTip(Figures::toolTip(items::oneLine(invite.brokerUrl, 300)));
    m_role->setText(invite.role == "admin"_L1 ? tr("admin: may also remove others") : tr("member"));
    const qint64 expiresMs = std::clamp<qint64>(invite.expiresAt, 0, 253'402'300'799LL) * 1'000;
    const qint64 leftMs = expiresMs - m_time.nowMs();
    m_expiry->setText(leftMs > 0 ? tr("%1, %2 left").arg(items::exactTime(expiresMs), Figures::duration(leftMs))
                                 : tr("%1, over").arg(items::exactTime(expiresMs)));
    const protocol::Expected<void> checked = protocol::verifyInvite(invite, m_time.nowMs());
    const bool forged = !checked && checked.error().code == "invite_bad_signature"_L1;
    m_signature->setText(forged ? tr("does not fit") : tr("fits, so the link is as it was made"));
    setTone(m_signature, forged ? u"error"_s : u"success"_s);
    setTone(m_expiry, leftMs > 0 ? QString() : u"error"_s);
    if (checked)
        m_invite = invite;
    else
        showMessage(sentenceFor(checked.error()), true);
}

void JoinDialog::setResolvedToken(const QString &token)
{
    setBusy(false);
    const protocol::Expected<protocol::Invite> invite = protocol::parseInviteToken(token);
    clearDetails();
    showMessage({}, false);
    if (invite)
        showInvite(*invite);
    else
        showMessage(sentenceFor(invite.error()), true);
    refreshButtons();
}

void JoinDialog::setProblem(const protocol::Error &error)
{
    setBusy(false);
    showMessage(sentenceFor(error), true);
}

void JoinDialog::setBusy(bool busy)
{
    m_busy = busy;
    m_link->setReadOnly(busy);
    m_name->setReadOnly(busy);
    if (busy)
        showMessage(tr("One moment …"), false);
    refreshButtons();
}

void JoinDialog::refreshButtons()
{
    m_join->setText(m_short ? tr("Look up") : tr("Join"));
    const bool named = !m_name->text().simplified().isEmpty();
    m_join->setEnabled(!m_busy && (m_short.has_value() || (m_invite.has_value() && named)));
    m_join->setToolTip(m_invite && !named ? tr("A name is needed, so that others know who writes.") : QString());
}

void JoinDialog::onPrimary()
{
    if (m_short)
        Q_EMIT shortInviteEntered(*m_short);
    else if (m_invite && !protocol::verifyInvite(*m_invite, m_time.nowMs()))
        readLink(); // it expired while the dialog was open
    else if (m_invite)
        Q_EMIT joinRequested(*m_invite, m_name->text().simplified());
}

} // namespace mesh::views
