// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QTimer>
#include <QtWidgets/QFrame>

class QGridLayout;
class QHBoxLayout;
class QLabel;
class QToolButton;
class QVBoxLayout;

namespace mesh::views {

class Theme;

//! What node card and edge card have in common: a raised box over the graph with a title, a line below it, captioned
//! figures, and a button that closes it. Looks again every second while it is visible, and never otherwise.
class InspectorCard : public QFrame
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(InspectorCard)

public:
    InspectorCard(Theme &theme, QWidget *parent);

Q_SIGNALS:
    //! The user closed it.
    void closed();
    //! Its wanted size is another one.
    void resized();

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

    //! Reads everything anew.
    virtual void refresh() = 0;

    void setTitle(const QString &title, const QString &second);
    //! Shows a figure under its caption; an empty one takes the row away.
    void setFigure(int row, const QString &caption, const QString &value, const QString &toolTip = {});
    //! Fits the card to what it says.
    void settle();
    [[nodiscard]] QVBoxLayout *column() const { return m_column; }
    [[nodiscard]] Theme &theme() const { return m_theme; }

private:
    struct Row
    {
        QLabel *caption = nullptr;
        QLabel *value = nullptr;
    };

    Theme &m_theme;
    QVBoxLayout *m_column = nullptr;
    QLabel *m_title = nullptr;
    QLabel *m_second = nullptr;
    QGridLayout *m_grid = nullptr;
    QList<Row> m_rows;
    QTimer m_timer;
};

} // namespace mesh::views
