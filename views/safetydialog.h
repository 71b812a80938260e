// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtWidgets/QDialog>

#include "models/items/keytrust.h"

namespace mesh::views {

class Theme;

//! Shows the safety number of the user and a peer, to be compared over another channel, and takes the verdict. Both
//! sides see the same number.
class SafetyDialog final : public QDialog
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SafetyDialog)

public:
    //! What is compared. Keys are member keys, 64 hex digits; with one missing there is no number, which the dialog
    //! says.
    struct Sides
    {
        QString peerName;
        QString ownKey;
        QString peerKey;
        items::KeyTrust trust = items::KeyTrust::Unknown;
    };

    SafetyDialog(Theme &theme, const Sides &sides, QWidget *parent);

Q_SIGNALS:
    //! The user compared the number (true), or takes back that they did.
    void decided(bool verified);
};

} // namespace mesh::views
