// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGui/QImage>
#include <QtWidgets/QWidget>

namespace mesh::views {

//! A QR code as a picture, dark on light in every theme because scanners expect that.
class QrCode final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(QrCode)

public:
    explicit QrCode(QWidget *parent = nullptr);

    //! One pixel a module, without the quiet zone; null for an empty text, or one that is too long for a QR code (2,953
    //! bytes of UTF-8).
    static QImage encode(const QString &text);

    void setText(const QString &text);
    bool isEmpty() const { return m_modules.isNull(); }
    //! With its quiet zone, \a scale pixels a module, for a file or the clipboard.
    QImage picture(int scale) const;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QImage m_modules;
};

} // namespace mesh::views
