// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/theme.h"

#include <QtCore/QDir>
#include <QtCore/QEvent>
#include <QtCore/QFile>
#include <QtCore/QHash>
#include <QtCore/QPointer>
#include <QtGui/QFontDatabase>
#include <QtGui/QFontInfo>
#include <QtGui/QFontMetricsF>
#include <QtGui/QGuiApplication>
#include <QtGui/QIconEngine>
#include <QtGui/QPainter>
#include <QtGui/QPainterPath>
#include <QtGui/QPixmapCache>
#include <QtGui/QScreen>
#include <QtGui/QStyleHints>
#include <QtSvg/QSvgRenderer>
#include <QtWidgets/QApplication>
#include <QtWidgets/QStyle>
#include <QtWidgets/QStyleFactory>
#include <QtWidgets/QToolTip>

#include <algorithm>
#include <array>
#include <cmath>

// The resources sit in a static library; nothing would pull them in by itself. Must be called outside any namespace.
static void loadThemeResources()
{
    Q_INIT_RESOURCE(resources);
}

namespace mesh::views {

using namespace Qt::StringLiterals;

namespace {

constexpr double kReadable = 4.5;     // WCAG AA for text of normal size
constexpr double kDrawnTextPx = 13.0; // the body size the drawings were made with

struct Token
{
    Theme::Role role;
    //! Dark and light of each Theme::ColourSet, in their order.
    std::array<QRgb, 6> colours;
};

// The token table: standard dark and light, high contrast dark and light, colour-blind dark and light. Hover, code
// colours and OnAccent are ours; OnAccent is dark on the lighter accent of the dark scheme, where white would read at
// 3:1 only. The colour-blind columns differ in statuses and priorities only: blue against yellow, light against dark.
// clang-format off
constexpr std::array kTokens{
    Token{Theme::Role::Bg, {0xff16181c, 0xfff6f5f2, 0xff000000, 0xffffffff, 0xff16181c, 0xfff6f5f2}},
    Token{Theme::Role::Panel, {0xff1c1f24, 0xffffffff, 0xff0a0a0a, 0xffffffff, 0xff1c1f24, 0xffffffff}},
    Token{Theme::Role::Raised, {0xff23272e, 0xfff0eeea, 0xff161616, 0xfff2f2f2, 0xff23272e, 0xfff0eeea}},
    Token{Theme::Role::Hover, {0xff21252b, 0xfff7f5f2, 0xff1e1e1e, 0xffececec, 0xff21252b, 0xfff7f5f2}},
    Token{Theme::Role::Line, {0xff2e333b, 0xffdfdcd5, 0xff8a8f98, 0xff5a5f66, 0xff2e333b, 0xffdfdcd5}},
    Token{Theme::Role::Text1, {0xffe8e6e1, 0xff23252a, 0xffffffff, 0xff000000, 0xffe8e6e1, 0xff23252a}},
    Token{Theme::Role::Text2, {0xffa9adb5, 0xff5d626b, 0xffe0e0e0, 0xff26282c, 0xffa9adb5, 0xff5d626b}},
    Token{Theme::Role::Text3, {0xff71767f, 0xff8b8f96, 0xffc8c8c8, 0xff3a3d42, 0xff71767f, 0xff8b8f96}},
    Token{Theme::Role::Faint, {0xff71767f, 0xff8b8f96, 0xffa8a8a8, 0xff5a5f66, 0xff71767f, 0xff8b8f96}},
    Token{Theme::Role::Accent, {0xffd97757, 0xffb8552f, 0xffffb38a, 0xff8a2f0c, 0xffd97757, 0xffb8552f}},
    Token{Theme::Role::OnAccent, {0xff1a0f0a, 0xffffffff, 0xff000000, 0xffffffff, 0xff1a0f0a, 0xffffffff}},
    Token{Theme::Role::Selection, {0xff33281f, 0xfffbe9e1, 0xff3a2a1c, 0xffffe2d2, 0xff33281f, 0xfffbe9e1}},
    Token{Theme::Role::Idle, {0xff4fb286, 0xff2c8a60, 0xff5fe3a8, 0xff00633a, 0xff56b4e9, 0xff1f78b4}},
    Token{Theme::Role::Working, {0xffe0a14f, 0xffb3741a, 0xffffc14d, 0xff8a4b00, 0xfff0e442, 0xffa07f00}},
    Token{Theme::Role::Dnd, {0xffc46686, 0xffa8446a, 0xffff5fb0, 0xff8f0f7a, 0xffd1602f, 0xff7d1c00}},
    Token{Theme::Role::Offline, {0xff5b6069, 0xffa8a59e, 0xffc3c8d0, 0xff3f4247, 0xff767c86, 0xff77797c}},
    Token{Theme::Role::Now, {0xfff0605d, 0xffcc3a36, 0xffff7a75, 0xffb0120f, 0xffff7438, 0xff8f2400}},
    Token{Theme::Role::Next, {0xff8fb4d8, 0xff3f74a8, 0xff9fd0ff, 0xff0b3f86, 0xff8cc8f2, 0xff2f80c8}},
    Token{Theme::Role::Low, {0xff6f9f8a, 0xff4c8069, 0xffc9d96b, 0xff3d5a3f, 0xff8a8f5a, 0xff8a8768}},
    Token{Theme::Role::Error, {0xfff0605d, 0xffcc3a36, 0xffff7a75, 0xffb0120f, 0xffff7438, 0xff8f2400}},
    Token{Theme::Role::Success, {0xff4fb286, 0xff2c8a60, 0xff5fe3a8, 0xff00633a, 0xff56b4e9, 0xff1f78b4}},
    Token{Theme::Role::CodeKeyword, {0xffc792ea, 0xff8a3fb0, 0xffe0b0ff, 0xff5a0f86, 0xffc792ea, 0xff8a3fb0}},
    Token{Theme::Role::CodeString, {0xff9ece7a, 0xff3d7a1f, 0xffb8f08a, 0xff1f5208, 0xff9ece7a, 0xff3d7a1f}},
    Token{Theme::Role::CodeComment, {0xff8b909a, 0xff6a6f78, 0xffc0c5cd, 0xff3a3d42, 0xff8b909a, 0xff6a6f78}},
};
// clang-format on
static_assert(kTokens.size() == size_t(Theme::Role::Count), "one row for each role, in order");

double channel(double c)
{
    return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
}

double luminance(const QColor &c)
{
    return 0.2126 * channel(c.redF()) + 0.7152 * channel(c.greenF()) + 0.0722 * channel(c.blueF());
}

QColor blend(const QColor &a, const QColor &b, double partOfB)
{
    const double p = std::clamp(partOfB, 0.0, 1.0);
    return QColor::fromRgbF(float(a.redF() * (1 - p) + b.redF() * p), float(a.greenF() * (1 - p) + b.greenF() * p),
                            float(a.blueF() * (1 - p) + b.blueF() * p));
}

QColor raw(bool dark, Theme::Role role, Theme::ColourSet set)
{
    return QColor::fromRgba(kTokens[size_t(role)].colours[size_t(set) * 2 + (dark ? 0 : 1)]);
}

//! \a ink moved towards the main text colour until it reads on every one of \a surfaces.
QColor raised(bool dark, Theme::ColourSet set, QColor ink, std::initializer_list<Theme::Role> surfaces)
{
    const QColor target = raw(dark, Theme::Role::Text1, set);
    for (int step = 0; step <= 40; ++step) {
        const QColor candidate = blend(ink, target, step / 40.0);
        const bool reads = std::all_of(surfaces.begin(), surfaces.end(), [&](Theme::Role surface) {
            return Theme::contrast(candidate, raw(dark, surface, set)) >= kReadable;
        });
        if (reads)
            return candidate;
    }
    return target;
}

QColor raisedText3(bool dark, Theme::ColourSet set)
{
    return raised(
        dark, set, raw(dark, Theme::Role::Text3, set),
        {Theme::Role::Bg, Theme::Role::Panel, Theme::Role::Raised, Theme::Role::Hover, Theme::Role::Selection});
}

QByteArray tinted(const QString &name, const QColor &color)
{
    static QHash<QString, QByteArray> sources;
    auto found = sources.constFind(name);
    if (found == sources.constEnd()) {
        QFile file(u":/icons/%1.svg"_s.arg(name));
        if (!file.open(QIODevice::ReadOnly))
            return {};
        found = sources.insert(name, file.readAll());
    }
    QByteArray svg = *found;
    svg.replace("currentColor", color.name(QColor::HexRgb).toLatin1());
    return svg;
}

void renderIcon(QPainter *painter, const QString &name, const QRectF &rect, const QColor &color)
{
    const double ratio = painter->device() ? painter->device()->devicePixelRatioF() : 1.0;
    const QSize size = (rect.size() * ratio).toSize();
    if (size.isEmpty())
        return;
    const QString key =
        u"mesh-icon:%1:%2:%3x%4"_s.arg(name, color.name(QColor::HexArgb)).arg(size.width()).arg(size.height());
    QPixmap pixmap;
    if (!QPixmapCache::find(key, &pixmap)) {
        pixmap = QPixmap(size);
        pixmap.fill(Qt::transparent);
        const QByteArray svg = tinted(name, color);
        if (!svg.isEmpty()) {
            QSvgRenderer renderer(svg);
            QPainter p(&pixmap);
            p.setRenderHint(QPainter::Antialiasing);
            renderer.render(&p, QRectF(QPointF(0, 0), QSizeF(size)));
        }
        QPixmapCache::insert(key, pixmap);
    }
    painter->drawPixmap(rect, pixmap, QRectF(pixmap.rect()));
}

//! Draws from the SVG at whatever size is asked for, in the colour the theme has at that moment.
class SvgIconEngine final : public QIconEngine
{
public:
    SvgIconEngine(const Theme *theme, QString name, Theme::Role role)
        : m_theme(theme)
        , m_name(std::move(name))
        , m_role(role)
    {
    }

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State state) override
    {
        const QSizeF side(std::min(rect.width(), rect.height()), std::min(rect.width(), rect.height()));
        QRectF square(QPointF(0, 0), side);
        square.moveCenter(QRectF(rect).center());
        renderIcon(painter, m_name, square, tint(mode, state));
    }

    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State state) override
    {
        QPixmap result(size);
        result.fill(Qt::transparent);
        QPainter painter(&result);
        paint(&painter, result.rect(), mode, state);
        return result;
    }

    QString key() const override { return u"mesh-svg"_s; }
    QIconEngine *clone() const override { return new SvgIconEngine(m_theme, m_name, m_role); }

private:
    QColor tint(QIcon::Mode mode, QIcon::State state) const
    {
        if (!m_theme)
            return Qt::gray;
        if (mode == QIcon::Disabled)
            return m_theme->color(Theme::Role::Faint);
        if (state == QIcon::On && m_role != Theme::Role::OnAccent)
            return m_theme->color(Theme::Role::Accent);
        return m_theme->color(m_role);
    }

    QPointer<const Theme> m_theme;
    QString m_name;
    Theme::Role m_role;
};

//! Alias names of fontconfig say that no interface font was chosen.
bool isGenericFamily(const QString &family)
{
    static const QStringList generic{u"sans serif"_s, u"sans"_s,      u"sans-serif"_s,
                                     u"serif"_s,      u"helvetica"_s, u"default"_s};
    return family.isEmpty() || generic.contains(family.toLower()) || !QFontDatabase::hasFamily(family);
}

QString firstInstalled(const QStringList &families, const QString &fallback)
{
    for (const QString &family : families) {
        if (QFontDatabase::hasFamily(family))
            return family;
    }
    return fallback;
}

} // namespace

Theme::Theme(QObject *parent)
    : QObject(parent)
{
    loadThemeResources();
    readSystem();
    m_dark = m_systemDark;
}

Theme::~Theme()
{
    if (m_installed && qApp)
        qApp->removeEventFilter(this);
}

void Theme::install()
{
    m_sheetInstalled = true;
    installBase();
}

void Theme::installBase()
{
    if (!m_installed) {
        m_installed = true;
        qApp->installEventFilter(this);
    }
    refresh();
}

void Theme::setScheme(Scheme scheme)
{
    if (m_scheme == scheme)
        return;
    m_scheme = scheme;
    refresh();
}

void Theme::setTextScale(double factor)
{
    const double clamped = std::clamp(factor, 0.75, 2.0);
    if (qFuzzyCompare(m_textScale, clamped))
        return;
    m_textScale = clamped;
    refresh();
}

void Theme::setColourSet(ColourSet set)
{
    if (m_colours == set)
        return;
    m_colours = set;
    refresh();
}

QColor Theme::color(bool dark, Role role, ColourSet set)
{
    if (role == Role::Text3) {
        using enum ColourSet;
        static const std::array text3{raisedText3(true, Standard),     raisedText3(false, Standard),
                                      raisedText3(true, HighContrast), raisedText3(false, HighContrast),
                                      raisedText3(true, ColourBlind),  raisedText3(false, ColourBlind)};
        return text3[size_t(set) * 2 + (dark ? 0 : 1)];
    }
    return raw(dark, role, set);
}

QColor Theme::textColor(Role role, Role surface) const
{
    return raised(m_dark, m_colours, color(role), {surface});
}

QColor Theme::mix(Role a, Role b, double partOfB) const
{
    return blend(color(a), color(b), partOfB);
}

double Theme::contrast(const QColor &a, const QColor &b)
{
    const double la = luminance(a);
    const double lb = luminance(b);
    return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

Theme::Role Theme::statusRole(protocol::PeerStatus status)
{
    switch (status) {
    case protocol::PeerStatus::Idle:
        return Role::Idle;
    case protocol::PeerStatus::Working:
        return Role::Working;
    case protocol::PeerStatus::Dnd:
        return Role::Dnd;
    case protocol::PeerStatus::Offline:
        break;
    }
    return Role::Offline;
}

Theme::Role Theme::priorityRole(protocol::Priority priority)
{
    switch (priority) {
    case protocol::Priority::Now:
        return Role::Now;
    case protocol::Priority::Low:
        return Role::Low;
    case protocol::Priority::Next:
        break;
    }
    return Role::Next;
}

QFont Theme::font(Text text) const
{
    double drawn = kDrawnTextPx;
    QFont::Weight weight = QFont::Normal;
    bool mono = false;
    switch (text) {
    case Text::Body:
        break;
    case Text::BodyStrong:
        weight = QFont::DemiBold;
        break;
    case Text::Second:
        drawn = 12;
        break;
    case Text::SecondStrong:
        drawn = 12;
        weight = QFont::DemiBold;
        break;
    case Text::Label:
        drawn = 11;
        break;
    case Text::LabelStrong:
        drawn = 11;
        weight = QFont::DemiBold;
        break;
    case Text::Title:
        drawn = 14;
        weight = QFont::DemiBold;
        break;
    case Text::Display:
        drawn = 20;
        weight = QFont::DemiBold;
        break;
    case Text::Mono:
    case Text::Number:
        drawn = 12;
        mono = true;
        break;
    }
    QFont font(mono ? m_monoFamily : m_family);
    font.setPixelSize(std::max(1, int(std::lround(m_systemPx * m_textScale * drawn / kDrawnTextPx))));
    font.setWeight(weight);
    if (mono) {
        font.setStyleHint(QFont::Monospace);
        font.setFixedPitch(true);
        // Code shows the characters that are there: no ligatures, whose glyphs also hang over the edge at a line's
        // start.
        font.setStyleStrategy(QFont::PreferNoShaping);
    } else {
        font.setStyleHint(QFont::SansSerif);
    }
    if (text == Text::LabelStrong)
        font.setLetterSpacing(QFont::AbsoluteSpacing, 0.4);
    return font;
}

int Theme::px(int n) const
{
    return int(std::lround(n * m_systemPx * m_textScale / kDrawnTextPx));
}

QIcon Theme::icon(const QString &name, Role role) const
{
    return QIcon(new SvgIconEngine(this, name, role));
}

void Theme::paintIcon(QPainter *painter, const QString &name, const QRectF &rect, const QColor &color) const
{
    renderIcon(painter, name, rect, color);
}

QStringList Theme::iconNames()
{
    loadThemeResources();
    QStringList names = QDir(u":/icons"_s).entryList({u"*.svg"_s}, QDir::Files, QDir::Name);
    for (QString &name : names)
        name.chop(4);
    return names;
}

void Theme::paintStatusDot(QPainter *painter, const QPointF &centre, double diameter, protocol::PeerStatus status,
                           const QColor &surface) const
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    const double r = diameter / 2;
    painter->setBrush(surface);
    painter->drawEllipse(centre, r + 2, r + 2);
    const QColor ink = color(statusRole(status));
    painter->setBrush(ink);
    switch (status) {
    case protocol::PeerStatus::Idle:
        painter->drawEllipse(centre, r, r);
        break;
    case protocol::PeerStatus::Working:
        painter->drawEllipse(centre, r, r);
        painter->setBrush(surface);
        painter->drawEllipse(centre, r * 0.36, r * 0.36);
        break;
    case protocol::PeerStatus::Dnd:
        painter->drawEllipse(centre, r, r);
        painter->setBrush(surface);
        painter->drawRoundedRect(QRectF(centre.x() - r * 0.58, centre.y() - r * 0.19, r * 1.16, r * 0.38), r * 0.15,
                                 r * 0.15);
        break;
    case protocol::PeerStatus::Offline: {
        const double pen = std::max(1.25, diameter * 0.18);
        painter->setBrush(Qt::NoBrush);
        painter->setPen(QPen(ink, pen));
        painter->drawEllipse(centre, r - pen / 2, r - pen / 2);
        break;
    }
    }
    painter->restore();
}

QPalette Theme::palette() const
{
    QPalette p;
    p.setColor(QPalette::Window, color(Role::Panel));
    p.setColor(QPalette::WindowText, color(Role::Text1));
    p.setColor(QPalette::Base, color(Role::Panel));
    p.setColor(QPalette::AlternateBase, color(Role::Hover));
    p.setColor(QPalette::Text, color(Role::Text1));
    p.setColor(QPalette::PlaceholderText, color(Role::Text3));
    p.setColor(QPalette::Button, color(Role::Raised));
    p.setColor(QPalette::ButtonText, color(Role::Text1));
    p.setColor(QPalette::BrightText, color(Role::Error));
    p.setColor(QPalette::Highlight, color(Role::Accent));
    p.setColor(QPalette::HighlightedText, color(Role::OnAccent));
    p.setColor(QPalette::ToolTipBase, color(Role::Raised));
    p.setColor(QPalette::ToolTipText, color(Role::Text1));
    p.setColor(QPalette::Link, textColor(Role::Next));
    p.setColor(QPalette::LinkVisited, textColor(Role::Next));
    p.setColor(QPalette::Light, color(Role::Raised));
    p.setColor(QPalette::Midlight, color(Role::Raised));
    p.setColor(QPalette::Mid, color(Role::Line));
    p.setColor(QPalette::Dark, color(Role::Line));
    p.setColor(QPalette::Shadow, color(Role::Bg));
    for (const QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        p.setColor(QPalette::Disabled, role, color(Role::Faint));
    p.setColor(QPalette::Disabled, QPalette::Highlight, color(Role::Line));
    return p;
}

QString Theme::styleSheet() const
{
    QFile file(u":/style/theme.qss"_s);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    QString sheet = QString::fromUtf8(file.readAll());
    // @role@ is a colour, @12px@ a size on the grid, @text-second@ a font size.
    const std::array<std::pair<QString, QColor>, 15> colors{{
        {u"bg"_s, color(Role::Bg)},
        {u"panel"_s, color(Role::Panel)},
        {u"raised"_s, color(Role::Raised)},
        {u"hover"_s, color(Role::Hover)},
        {u"raised-hover"_s, mix(Role::Raised, Role::Text1, 0.06)},
        {u"line"_s, color(Role::Line)},
        {u"line-strong"_s, mix(Role::Line, Role::Text1, 0.18)},
        {u"text1"_s, color(Role::Text1)},
        {u"text2"_s, color(Role::Text2)},
        {u"text3"_s, color(Role::Text3)},
        {u"faint"_s, color(Role::Faint)},
        {u"accent"_s, color(Role::Accent)},
        {u"accent-hover"_s, mix(Role::Accent, Role::Text1, 0.12)},
        {u"on-accent"_s, color(Role::OnAccent)},
        {u"selection"_s, color(Role::Selection)},
    }};
    for (const auto &[name, value] : colors)
        sheet.replace(u'@' + name + u'@', value.name(QColor::HexRgb));
    sheet.replace("@accent-muted@"_L1, mix(Role::Panel, Role::Accent, 0.28).name(QColor::HexRgb));
    sheet.replace("@error@"_L1, textColor(Role::Error).name(QColor::HexRgb));
    sheet.replace("@working@"_L1, textColor(Role::Working).name(QColor::HexRgb));
    sheet.replace("@success@"_L1, textColor(Role::Success).name(QColor::HexRgb));
    sheet.replace("@font@"_L1, m_family);
    sheet.replace("@font-mono@"_L1, m_monoFamily);
    sheet.replace("@text-body@"_L1, u"%1px"_s.arg(font(Text::Body).pixelSize()));
    sheet.replace("@text-second@"_L1, u"%1px"_s.arg(font(Text::Second).pixelSize()));
    sheet.replace("@text-label@"_L1, u"%1px"_s.arg(font(Text::Label).pixelSize()));
    sheet.replace("@text-title@"_L1, u"%1px"_s.arg(font(Text::Title).pixelSize()));
    sheet.replace("@text-display@"_L1, u"%1px"_s.arg(font(Text::Display).pixelSize()));
    for (int n = 1; n <= 48; ++n)
        sheet.replace(u"@%1px@"_s.arg(n), u"%1px"_s.arg(px(n)));
    return sheet;
}

void Theme::readSystem()
{
    const QFont system = QFontDatabase::systemFont(QFontDatabase::GeneralFont);
    // Without a desktop theme Qt says "Sans Serif 9": too small and no family at all.
    m_systemPx = std::max(kDrawnTextPx, double(QFontInfo(system).pixelSize()));
    m_family = isGenericFamily(system.family())
        ? firstInstalled({u"Inter"_s, u"Cantarell"_s, u"Noto Sans"_s, u"DejaVu Sans"_s}, system.family())
        : system.family();
    const QFont fixed = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    m_monoFamily = firstInstalled({u"JetBrains Mono"_s}, QFontInfo(fixed).family());
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    if (QGuiApplication::styleHints()->colorScheme() != Qt::ColorScheme::Unknown) {
        m_systemDark = QGuiApplication::styleHints()->colorScheme() == Qt::ColorScheme::Dark;
        return;
    }
#endif
    const QPalette palette = QGuiApplication::palette();
    m_systemDark = luminance(palette.color(QPalette::Window)) < luminance(palette.color(QPalette::WindowText));
}

void Theme::refresh()
{
    m_dark = m_scheme == Scheme::System ? m_systemDark : m_scheme == Scheme::Dark;
    applyToApplication();
    Q_EMIT changed();
}

void Theme::applyToApplication()
{
    if (!m_installed)
        return;
    m_applying = true;
    if (!qApp->style() || qApp->style()->name() != "fusion"_L1)
        QApplication::setStyle(QStyleFactory::create(u"Fusion"_s));
    QApplication::setPalette(palette());
    QToolTip::setPalette(palette());
    QApplication::setFont(font(Text::Body));
    if (m_sheetInstalled)
        qApp->setStyleSheet(styleSheet());
    m_applying = false;
}

bool Theme::eventFilter(QObject *watched, QEvent *event)
{
    // Our own palette hides the desktop's: it is taken off for a moment to look at what lies below.
    if (event->type() == QEvent::ThemeChange && !m_applying && watched->isWindowType()) {
        m_applying = true;
        const bool wasDark = m_systemDark;
        const double wasPx = m_systemPx;
        QApplication::setPalette(QPalette());
        readSystem();
        m_applying = false;
        if (wasDark != m_systemDark || !qFuzzyCompare(wasPx, m_systemPx))
            refresh();
        else
            applyToApplication();
    }
    return QObject::eventFilter(watched, event);
}

} // namespace mesh::views
