// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QList>
#include <QtCore/QString>
#include <QtCore/QStringView>

namespace mesh::views {

//! A stretch of a block's text that looks different. Spans are in the order of their beginnings and may overlap.
struct TextSpan
{
    enum class Kind { Bold, Italic, Strike, Code, Link, Keyword, String, Comment, Function, Number, Added, Removed };
    int start = 0;
    int length = 0;
    Kind kind = Kind::Bold;
    QString target = {}; //!< Link: the http(s) address it leads to

    friend bool operator==(const TextSpan &, const TextSpan &) = default;
};

//! One piece of a message that is laid out by itself.
struct TextBlock
{
    enum class Kind { Prose, Heading, Code, Rule, Cell };
    Kind kind = Kind::Prose;
    bool code = false; //!< the same as Kind::Code
    int level = 0;     //!< Heading: 1 to 6
    int quote = 0;     //!< how many quotes it stands in
    int indent = 0;    //!< how many lists it stands in
    QString marker;    //!< of the list item that begins here: a bullet, "3." or a check box
    QString language;  //!< of a fence, lower case, may be empty
    QString text;      //!< markers taken out, lines parted by \n
    QList<TextSpan> spans;

    // Cell
    int table = 0; //!< number of the table in the message, from 1
    int row = 0;   //!< 0 is the head
    int column = 0;
    Qt::Alignment align = Qt::AlignLeft;
};

//! Longest text that is read as markdown, UTF-16 units; longer ones show as they are. The wire carries 48 kB.
inline constexpr qsizetype kMaxMarkup = 65'536;

//! Reads a message as markdown (CommonMark with tables, strike-through and task lists). A line break stays one. HTML
//! and images are text and nothing is ever fetched; only http(s) addresses become links, and a link whose words are not
//! its address is followed by the host it leads to, in the encoded form. Everything else keeps its address as text.
//! Text with so many blocks that laying them out would stall shows as it is. Needs safeText().
[[nodiscard]] QList<TextBlock> parseMessage(QStringView text);

//! One block of the text as it is, with addresses as links.
[[nodiscard]] QList<TextBlock> plainMessage(QStringView text);

//! What parseMessage() shows, as plain text: for the clipboard and for screen readers.
[[nodiscard]] QString plainText(const QList<TextBlock> &blocks);

//! Keywords, strings, comments, numbers and calls of the common languages, and the lines of diffs, by one scanner.
[[nodiscard]] QList<TextSpan> highlightCode(QStringView code, QStringView language);

//! \a text up to a line's end near \a maxChars and at most \a maxLines; the whole if it is shorter.
[[nodiscard]] QStringView foldedPart(QStringView text, qsizetype maxChars, int maxLines);

} // namespace mesh::views
