// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtWidgets/QPlainTextEdit>

namespace mesh::views {

//! The composer's editor. Takes plain text only, and asks what to do with a long paste instead of drowning in it.
class ComposerEdit final : public QPlainTextEdit
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ComposerEdit)

public:
    static constexpr int kLongPaste = 4'000; //!< UTF-16 units
    static constexpr int kManyLines = 40;

    explicit ComposerEdit(QWidget *parent = nullptr);

Q_SIGNALS:
    //! Nothing was inserted yet.
    void longTextPasted(const QString &text);

protected:
    void insertFromMimeData(const QMimeData *source) override;
    bool canInsertFromMimeData(const QMimeData *source) const override;
};

} // namespace mesh::views
