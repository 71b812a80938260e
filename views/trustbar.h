// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtWidgets/QFrame>

class QLabel;
class QPushButton;

namespace mesh::views {

class Theme;

//! The warning between a conversation's head and its messages: the key behind the name changed.
class TrustBar final : public QFrame
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(TrustBar)

public:
    explicit TrustBar(Theme &theme, QWidget *parent = nullptr);

    //! Empty: nothing to warn of, the bar goes away.
    void setWarning(const QString &sentence);

Q_SIGNALS:
    void compareRequested();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void onThemeChanged();

    Theme &m_theme;
    QLabel *m_icon = nullptr;
    QLabel *m_text = nullptr;
    QPushButton *m_compare = nullptr;
};

} // namespace mesh::views
