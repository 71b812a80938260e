// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtWidgets/QDialog>

#include "models/items/messagerow.h"

namespace mesh::views {

class Theme;

//! Who got a message and when, as far as the mesh told.
class DeliveryDialog final : public QDialog
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(DeliveryDialog)

public:
    struct Line
    {
        QString name;
        qint64 deliveredAtMs = 0; //!< 0: not told
        qint64 readAtMs = 0;
    };

    DeliveryDialog(Theme &theme, const items::MessageRow &message, const QList<Line> &lines, QWidget *parent = nullptr);
};

} // namespace mesh::views
