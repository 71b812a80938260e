// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/searchwords.h"

#include <QtCore/QtEndian>

#include <sodium.h>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace mesh::store {

namespace {

//! As one types, each of the first letters narrows the hits; further on every few letters do.
constexpr std::array<qsizetype, 9> kPrefixLengths{1, 2, 3, 4, 5, 6, 8, 12, 16};
static_assert(crypto_shorthash_KEYBYTES == SearchHasher::kKeySize);
constexpr SearchToken kTokenMask = (1ULL << 48) - 1;

bool isIdeograph(char32_t c)
{
    switch (QChar::script(c)) {
    case QChar::Script_Han:
    case QChar::Script_Hiragana:
    case QChar::Script_Katakana:
        return true;
    default:
        return false;
    }
}

bool isWordPart(char32_t c)
{
    return c < 0x80 ? (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')
                    : QChar::isLetterOrNumber(c);
}

//! Inside a word these belong to it and are not looked at: accents, joiners, soft hyphens, zero-width spaces.
bool isSilent(char32_t c)
{
    if (c < 0x80)
        return false;
    const QChar::Category category = QChar::category(c);
    return QChar::isMark(c) || category == QChar::Other_Format;
}

char32_t codePointAt(QStringView text, qsizetype at, qsizetype &next)
{
    const QChar c = text[at];
    next = at + 1;
    if (c.isHighSurrogate() && next < text.size() && text[next].isLowSurrogate())
        return QChar::surrogateToUcs4(c, text[next++]);
    return c.unicode();
}

} // namespace

bool WordReader::next(SearchWord &word)
{
    qsizetype after = m_at;
    char32_t c = 0;
    for (; m_at < m_text.size(); m_at = after) {
        c = codePointAt(m_text, m_at, after);
        if (isWordPart(c))
            break;
    }
    if (m_at >= m_text.size())
        return false;
    const qsizetype begin = m_at;
    m_word.clear();
    bool plain = true;
    if (isIdeograph(c)) {
        plain = false;
        m_at = after;
    } else {
        while (m_at < m_text.size()) {
            c = codePointAt(m_text, m_at, after);
            if (c < 0x80) {
                if (!isWordPart(c))
                    break;
                if (m_word.size() < kMaxWord)
                    m_word.append(QChar(c >= 'A' && c <= 'Z' ? ushort(c + 0x20) : ushort(c)));
            } else {
                if (!isSilent(c) && (!isWordPart(c) || isIdeograph(c)))
                    break;
                plain = false;
            }
            m_at = after;
        }
    }
    if (!plain)
        takeUnusual(begin, m_at);
    word.at = begin;
    word.length = m_at - begin;
    word.normalised = QStringView(m_word.constData(), m_word.size());
    return true;
}

void WordReader::takeUnusual(qsizetype begin, qsizetype end)
{
    // Enough of the text for a whole word however it is composed; the rest of an endless one does not count.
    QString folded = m_text.sliced(begin, std::min(end - begin, 4 * kMaxWord))
                         .toString()
                         .normalized(QString::NormalizationForm_KD)
                         .toCaseFolded();
    folded.replace(QChar(0xdf), u"ss"_s); // Qt folds letter by letter
    m_word.clear();
    for (qsizetype i = 0, next = 0; i < folded.size() && m_word.size() < kMaxWord; i = next) {
        if (isSilent(codePointAt(folded, i, next)))
            continue;
        for (qsizetype k = i; k < next; ++k)
            m_word.append(folded[k]);
    }
    if (m_word.isEmpty()) // marks alone: they stand for themselves
        m_word.append(m_text[begin]);
}

SearchToken SearchHasher::token(Field field, QStringView text) const
{
    QVarLengthArray<unsigned char, 2 * kMaxWord + 2> bytes;
    bytes.append(static_cast<unsigned char>(field));
    for (const QChar c : text) {
        bytes.append(static_cast<unsigned char>(c.unicode() & 0xff));
        bytes.append(static_cast<unsigned char>(c.unicode() >> 8));
    }
    std::array<unsigned char, crypto_shorthash_BYTES> hash{};
    crypto_shorthash(hash.data(), bytes.constData(), static_cast<unsigned long long>(bytes.size()), m_key.data());
    return qFromLittleEndian<quint64>(hash.data()) & kTokenMask;
}

void SearchHasher::prefixes(Field field, QStringView word, std::vector<SearchToken> &out) const
{
    for (const qsizetype length : kPrefixLengths) {
        if (length > word.size())
            break;
        out.push_back(token(field, word.first(length)));
    }
}

qsizetype SearchHasher::prefixLength(qsizetype length)
{
    return *std::prev(std::upper_bound(kPrefixLengths.begin(), kPrefixLengths.end(), std::max(length, qsizetype(1))));
}

} // namespace mesh::store
