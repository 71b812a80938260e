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

    //! What the lines are from: a word for each message, or one mark a member up to which it has read, which tells no
    //! more than that it did by then.
    enum class Told { Receipts, ReadMarks };

    DeliveryDialog(Theme &theme, const items::MessageRow &message, const QList<Line> &lines, Told told,
                   QWidget *parent = nullptr);
};

} // namespace mesh::views
