// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QByteArrayView>
#include <QtCore/QStringView>

class QDebug;

namespace mesh::protocol {

//! Bytes that must not leak: guarded, locked memory (sodium_malloc), wiped when destroyed, reassigned or moved from.
//!
//! Move only, with no conversion to QByteArray and no way into a log. Where the system has no memory left to guard, the
//! object is empty (isEmpty()) and the recipe that gets it reports an error.
class SecretBytes final
{
public:
    SecretBytes() noexcept = default;
    //! \a size zero bytes.
    explicit SecretBytes(qsizetype size);
    SecretBytes(SecretBytes &&other) noexcept;
    SecretBytes &operator=(SecretBytes &&other) noexcept;
    SecretBytes(const SecretBytes &) = delete;
    SecretBytes &operator=(const SecretBytes &) = delete;
    ~SecretBytes();

    //! \a size bytes from the system's random source.
    static SecretBytes random(qsizetype size);
    //! A copy of \a bytes; the caller still owns, and should wipe, the original.
    static SecretBytes fromBytes(QByteArrayView bytes);
    //! A copy of \a bytes, whose own memory is wiped. Other QByteArrays sharing that memory are not.
    static SecretBytes takeFrom(QByteArray &bytes);
    //! \a text as UTF-8, for passphrases.
    static SecretBytes fromUtf8(QStringView text);
    //! A second copy, said aloud.
    SecretBytes clone() const;

    bool isEmpty() const noexcept { return m_size == 0; }
    qsizetype size() const noexcept { return m_size; }
    const unsigned char *data() const noexcept { return m_data; }
    unsigned char *data() noexcept { return m_data; }
    //! The bytes, for as long as this object lives. Never keep a copy of them in a QByteArray.
    QByteArrayView view() const noexcept;
    //! The bytes from \a pos on, at most \a length of them; empty when \a pos is out of range.
    QByteArrayView view(qsizetype pos, qsizetype length) const noexcept;

    //! Equality that takes the same time wherever the first difference is.
    bool equals(const SecretBytes &other) const noexcept;

    friend void operator<<(QDebug, const SecretBytes &) = delete;
    friend bool operator==(const SecretBytes &, const SecretBytes &) = delete;

private:
    void wipe() noexcept;

    unsigned char *m_data = nullptr;
    qsizetype m_size = 0;
};

//! Overwrites the memory of \a bytes and empties it. Does nothing for other QByteArrays that shared it.
void wipe(QByteArray &bytes);
//! Overwrites the memory of \a text and empties it; for what a passphrase field handed over.
void wipe(QString &text);

} // namespace mesh::protocol
