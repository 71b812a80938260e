// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/composeredit.h"

#include <QtCore/QMimeData>

namespace mesh::views {

ComposerEdit::ComposerEdit(QWidget *parent)
    : QPlainTextEdit(parent)
{
}

bool ComposerEdit::canInsertFromMimeData(const QMimeData *source) const
{
    return source->hasText();
}

void ComposerEdit::insertFromMimeData(const QMimeData *source)
{
    if (!source->hasText() || isReadOnly())
        return;
    QString text = source->text();
    text.remove(QChar::Null);
    text.replace(QStringLiteral("\r\n"), QStringLiteral("\n"));
    if (text.size() >= kLongPaste || text.count(u'\n') >= kManyLines)
        Q_EMIT longTextPasted(text);
    else
        insertPlainText(text);
}

} // namespace mesh::views
