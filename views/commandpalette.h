// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QList>
#include <QtCore/QString>
#include <QtWidgets/QFrame>

#include <functional>

class QLabel;
class QLineEdit;
class QListWidget;

namespace mesh::views {

class Theme;

//! One thing the palette can do or go to.
struct PaletteEntry
{
    QString title;
    QString hint;     //!< kind or place, shown dimmed: "Peer", "Conversation", "View"
    QString shortcut; //!< as text, may be empty
    std::function<void()> run;
};

//! Ranks \a title against what was typed: all its characters must occur in order; runs, word starts and the beginning
//! count more. Negative: no match.
int paletteScore(QStringView title, QStringView typed);

//! The box behind "Search or run": one line to type in, the best matches below it. Enter runs, Escape closes.
class CommandPalette final : public QFrame
{
    Q_OBJECT

public:
    using Source = std::function<QList<PaletteEntry>()>;

    //! \a source is asked each time the palette opens.
    CommandPalette(Theme &theme, Source source, QWidget *parent);

    //! Opens below the top edge of the parent, centred.
    void popUp();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void fill();
    void runCurrent();
    void restyle();

    Theme &m_theme;
    Source m_source;
    QList<PaletteEntry> m_entries;
    QList<int> m_shown; //!< indexes into m_entries, in the order of the rows
    QLineEdit *m_line = nullptr;
    QListWidget *m_list = nullptr;
    QLabel *m_empty = nullptr;
};

} // namespace mesh::views
