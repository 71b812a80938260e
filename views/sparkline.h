// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QList>
#include <QtCore/QRectF>
#include <QtGui/QPolygonF>
#include <QtWidgets/QWidget>

class QPainter;

namespace mesh::views {

class Theme;

//! Maps the newest values of a series onto a rectangle. Plain maths, no window.
struct SparkGeometry
{
    //! Values that are not finite leave a gap, told by an empty polygon between two lines.
    static QList<QPolygonF> lines(const QList<double> &values, const QRectF &area, double low, double high);
    //! Low and high of the finite values, apart by at least \a minSpan and centred.
    static std::pair<double, double> range(const QList<double> &values, double minSpan);
};

//! Paints a series as one thin line with its last point; used by the widget and by item delegates.
void paintSparkline(QPainter &painter, const QRectF &area, const QList<double> &values, const QColor &colour,
                    double minSpan);

//! A small trend line without axes. Repaints only when it gets values.
class Sparkline final : public QWidget
{
    Q_OBJECT
public:
    explicit Sparkline(Theme &theme, QWidget *parent = nullptr);

    //! The span, in the unit of the values, below which differences are not blown up. Default 1.
    void setMinimumSpan(double span) { m_minSpan = span; }
    //! Newest last. At most 120 are shown.
    void setValues(const QList<double> &values);
    const QList<double> &values() const { return m_values; }
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    Theme &m_theme;
    QList<double> m_values;
    double m_minSpan = 1;
};

} // namespace mesh::views
