// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtWidgets/QDialog>

#include "models/items/notificationrules.h"

class QCheckBox;
class QTimeEdit;

namespace mesh::views {

//! What the user is told of while they look elsewhere. Changes count at once; there is nothing to confirm.
class NotificationDialog final : public QDialog
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(NotificationDialog)

public:
    //! \a service: the desktop shows notifications by its own service; false: only the tray can.
    NotificationDialog(const items::NotificationPolicy &policy, bool service, QWidget *parent = nullptr);

    [[nodiscard]] items::NotificationPolicy policy() const;

Q_SIGNALS:
    void policyChanged(const mesh::items::NotificationPolicy &policy);

private:
    void onChanged();

    QCheckBox *m_enabled = nullptr;
    QCheckBox *m_content = nullptr;
    QCheckBox *m_sound = nullptr;
    QCheckBox *m_quiet = nullptr;
    QTimeEdit *m_from = nullptr;
    QTimeEdit *m_to = nullptr;
};

} // namespace mesh::views
