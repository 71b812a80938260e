// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/formparts.h"

#include <QtWidgets/QLabel>
#include <QtWidgets/QPushButton>

namespace mesh::views {

QPushButton *formButton(const char *name, const QString &text)
{
    auto *button = new QPushButton(text);
    button->setObjectName(QLatin1StringView(name));
    button->setAutoDefault(false);
    return button;
}

QLabel *formLabel(const char *name, const QString &tone, const QString &text)
{
    auto *label = new QLabel(text);
    label->setObjectName(QLatin1StringView(name));
    label->setTextFormat(Qt::PlainText);
    label->setProperty("tone", tone);
    label->setWordWrap(true);
    return label;
}

} // namespace mesh::views
