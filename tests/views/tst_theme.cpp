// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/theme.h"
#include "tests/support/testprogram.h"

#include <QtGui/QImage>
#include <QtGui/QPainter>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>

#include <algorithm>
#include <array>
#include <cmath>

namespace tst_theme {

using namespace Qt::StringLiterals;
using mesh::views::Theme;
using Role = Theme::Role;
using ColourSet = Theme::ColourSet;

namespace {

// Linear RGB as seen with a kind of colour blindness of full strength, after Machado, Oliveira and Fernandes (2009).
using Matrix = std::array<std::array<double, 3>, 3>;
constexpr Matrix kProtan{
    {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}}};
constexpr Matrix kDeutan{
    {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}}};
constexpr Matrix kTritan{
    {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}}};

// CIE 1976 L*a*b* of a colour seen through a matrix.
std::array<double, 3> seen(const QColor &color, const Matrix &matrix)
{
    const auto linear = [](double c) { return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
    const std::array in{linear(color.redF()), linear(color.greenF()), linear(color.blueF())};
    std::array<double, 3> r{};
    for (size_t i = 0; i < 3; ++i)
        r[i] = std::clamp(matrix[i][0] * in[0] + matrix[i][1] * in[1] + matrix[i][2] * in[2], 0.0, 1.0);
    const auto f = [](double t) { return t > 0.008856 ? std::cbrt(t) : 7.787 * t + 16.0 / 116; };
    const double x = f((0.4124564 * r[0] + 0.3575761 * r[1] + 0.1804375 * r[2]) / 0.95047);
    const double y = f(0.2126729 * r[0] + 0.7151522 * r[1] + 0.0721750 * r[2]);
    const double z = f((0.0193339 * r[0] + 0.1191920 * r[1] + 0.9503041 * r[2]) / 1.08883);
    return {116 * y - 16, 500 * (x - y), 200 * (y - z)};
}

double apart(const QColor &a, const QColor &b, const Matrix &matrix)
{
    const auto p = seen(a, matrix);
    const auto q = seen(b, matrix);
    return std::hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
}

} // namespace

class TestTheme final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    //! The token table, as agreed.
    void tokens_data()
    {
        QTest::addColumn<int>("role");
        QTest::addColumn<QString>("dark");
        QTest::addColumn<QString>("light");
        const auto row = [](const char *name, Role role, const QString &dark, const QString &light) {
            QTest::newRow(name) << int(role) << dark << light;
        };
        row("bg", Role::Bg, u"#16181c"_s, u"#f6f5f2"_s);
        row("panel", Role::Panel, u"#1c1f24"_s, u"#ffffff"_s);
        row("raised", Role::Raised, u"#23272e"_s, u"#f0eeea"_s);
        row("line", Role::Line, u"#2e333b"_s, u"#dfdcd5"_s);
        row("text 1", Role::Text1, u"#e8e6e1"_s, u"#23252a"_s);
        row("text 2", Role::Text2, u"#a9adb5"_s, u"#5d626b"_s);
        row("text 3 as drawn", Role::Faint, u"#71767f"_s, u"#8b8f96"_s);
        row("accent", Role::Accent, u"#d97757"_s, u"#b8552f"_s);
        row("selection", Role::Selection, u"#33281f"_s, u"#fbe9e1"_s);
        row("idle", Role::Idle, u"#4fb286"_s, u"#2c8a60"_s);
        row("working", Role::Working, u"#e0a14f"_s, u"#b3741a"_s);
        row("dnd", Role::Dnd, u"#c46686"_s, u"#a8446a"_s);
        row("offline", Role::Offline, u"#5b6069"_s, u"#a8a59e"_s);
        row("now", Role::Now, u"#f0605d"_s, u"#cc3a36"_s);
        row("next", Role::Next, u"#8fb4d8"_s, u"#3f74a8"_s);
        row("low", Role::Low, u"#6f9f8a"_s, u"#4c8069"_s);
    }
    void tokens()
    {
        QFETCH(int, role);
        QFETCH(QString, dark);
        QFETCH(QString, light);
        QCOMPARE(Theme::color(true, Role(role)).name(), dark);
        QCOMPARE(Theme::color(false, Role(role)).name(), light);
    }

    void textReads_data()
    {
        QTest::addColumn<bool>("dark");
        QTest::addColumn<ColourSet>("set");
        QTest::addColumn<double>("least");
        QTest::newRow("dark") << true << ColourSet::Standard << 4.5;
        QTest::newRow("light") << false << ColourSet::Standard << 4.5;
        QTest::newRow("high contrast dark") << true << ColourSet::HighContrast << 7.0;
        QTest::newRow("high contrast light") << false << ColourSet::HighContrast << 7.0;
        QTest::newRow("colour-blind dark") << true << ColourSet::ColourBlind << 4.5;
        QTest::newRow("colour-blind light") << false << ColourSet::ColourBlind << 4.5;
    }
    void textReads()
    {
        QFETCH(bool, dark);
        QFETCH(ColourSet, set);
        QFETCH(double, least);
        Theme theme;
        theme.setColourSet(set);
        theme.setScheme(dark ? Theme::Scheme::Dark : Theme::Scheme::Light);
        const QList<Role> surfaces{Role::Bg, Role::Panel, Role::Raised, Role::Selection};
        for (const Role surface : surfaces) {
            for (const Role text : {Role::Text1, Role::Text2, Role::Text3}) {
                const double ratio = Theme::contrast(theme.color(text), theme.color(surface));
                QVERIFY2(ratio >= least,
                         qPrintable(u"role %1 on %2: %3"_s.arg(int(text)).arg(int(surface)).arg(ratio)));
            }
            for (const Role ink :
                 {Role::Accent, Role::Idle, Role::Working, Role::Dnd, Role::Offline, Role::Now, Role::Next, Role::Low,
                  Role::Error, Role::CodeKeyword, Role::CodeString, Role::CodeComment})
                QVERIFY(Theme::contrast(theme.textColor(ink, surface), theme.color(surface)) >= 4.5);
        }
        QVERIFY(Theme::contrast(theme.color(Role::OnAccent), theme.color(Role::Accent)) >= 4.5);
    }

    void signsStandOutAndStayApart_data()
    {
        QTest::addColumn<bool>("dark");
        QTest::addColumn<ColourSet>("set");
        QTest::addColumn<double>("contrast"); // of statuses and priorities to the canvas
        QTest::addColumn<double>("distance"); // between two of them, for any eye
        for (const bool dark : {true, false}) {
            const char *scheme = dark ? "dark" : "light";
            // Standard: form tells them apart too; what is offline recedes.
            QTest::addRow("standard %s", scheme) << dark << ColourSet::Standard << 2.2 << 8.5;
            QTest::addRow("high contrast %s", scheme) << dark << ColourSet::HighContrast << 6.0 << 12.0;
            QTest::addRow("colour-blind %s", scheme) << dark << ColourSet::ColourBlind << 3.0 << 19.0;
        }
    }
    void signsStandOutAndStayApart()
    {
        QFETCH(bool, dark);
        QFETCH(ColourSet, set);
        QFETCH(double, contrast);
        QFETCH(double, distance);
        const QColor canvas = Theme::color(dark, Role::Bg, set);
        const QList<Role> statuses{Role::Idle, Role::Working, Role::Dnd, Role::Offline};
        const QList<Role> priorities{Role::Now, Role::Next, Role::Low};
        for (const QList<Role> &family : {statuses, priorities}) {
            for (qsizetype i = 0; i < family.size(); ++i) {
                const QColor a = Theme::color(dark, family[i], set);
                QVERIFY2(Theme::contrast(a, canvas) >= contrast, qPrintable(a.name()));
                for (qsizetype j = 0; j < i; ++j) {
                    const QColor b = Theme::color(dark, family[j], set);
                    for (const Matrix &eye : {kProtan, kDeutan, kTritan}) {
                        const double d = apart(a, b, eye);
                        QVERIFY2(d >= distance, qPrintable(u"%1 %2: %3"_s.arg(a.name(), b.name()).arg(d)));
                    }
                }
            }
        }
    }

    void typeKeepsItsProportions()
    {
        Theme theme;
        const int body = theme.font(Theme::Text::Body).pixelSize();
        QVERIFY(body >= 13);
        QVERIFY(theme.font(Theme::Text::Second).pixelSize() < body);
        QVERIFY(theme.font(Theme::Text::Label).pixelSize() < theme.font(Theme::Text::Second).pixelSize());
        QVERIFY(theme.font(Theme::Text::Title).pixelSize() > body);
        QVERIFY(theme.font(Theme::Text::Number).fixedPitch());
        const int before = theme.px(8);
        QSignalSpy changed(&theme, &Theme::changed);
        theme.setTextScale(2.0);
        QCOMPARE(changed.count(), 1);
        QVERIFY(theme.px(8) >= before * 2 - 1);
        QVERIFY(theme.font(Theme::Text::Body).pixelSize() >= body * 2 - 1);
    }

    void installFollowsTheScheme()
    {
        Theme theme;
        theme.install();
        theme.setScheme(Theme::Scheme::Light);
        QCOMPARE(QApplication::palette().color(QPalette::Window), Theme::color(false, Role::Panel));
        theme.setScheme(Theme::Scheme::Dark);
        QCOMPARE(QApplication::palette().color(QPalette::Window), Theme::color(true, Role::Panel));
        QVERIFY(theme.isDark());
        const QString sheet = qApp->styleSheet();
        QVERIFY(!sheet.isEmpty());
        QVERIFY2(!sheet.contains(u'@'),
                 qPrintable(sheet.mid(sheet.indexOf(u'@') - 20, 60))); // every token was replaced
    }

    void iconsAreTintedAndSharp()
    {
        Theme theme;
        theme.setScheme(Theme::Scheme::Dark);
        const QStringList names = Theme::iconNames();
        QVERIFY(names.size() > 40);
        for (const QString &name : names) {
            const QImage image = theme.icon(name, Role::Accent).pixmap(QSize(48, 48), 2.0).toImage();
            QCOMPARE(image.width(), 96);
            int inked = 0;
            for (int y = 0; y < image.height(); ++y) {
                for (int x = 0; x < image.width(); ++x) {
                    const QColor c = image.pixelColor(x, y);
                    if (c.alpha() < 250)
                        continue;
                    ++inked;
                    QVERIFY2(qAbs(c.red() - 0xd9) < 6 && qAbs(c.green() - 0x77) < 6 && qAbs(c.blue() - 0x57) < 6,
                             qPrintable(name));
                }
            }
            QVERIFY2(inked > 20, qPrintable(name));
        }
    }

    void statusHasAForm()
    {
        Theme theme;
        QList<QImage> forms;
        for (const auto status : {mesh::protocol::PeerStatus::Idle, mesh::protocol::PeerStatus::Working,
                                  mesh::protocol::PeerStatus::Dnd, mesh::protocol::PeerStatus::Offline}) {
            QImage image(20, 20, QImage::Format_RGB32);
            image.fill(theme.color(Role::Panel));
            QPainter painter(&image);
            theme.paintStatusDot(&painter, {10, 10}, 12, status, theme.color(Role::Panel));
            painter.end();
            // colour taken away, the forms still differ
            QImage shape(image.size(), QImage::Format_Mono);
            shape.fill(0);
            for (int y = 0; y < 20; ++y) {
                for (int x = 0; x < 20; ++x)
                    shape.setPixel(x, y, image.pixelColor(x, y) != theme.color(Role::Panel));
            }
            for (const QImage &other : std::as_const(forms))
                QVERIFY(other != shape);
            forms.append(shape);
        }
    }
};

MESH_TEST(TestTheme)

} // namespace tst_theme

#include "tst_theme.moc"
