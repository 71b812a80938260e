// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QTimer>
#include <QtWidgets/QDialog>

#include "models/protocol/invitedesk.h"

class QComboBox;
class QLabel;
class QPlainTextEdit;
class QPushButton;
class QSpinBox;
class QTableView;

namespace mesh::protocol {
class Clock;
}

namespace mesh::views {

class InviteListModel;
class QrCode;
class Theme;

//! Inviting people: make a link with role, uses and expiry, pass it on (copy, QR picture, mail), and see which links
//! there are and how often they were used, or take one back. While it is on the screen it keeps the counts fresh.
class InvitePage final : public QDialog
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(InvitePage)

public:
    //! \a desk and \a clock outlive it. \a reach says who can use the links, for instance that the mesh is on this
    //! computer only.
    InvitePage(Theme &theme, const protocol::Clock &clock, protocol::InviteDesk &desk, const QString &meshName,
               const QString &reach, QWidget *parent = nullptr);

    //! What a mail with this invite says.
    QString mailText(const protocol::InviteRecord &invite) const;

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    QWidget *buildForm();
    QWidget *buildLink();
    QWidget *buildList();
    void make();
    void revoke();
    void refresh();
    void choose(const QString &id);
    void showChosen();
    void say(const QString &sentence, bool problem);
    void restyle();

    Theme &m_theme;
    const protocol::Clock &m_clock;
    protocol::InviteDesk &m_desk;
    const QString m_meshName;
    InviteListModel *m_model = nullptr;
    QString m_chosen; //!< id of the invite whose link is shown
    QTimer m_refreshTimer;

    QComboBox *m_role = nullptr;
    QSpinBox *m_uses = nullptr;
    QComboBox *m_lifetime = nullptr;
    QPushButton *m_make = nullptr;
    QWidget *m_card = nullptr;
    QrCode *m_qr = nullptr;
    QLabel *m_linkHead = nullptr;
    QPlainTextEdit *m_link = nullptr;
    QPushButton *m_copyLink = nullptr;
    QPushButton *m_copyMail = nullptr;
    QPushButton *m_writeMail = nullptr;
    QPushButton *m_saveQr = nullptr;
    QLabel *m_message = nullptr;
    QTableView *m_list = nullptr;
    QLabel *m_empty = nullptr;
    QPushButton *m_revoke = nullptr;
};

} // namespace mesh::views
