// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QObject>
#include <QtGui/QColor>
#include <QtGui/QFont>
#include <QtGui/QIcon>
#include <QtGui/QPalette>

#include "models/protocol/types.h"

class QPainter;

namespace mesh::views {

//! The one place for colours, fonts, spacing, icons and the style sheet. Views ask for roles and never name a hex
//! value. It is made once by the program and handed by reference to each view; changed() says that everything must be
//! repainted. Lives on the GUI thread.
class Theme final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Theme)

public:
    //! System follows the desktop: dark if the desktop's palette has a dark window colour.
    enum class Scheme { System, Dark, Light };
    Q_ENUM(Scheme)

    //! Columns of the token table beside dark and light. HighContrast: 7:1 for text, 6:1 for signs. ColourBlind:
    //! statuses and priorities that stay apart with any of the three kinds of colour blindness.
    enum class ColourSet { Standard, HighContrast, ColourBlind };
    Q_ENUM(ColourSet)

    //! Columns of the token table. Text1 to Text3 are readable (4.5:1 or more) on Bg, Panel, Raised and Selection;
    //! Faint is the third text colour at its drawn strength, for decoration that nobody has to read.
    enum class Role {
        Bg,        //!< canvas of graph, code, editor
        Panel,     //!< side bars, timeline, bars
        Raised,    //!< bubbles, buttons, node fill
        Hover,     //!< a row or button under the pointer
        Line,      //!< hairlines, rings
        Text1,     //!< main text
        Text2,     //!< second line
        Text3,     //!< labels and hints
        Faint,     //!< decoration only: its contrast is low
        Accent,    //!< selection, primary action, cursor in time
        OnAccent,  //!< text on Accent
        Selection, //!< selected row, own bubble
        Idle,
        Working,
        Dnd,
        Offline,
        Now,
        Next,
        Low,
        Error,   //!< the same red as Now: failed, refused
        Success, //!< the same green as Idle
        CodeKeyword,
        CodeString,
        CodeComment,
        Count
    };
    Q_ENUM(Role)

    //! Sizes are multiples of the system's interface size; 13, 12, 11 and 14 stand for its proportions.
    enum class Text {
        Body,         //!< 13
        BodyStrong,   //!< 13, semibold
        Second,       //!< 12
        SecondStrong, //!< 12, semibold
        Label,        //!< 11
        LabelStrong,  //!< 11, semibold, a little wider: section heads
        Title,        //!< 14, semibold
        Display,      //!< 20, semibold: first run, empty pages
        Mono,         //!< 12, fixed pitch: code
        Number        //!< 12, fixed pitch: figures that change, so that nothing jitters
    };
    Q_ENUM(Text)

    explicit Theme(QObject *parent = nullptr);
    ~Theme() override;

    //! Puts style (Fusion), palette, font and style sheet on the application, now and whenever something changes.
    void install();
    //! The same without the style sheet, for while a window is built: under a sheet every widget that gets its parent
    //! is looked at once more with all that is in it, which is a third of the time to build ours. install() follows.
    void installBase();

    void setScheme(Scheme scheme);
    [[nodiscard]] Scheme scheme() const { return m_scheme; }
    [[nodiscard]] bool isDark() const { return m_dark; }
    void setColourSet(ColourSet set);
    [[nodiscard]] ColourSet colourSet() const { return m_colours; }

    //! Extra factor on the system's text size, 0.75 to 2.
    void setTextScale(double factor);
    [[nodiscard]] double textScale() const { return m_textScale; }

    [[nodiscard]] QColor color(Role role) const { return color(m_dark, role, m_colours); }
    [[nodiscard]] static QColor color(bool dark, Role role, ColourSet set = ColourSet::Standard);
    //! \a role moved towards the main text colour until it reads at 4.5:1 on \a surface: status and priority as words.
    [[nodiscard]] QColor textColor(Role role, Role surface = Role::Panel) const;
    [[nodiscard]] QColor mix(Role a, Role b, double partOfB) const;
    //! WCAG contrast ratio, 1 to 21.
    [[nodiscard]] static double contrast(const QColor &a, const QColor &b);

    [[nodiscard]] static Role statusRole(protocol::PeerStatus status);
    [[nodiscard]] static Role priorityRole(protocol::Priority priority);

    [[nodiscard]] QFont font(Text text) const;
    //! \a n pixels of the drawing in logical pixels here: grows with the text size.
    [[nodiscard]] int px(int n) const;

    //! Tinted copy of resources/icons/<name>.svg, sharp at any size; follows changes of the theme by itself.
    [[nodiscard]] QIcon icon(const QString &name, Role role = Role::Text2) const;
    //! Paints an icon into \a rect at once, without an icon object.
    void paintIcon(QPainter *painter, const QString &name, const QRectF &rect, const QColor &color) const;
    //! Names that icon() knows.
    [[nodiscard]] static QStringList iconNames();

    //! Status as form and colour: idle a disc, working a disc with a ring cut out, dnd a disc with a bar, offline an
    //! open ring. \a surface is what lies behind; a gap of it keeps the dot apart from the avatar.
    void paintStatusDot(QPainter *painter, const QPointF &centre, double diameter, protocol::PeerStatus status,
                        const QColor &surface) const;

    [[nodiscard]] QPalette palette() const;
    [[nodiscard]] QString styleSheet() const;

Q_SIGNALS:
    //! Colours or sizes are different now.
    void changed();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void readSystem();
    void refresh();
    void applyToApplication();

    Scheme m_scheme = Scheme::System;
    ColourSet m_colours = ColourSet::Standard;
    bool m_dark = true;
    bool m_systemDark = false;
    bool m_installed = false;
    bool m_sheetInstalled = false;
    bool m_applying = false;
    double m_textScale = 1.0;
    double m_systemPx = 13.0;
    QString m_family;
    QString m_monoFamily;
};

} // namespace mesh::views
