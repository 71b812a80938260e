// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QList>
#include <QtCore/QString>
#include <QtCore/QVarLengthArray>

#include <vector>

#include "models/protocol/secretbytes.h"

namespace mesh::store {

//! A word of a text as searching sees it.
struct SearchWord
{
    QStringView normalised; //!< folded case, no accents, no invisible characters; at most kMaxWord. Valid in the call
    qsizetype at = 0;       //!< in the text
    qsizetype length = 0;   //!< in the text
};

inline constexpr qsizetype kMaxWord = 64;

//! Reads the words of a text one after the other. Letters and digits make words; a Han, Hiragana or Katakana character
//! is one by itself, since such text has no spaces.
class WordReader final
{
public:
    explicit WordReader(QStringView text)
        : m_text(text)
    {
    }
    //! False at the end.
    bool next(SearchWord &word);

private:
    void takeUnusual(qsizetype begin, qsizetype end);

    QStringView m_text;
    qsizetype m_at = 0;
    QVarLengthArray<QChar, kMaxWord> m_word;
};

template <class Visit>
void forEachWord(QStringView text, Visit visit)
{
    WordReader reader(text);
    for (SearchWord word; reader.next(word);)
        visit(word);
}

//! The index knows words by 48 bits of a keyed hash (SipHash-2-4): without the key neither words nor guesses at them
//! can be told from it.
using SearchToken = quint64;

class SearchHasher final
{
public:
    //! \a key: kKeySize bytes.
    static constexpr qsizetype kKeySize = 16;
    SearchHasher() = default;
    explicit SearchHasher(protocol::SecretBytes key)
        : m_key(std::move(key))
    {
    }
    SearchHasher clone() const { return SearchHasher(m_key.clone()); }

    //! What a token tells of.
    enum class Field : char {
        Word = 'w',         //!< a whole word
        Prefix = 'p',       //!< the beginning of a word, see prefixLength()
        NamePrefix = 'n',   //!< the beginning of a word of the sender's name
        Sender = 's',       //!< a sender's key
        Conversation = 'c', //!< a mesh and a conversation
        Mesh = 'm',
        Flag = 'f' //!< `own`, `code`, `link`
    };
    [[nodiscard]] SearchToken token(Field field, QStringView text) const;
    //! Tokens of all beginnings of \a word that are indexed, into \a out.
    void prefixes(Field field, QStringView word, std::vector<SearchToken> &out) const;
    //! Beginnings are indexed at some lengths only: the longest of them that is not over \a length.
    [[nodiscard]] static qsizetype prefixLength(qsizetype length);

private:
    protocol::SecretBytes m_key;
};

} // namespace mesh::store
