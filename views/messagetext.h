// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QList>
#include <QtCore/QString>
#include <QtCore/QStringView>

namespace mesh::views {

//! A stretch of a block's text that looks different. Spans are in order and do not overlap.
struct TextSpan
{
    enum class Kind { Bold, Code, Link, Keyword, String, Comment, Function };
    int start = 0;
    int length = 0;
    Kind kind = Kind::Bold;

    friend bool operator==(const TextSpan &, const TextSpan &) = default;
};

//! A run of prose, or one fenced block of code.
struct TextBlock
{
    bool code = false;
    QString language; //!< of a fence, lower case, may be empty
    QString text;     //!< markers taken out, lines parted by \n
    QList<TextSpan> spans;
};

//! Reads the little markup that chat shows: **bold**, `code`, ``` fences, and http(s) addresses as links whose text is
//! the address itself. Everything else, HTML and images included, is text. Linear in the length of \a text; needs
//! safeText().
[[nodiscard]] QList<TextBlock> parseMessage(QStringView text);

//! Keywords, strings, comments and calls of the common languages, by one simple scanner.
[[nodiscard]] QList<TextSpan> highlightCode(QStringView code, QStringView language);

//! \a text up to a line's end near \a maxChars and at most \a maxLines; the whole if it is shorter.
[[nodiscard]] QStringView foldedPart(QStringView text, qsizetype maxChars, int maxLines);

} // namespace mesh::views
