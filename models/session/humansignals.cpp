// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/humansignals.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

namespace mesh::session {

using namespace Qt::StringLiterals;
using namespace protocol;

namespace {

constexpr qsizetype MaxReadIds = 200;
constexpr qsizetype MaxPlaceChars = 128;

Error malformed()
{
    return {u"malformed"_s, u"The signal is not well formed."_s, ErrorBand::Protocol};
}

} // namespace

QString humanStream(const QString &key)
{
    return "x-human:"_L1 + key;
}

Expected<QJsonValue> sealSignal(const HumanSignal &signal, const QString &ownKey, const QString &recipientKey,
                                MessageOpener &opener)
{
    QJsonObject inner{{"ts"_L1, double(signal.sentAtMs)}, {"to"_L1, recipientKey}};
    if (signal.kind == HumanSignal::Kind::Typing) {
        inner.insert("t"_L1, "typing"_L1);
        inner.insert("on"_L1, signal.on);
        if (!signal.place.isEmpty())
            inner.insert("in"_L1, signal.place);
    } else {
        inner.insert("t"_L1, "read"_L1);
        inner.insert("ids"_L1, QJsonArray::fromStringList(signal.ids.mid(0, MaxReadIds)));
    }
    const QByteArray text = QJsonDocument(inner).toJson(QJsonDocument::Compact);
    const Expected<SealedText> sealed = opener.sealFor(recipientKey, QString::fromUtf8(text));
    if (!sealed)
        return sealed.error();
    return QJsonValue(
        QJsonObject{{"v"_L1, 1}, {"from"_L1, ownKey}, {"n"_L1, sealed->nonce}, {"c"_L1, sealed->ciphertext}});
}

Expected<HumanSignal> openSignal(const QJsonValue &data, const QString &ownKey, MessageOpener &opener)
{
    HumanSignal signal;
    signal.from = data["from"_L1].toString();
    if (data["v"_L1].toInt() != 1 || signal.from.isEmpty() || signal.from == ownKey)
        return malformed();
    const Expected<QString> text = opener.openFrom({data["n"_L1].toString(), data["c"_L1].toString()}, signal.from);
    if (!text)
        return text.error();
    const QJsonObject inner = QJsonDocument::fromJson(text->toUtf8()).object();
    const QJsonValue to = inner["to"_L1];
    if (!to.isUndefined() && to.toString() != ownKey)
        return Error{u"not_for_us"_s, u"The signal was sealed for somebody else."_s, ErrorBand::Security};
    signal.sentAtMs = qint64(inner["ts"_L1].toDouble());
    const QString kind = inner["t"_L1].toString();
    if (kind == "typing"_L1) {
        signal.on = inner["on"_L1].toBool();
        signal.place = inner["in"_L1].toString().left(MaxPlaceChars);
        return signal;
    }
    if (kind == "read"_L1 && inner["ids"_L1].isArray()) {
        signal.kind = HumanSignal::Kind::Read;
        const QJsonArray ids = inner["ids"_L1].toArray();
        for (const QJsonValue &id : ids) {
            if (signal.ids.size() < MaxReadIds && id.isString() && id.toString().size() <= 64)
                signal.ids.append(id.toString());
        }
        return signal;
    }
    return malformed();
}

bool TypingThrottle::pass(const QString &peer, bool on, qint64 nowMs)
{
    const auto it = m_last.constFind(peer);
    if (!on) {
        if (it == m_last.cend() || !it->on)
            return false;
        m_last[peer].on = false;
        return true;
    }
    if (it != m_last.cend() && nowMs - it->atMs < m_intervalMs)
        return false;
    m_last[peer] = {true, nowMs};
    return true;
}

} // namespace mesh::session
