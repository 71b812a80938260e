// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/invite.h"

#include <QtWidgets/QDialog>

#include <optional>

class QFormLayout;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;

namespace mesh::protocol {
class Clock;
}

namespace mesh::views {

class Theme;

//! Joining by invite link. The link is read as it is typed and what it says is shown, with the outcome of the signature
//! and time checks, before anything is sent. Nothing here uses the network: a short code is handed out with
//! shortInviteEntered(), and what it resolves to comes back with setResolvedToken().
class JoinDialog final : public QDialog
{
    Q_OBJECT
public:
    JoinDialog(Theme &theme, const protocol::Clock &time, const QString &displayName, QWidget *parent = nullptr);

    //! Puts a link in as if it were pasted.
    void setLink(const QString &link);
    //! The invite that may be used now; none while the link is unread, broken, expired or not signed.
    const std::optional<protocol::Invite> &invite() const { return m_invite; }
    //! Sentence for an error code of the parser, the checks, or the broker's /join (wire reference 3.2).
    static QString sentenceFor(const protocol::Error &error);

public Q_SLOTS:
    //! What a short code resolved to: a v1 token.
    void setResolvedToken(const QString &token);
    //! Resolving or joining failed.
    void setProblem(const mesh::protocol::Error &error);
    //! The request is on its way; fields are locked until setProblem() or the dialog is closed.
    void setBusy(bool busy);

Q_SIGNALS:
    void joinRequested(const mesh::protocol::Invite &invite, const QString &displayName);
    //! The user asked to look up a short code; only then may its host be contacted.
    void shortInviteEntered(const mesh::protocol::ShortInvite &invite);

private:
    void readLink();
    void showInvite(const protocol::Invite &invite);
    void clearDetails();
    void showMessage(const QString &text, bool problem);
    void refreshButtons();
    void restyle();
    void onPrimary();

    Theme &m_theme;
    const protocol::Clock &m_time;
    std::optional<protocol::Invite> m_invite;
    std::optional<protocol::ShortInvite> m_short;
    bool m_busy = false;

    QLabel *m_title = nullptr;
    QPlainTextEdit *m_link = nullptr;
    QLineEdit *m_name = nullptr;
    QWidget *m_details = nullptr;
    QLabel *m_mesh = nullptr;
    QLabel *m_broker = nullptr;
    QLabel *m_role = nullptr;
    QLabel *m_expiry = nullptr;
    QLabel *m_signature = nullptr;
    QLabel *m_message = nullptr;
    QPushButton *m_join = nullptr;
    QPushButton *m_cancel = nullptr;
    QList<QLabel *> m_captions;
};

} // namespace mesh::views
