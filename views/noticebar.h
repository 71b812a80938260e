// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QStringList>
#include <QtWidgets/QWidget>

class QLabel;
class QToolButton;

namespace mesh::views {

class Theme;

//! An inline bar for things worth telling once, instead of a box that stops the work. Shows the newest notice and how
//! many wait behind it; the same sentence twice is one notice. Hidden when there are none.
class NoticeBar final : public QWidget
{
    Q_OBJECT

public:
    //! More than these are dropped, oldest first.
    static constexpr int maxNotices = 20;

    explicit NoticeBar(Theme &theme, QWidget *parent = nullptr);

    void add(const QString &sentence);
    const QStringList &notices() const { return m_notices; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void dismiss();
    void refresh();

    Theme &m_theme;
    QStringList m_notices; //!< newest last
    QLabel *m_text = nullptr;
    QLabel *m_more = nullptr;
    QToolButton *m_close = nullptr;
};

} // namespace mesh::views
