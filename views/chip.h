// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtWidgets/QAbstractButton>

#include <optional>

#include "models/items/attention.h"
#include "views/theme.h"

namespace mesh::views {

//! A small button that says something in one line, parts of it strong: "working 6", "admin-1 waits for you · 2 min".
class Chip final : public QAbstractButton
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Chip)

public:
    explicit Chip(Theme &theme, QWidget *parent = nullptr);

    void setSpans(const QList<items::AttentionSpan> &spans);
    //! A coloured left edge; nullopt: none.
    void setEdge(std::optional<Theme::Role> role);

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    void enterEvent(QEnterEvent *event) override;
    void leaveEvent(QEvent *event) override;

private:
    [[nodiscard]] QFont fontOf(bool strong) const;

    Theme &m_theme;
    QList<items::AttentionSpan> m_spans;
    std::optional<Theme::Role> m_edge;
};

} // namespace mesh::views
