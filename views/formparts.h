// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QString>

class QLabel;
class QPushButton;

namespace mesh::views {

//! A button that Enter in a field does not press, under a name by which tests find it.
QPushButton *formButton(const char *name, const QString &text);
//! A label that shows \a text as it is, in lines; \a tone as in theme.qss.
QLabel *formLabel(const char *name, const QString &tone, const QString &text = {});

} // namespace mesh::views
