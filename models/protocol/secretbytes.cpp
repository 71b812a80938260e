// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/protocol/secretbytes.h"

#include "models/protocol/sodium.h"

#include <QtCore/QString>

#include <sodium.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace mesh::protocol {

SecretBytes::SecretBytes(qsizetype size)
{
    if (size <= 0 || !initSodium())
        return;
    m_data = static_cast<unsigned char *>(sodium_malloc(static_cast<size_t>(size)));
    if (!m_data)
        return;
    m_size = size;
    sodium_memzero(m_data, static_cast<size_t>(size)); // sodium fills fresh memory with a pattern
}

SecretBytes::SecretBytes(SecretBytes &&other) noexcept
    : m_data(std::exchange(other.m_data, nullptr))
    , m_size(std::exchange(other.m_size, 0))
{
}

SecretBytes &SecretBytes::operator=(SecretBytes &&other) noexcept
{
    if (this != &other) {
        wipe();
        m_data = std::exchange(other.m_data, nullptr);
        m_size = std::exchange(other.m_size, 0);
    }
    return *this;
}

SecretBytes::~SecretBytes()
{
    wipe();
}

void SecretBytes::wipe() noexcept
{
    if (m_data)
        sodium_free(m_data); // overwrites before it gives the memory back
    m_data = nullptr;
    m_size = 0;
}

SecretBytes SecretBytes::random(qsizetype size)
{
    SecretBytes result(size);
    if (!result.isEmpty())
        randombytes_buf(result.m_data, static_cast<size_t>(result.m_size));
    return result;
}

SecretBytes SecretBytes::fromBytes(QByteArrayView bytes)
{
    SecretBytes result(bytes.size());
    if (!result.isEmpty())
        std::memcpy(result.m_data, bytes.data(), static_cast<size_t>(bytes.size()));
    return result;
}

SecretBytes SecretBytes::takeFrom(QByteArray &bytes)
{
    SecretBytes result = fromBytes(bytes);
    protocol::wipe(bytes);
    return result;
}

SecretBytes SecretBytes::fromUtf8(QStringView text)
{
    QByteArray utf8 = text.toUtf8();
    return takeFrom(utf8);
}

SecretBytes SecretBytes::clone() const
{
    return fromBytes(view());
}

QByteArrayView SecretBytes::view() const noexcept
{
    return QByteArrayView(m_data, m_size);
}

QByteArrayView SecretBytes::view(qsizetype pos, qsizetype length) const noexcept
{
    if (pos < 0 || length <= 0 || pos >= m_size)
        return {};
    return QByteArrayView(m_data + pos, std::min(length, m_size - pos));
}

bool SecretBytes::equals(const SecretBytes &other) const noexcept
{
    return m_size == other.m_size
        && (m_size == 0 || sodium_memcmp(m_data, other.m_data, static_cast<size_t>(m_size)) == 0);
}

void wipe(QByteArray &bytes)
{
    // A shared array would be copied by data(), and literal data may be read-only: only own memory is overwritten.
    if (!bytes.isEmpty() && bytes.isDetached())
        sodium_memzero(bytes.data(), static_cast<size_t>(bytes.size()));
    bytes = QByteArray();
}

void wipe(QString &text)
{
    if (!text.isEmpty() && text.isDetached())
        sodium_memzero(text.data(), static_cast<size_t>(text.size()) * sizeof(QChar));
    text = QString();
}

} // namespace mesh::protocol
