// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QSize>
#include <QtCore/QString>

//! Paints fourteen believable peers and their messages to a PNG, for people who work on the look.
struct PreviewOptions
{
    QString file;
    bool light = false;
    bool hover = false;
    bool empty = false;
    int peers = 14; //!< more than 14: made-up ones
    double zoom = 1;
    QSize size{820, 620};
};

//! \return the program's exit code.
int renderPreview(const PreviewOptions &options);
