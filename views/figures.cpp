// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/figures.h"

#include <QtCore/QDateTime>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QLocale>

#include <cmath>

#include "models/items/displaytext.h"

namespace mesh::views {

using namespace Qt::StringLiterals;

QString Figures::compact(double value)
{
    const QLocale locale;
    const double size = std::abs(value);
    if (size < 1'000)
        return locale.toString(value, 'f', size < 10 && value != std::floor(value) ? 1 : 0);
    const bool millions = size >= 999'500;
    const double scaled = value / (millions ? 1e6 : 1e3);
    const QString digits = locale.toString(scaled, 'f', std::abs(scaled) < 99.95 ? 1 : 0);
    //: %1 is a number in thousands or millions
    return millions ? tr("%1M").arg(digits) : tr("%1k").arg(digits);
}

QString Figures::whole(qint64 value)
{
    return QLocale().toString(value);
}

QString Figures::duration(qint64 ms)
{
    const qint64 seconds = std::max<qint64>(0, ms / 1'000);
    if (seconds < 60)
        //: seconds
        return tr("%1 s").arg(seconds);
    const qint64 minutes = seconds / 60;
    if (minutes < 60)
        //: minutes
        return tr("%1 min").arg(minutes);
    const qint64 hours = minutes / 60;
    if (hours < 24)
        //: hours and minutes
        return minutes % 60 == 0 ? tr("%1 h").arg(hours) : tr("%1 h %2 min").arg(hours).arg(minutes % 60);
    return tr("%n day(s)", nullptr, int(std::min<qint64>(hours / 24, 1'000'000)));
}

QString Figures::ago(qint64 atMs, qint64 nowMs)
{
    if (atMs <= 0)
        return {};
    const qint64 past = nowMs - atMs;
    if (past < 10'000)
        return tr("just now");
    if (past > 7LL * 24 * 3'600'000)
        return QLocale().toString(QDateTime::fromMSecsSinceEpoch(atMs).date(), QLocale::ShortFormat);
    //: %1 is a duration such as "3 min"
    return tr("%1 ago").arg(duration(past));
}

QString Figures::clockTime(qint64 atMs)
{
    return QDateTime::fromMSecsSinceEpoch(atMs).toString(u"HH:mm:ss"_s);
}

QString Figures::bytes(qint64 bytes)
{
    return QLocale().formattedDataSize(bytes, 1, QLocale::DataSizeSIFormat);
}

QString Figures::milliseconds(double ms)
{
    //: milliseconds
    return tr("%1 ms").arg(QLocale().toString(ms, 'f', ms < 1 && ms > 0 ? 1 : 0));
}

QString Figures::json(const QJsonValue &value, int maxChars)
{
    switch (value.type()) {
    case QJsonValue::String:
        return line(value.toString(), maxChars);
    case QJsonValue::Bool:
        return value.toBool() ? u"true"_s : u"false"_s;
    case QJsonValue::Double: {
        const double number = value.toDouble();
        return number == std::floor(number) && std::abs(number) < 1e15 ? QString::number(qint64(number))
                                                                       : QString::number(number, 'g', 10);
    }
    case QJsonValue::Array:
        return line(QString::fromUtf8(QJsonDocument(value.toArray()).toJson(QJsonDocument::Compact)), maxChars);
    case QJsonValue::Object:
        return line(QString::fromUtf8(QJsonDocument(value.toObject()).toJson(QJsonDocument::Compact)), maxChars);
    case QJsonValue::Null:
        return u"null"_s;
    case QJsonValue::Undefined:
        break;
    }
    return {};
}

QString Figures::line(const QString &text, int maxChars)
{
    return items::oneLine(text, maxChars);
}

QString Figures::toolTip(const QString &text)
{
    if (text.isEmpty())
        return {};
    return u"<qt>%1</qt>"_s.arg(text.toHtmlEscaped().replace(u'\n', u"<br>"_s));
}

qint64 Figures::fromIso(const QString &text)
{
    const QDateTime time = QDateTime::fromString(text, Qt::ISODateWithMs);
    return time.isValid() ? time.toMSecsSinceEpoch() : 0;
}

QString Figures::grouped(const QString &key)
{
    QString result;
    for (qsizetype i = 0; i < key.size(); ++i) {
        if (i > 0 && i % 4 == 0)
            result.append(u' ');
        result.append(key[i]);
    }
    return result;
}

QString Figures::notReported()
{
    return tr("not reported");
}

} // namespace mesh::views
