// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/keys.h"

#include <QtCore/QFile>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

namespace mesh::protocol {

//! The published vectors (tests/data/crypto-vectors.json), by section.
class CryptoVectors final
{
public:
    bool load()
    {
        QFile file(QStringLiteral(MESH_TEST_DATA "/crypto-vectors.json"));
        if (!file.open(QIODevice::ReadOnly))
            return false;
        m_all = QJsonDocument::fromJson(file.readAll()).object();
        return !m_all.isEmpty();
    }

    QJsonObject section(QLatin1StringView name) const { return m_all.value(name).toObject(); }
    QString meshId() const { return section(QLatin1StringView("ids")).value(QLatin1StringView("meshId")).toString(); }

    //! The key pair of that name; null when there is none, which every recipe refuses.
    KeyPair keys(const QString &name) const
    {
        const QJsonObject vector = section(QLatin1StringView("keys")).value(name).toObject();
        auto pair = KeyPair::fromSecretHex(vector.value(QLatin1StringView("ed25519_secret")).toString());
        return pair ? std::move(*pair) : KeyPair();
    }
    KeyPair keys(QLatin1StringView name) const { return keys(QString(name)); }
    KeyPair keys(const QJsonValue &name) const { return keys(name.toString()); }

private:
    QJsonObject m_all;
};

//! Bytes of a vector's hex.
inline QByteArray bytesOf(const QJsonValue &hex)
{
    return QByteArray::fromHex(hex.toString().toLatin1());
}

//! "" for a value, the error's code for an error.
template <class T>
QString codeOf(const Expected<T> &result)
{
    return result ? QString() : result.error().code;
}

//! The text with the letter at \a pos replaced by another one of hex and base64.
inline QString flipped(QString text, qsizetype pos)
{
    text[pos] = text.at(pos) == u'a' ? u'b' : u'a';
    return text;
}

//! The bytes with one bit of the byte at \a pos changed.
inline QByteArray flipped(QByteArray bytes, qsizetype pos)
{
    bytes[pos] = static_cast<char>(bytes.at(pos) ^ 1);
    return bytes;
}

} // namespace mesh::protocol
