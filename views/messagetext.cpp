// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/messagetext.h"

#include <QtCore/QUrl>
#include <QtCore/QVarLengthArray>

#include <md4c.h>

#include <algorithm>

namespace mesh::views {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype kMaxUrl = 2048;
//! Each block is a layout of its own, some 20 us: more of them than this and the text shows as it is.
constexpr qsizetype kMaxBlocks = 400;
constexpr int kMaxQuote = 5;  //!< bars that are drawn; deeper ones look the same
constexpr int kMaxIndent = 6; //!< the same for lists

bool isUrlChar(QChar c)
{
    return !c.isSpace() && c != u'<' && c != u'>' && c != u'"' && c != u'`' && c.unicode() > 0x20;
}

//! Length of an http(s) address that begins \a text, 0 if none does. Closing brackets and full stops at its end are
//! prose.
qsizetype urlLength(QStringView text)
{
    qsizetype i = 0;
    if (text.startsWith(u"https://"))
        i = 8;
    else if (text.startsWith(u"http://"))
        i = 7;
    else
        return 0;
    const qsizetype host = i;
    while (i < text.size() && i < kMaxUrl && isUrlChar(text[i]))
        ++i;
    while (i > host && u".,;:!?)]}'*"_s.contains(text[i - 1]))
        --i;
    return i > host ? i : 0;
}

//! Addresses in prose become links, but not where they are code or words of another link already.
void linkAddresses(TextBlock &block)
{
    QList<TextSpan> links;
    for (qsizetype at = block.text.indexOf(u"http"_s); at >= 0; at = block.text.indexOf(u"http"_s, at + 1)) {
        if (at > 0 && block.text.at(at - 1).isLetterOrNumber())
            continue;
        const qsizetype length = urlLength(QStringView(block.text).mid(at, kMaxUrl));
        if (length == 0)
            continue;
        const bool taken = std::any_of(block.spans.cbegin(), block.spans.cend(), [&](const TextSpan &span) {
            return (span.kind == TextSpan::Kind::Code || span.kind == TextSpan::Kind::Link)
                && at < span.start + span.length && at + length > span.start;
        });
        if (!taken)
            links.append({int(at), int(length), TextSpan::Kind::Link, block.text.mid(at, length)});
        at += length - 1;
    }
    block.spans += links;
}

void sortSpans(TextBlock &block)
{
    std::stable_sort(block.spans.begin(), block.spans.end(),
                     [](const TextSpan &a, const TextSpan &b) { return a.start < b.start; });
}

//! Turns the parser's calls into blocks.
class MarkdownReader final
{
public:
    //! False: the text cannot be shown as markdown.
    bool read(const QByteArray &utf8)
    {
        MD_PARSER parser = {};
        parser.flags =
            MD_FLAG_NOHTML | MD_FLAG_NOINDENTEDCODEBLOCKS | MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_TASKLISTS;
        parser.enter_block = [](MD_BLOCKTYPE type, void *detail, void *self) {
            return static_cast<MarkdownReader *>(self)->enterBlock(type, detail);
        };
        parser.leave_block = [](MD_BLOCKTYPE type, void *, void *self) {
            static_cast<MarkdownReader *>(self)->leaveBlock(type);
            return 0;
        };
        parser.enter_span = [](MD_SPANTYPE type, void *detail, void *self) {
            static_cast<MarkdownReader *>(self)->enterSpan(type, detail);
            return 0;
        };
        parser.leave_span = [](MD_SPANTYPE type, void *, void *self) {
            static_cast<MarkdownReader *>(self)->leaveSpan(type);
            return 0;
        };
        parser.text = [](MD_TEXTTYPE type, const MD_CHAR *text, MD_SIZE size, void *self) {
            static_cast<MarkdownReader *>(self)->addText(type, QString::fromUtf8(text, qsizetype(size)));
            return 0;
        };
        return md_parse(utf8.constData(), MD_SIZE(utf8.size()), &parser, this) == 0;
    }

    QList<TextBlock> blocks;

private:
    struct List
    {
        bool ordered = false;
        unsigned next = 1;
    };
    struct Open
    {
        TextSpan::Kind kind = TextSpan::Kind::Bold;
        int start = 0;
        QString target;
        bool image = false;
    };

    void begin(TextBlock::Kind kind)
    {
        finish();
        m_block = TextBlock();
        m_block.kind = kind;
        m_block.code = kind == TextBlock::Kind::Code;
        m_block.quote = std::min(m_quote, kMaxQuote);
        m_block.indent = std::min(int(m_lists.size()), kMaxIndent);
        m_block.marker = std::exchange(m_marker, QString());
        m_open = true;
    }

    void finish()
    {
        if (!std::exchange(m_open, false))
            return;
        QString &text = m_block.text;
        while (!text.isEmpty() && (text.back() == u'\n' || (!m_block.code && text.back().isSpace())))
            text.chop(1);
        if (m_block.code) {
            text.replace(u'\t', u"    "_s);
            m_block.spans = highlightCode(text, m_block.language);
        } else {
            for (TextSpan &span : m_block.spans)
                span.length = std::min(span.length, int(text.size()) - span.start);
            m_block.spans.removeIf([](const TextSpan &span) { return span.length <= 0; });
            linkAddresses(m_block);
            sortSpans(m_block);
        }
        const bool keepEmpty =
            m_block.kind == TextBlock::Kind::Cell || m_block.kind == TextBlock::Kind::Rule || !m_block.marker.isEmpty();
        if (!text.isEmpty() || keepEmpty)
            blocks.append(std::move(m_block));
    }

    int enterBlock(MD_BLOCKTYPE type, void *detail)
    {
        if (blocks.size() > kMaxBlocks)
            return 1; // read() answers false
        switch (type) {
        case MD_BLOCK_QUOTE:
            finish();
            ++m_quote;
            break;
        case MD_BLOCK_UL:
            finish();
            m_lists.append(List());
            break;
        case MD_BLOCK_OL:
            finish();
            m_lists.append(List{true, static_cast<MD_BLOCK_OL_DETAIL *>(detail)->start});
            break;
        case MD_BLOCK_LI: {
            finish();
            const auto *item = static_cast<MD_BLOCK_LI_DETAIL *>(detail);
            if (item->is_task)
                m_marker = item->task_mark == ' ' ? u"\u2610"_s : u"\u2611"_s;
            else if (!m_lists.isEmpty() && m_lists.last().ordered)
                m_marker = QString::number(m_lists.last().next++) + u'.';
            else
                m_marker = u"\u2022"_s;
            break;
        }
        case MD_BLOCK_HR:
            begin(TextBlock::Kind::Rule);
            finish();
            break;
        case MD_BLOCK_H:
            begin(TextBlock::Kind::Heading);
            m_block.level = int(static_cast<MD_BLOCK_H_DETAIL *>(detail)->level);
            break;
        case MD_BLOCK_CODE: {
            begin(TextBlock::Kind::Code);
            const MD_ATTRIBUTE &language = static_cast<MD_BLOCK_CODE_DETAIL *>(detail)->lang;
            m_block.language = QString::fromUtf8(language.text, qsizetype(language.size)).trimmed().left(24).toLower();
            break;
        }
        case MD_BLOCK_P:
            begin(TextBlock::Kind::Prose);
            break;
        case MD_BLOCK_TABLE:
            finish();
            ++m_table;
            m_row = -1;
            break;
        case MD_BLOCK_TR:
            ++m_row;
            m_column = 0;
            break;
        case MD_BLOCK_TH:
        case MD_BLOCK_TD: {
            begin(TextBlock::Kind::Cell);
            m_block.table = m_table;
            m_block.row = m_row;
            m_block.column = m_column++;
            const MD_ALIGN align = static_cast<MD_BLOCK_TD_DETAIL *>(detail)->align;
            m_block.align = align == MD_ALIGN_RIGHT ? Qt::AlignRight
                : align == MD_ALIGN_CENTER          ? Qt::AlignHCenter
                                                    : Qt::AlignLeft;
            break;
        }
        case MD_BLOCK_DOC:
        case MD_BLOCK_HTML:
        case MD_BLOCK_THEAD:
        case MD_BLOCK_TBODY:
            break;
        }
        return 0;
    }

    void leaveBlock(MD_BLOCKTYPE type)
    {
        switch (type) {
        case MD_BLOCK_QUOTE:
            finish();
            --m_quote;
            break;
        case MD_BLOCK_UL:
        case MD_BLOCK_OL:
            finish();
            m_lists.removeLast();
            break;
        case MD_BLOCK_LI:
            if (!m_marker.isEmpty()) // an item with nothing in it
                begin(TextBlock::Kind::Prose);
            finish();
            break;
        case MD_BLOCK_H:
        case MD_BLOCK_CODE:
        case MD_BLOCK_P:
        case MD_BLOCK_TH:
        case MD_BLOCK_TD:
            finish();
            break;
        default:
            break;
        }
    }

    void enterSpan(MD_SPANTYPE type, void *detail)
    {
        ensureBlock();
        Open open;
        open.start = int(m_block.text.size());
        switch (type) {
        case MD_SPAN_STRONG:
            open.kind = TextSpan::Kind::Bold;
            break;
        case MD_SPAN_EM:
            open.kind = TextSpan::Kind::Italic;
            break;
        case MD_SPAN_DEL:
            open.kind = TextSpan::Kind::Strike;
            break;
        case MD_SPAN_CODE:
            open.kind = TextSpan::Kind::Code;
            break;
        case MD_SPAN_A: {
            const MD_ATTRIBUTE &address = static_cast<MD_SPAN_A_DETAIL *>(detail)->href;
            open.kind = TextSpan::Kind::Link;
            open.target = QString::fromUtf8(address.text, qsizetype(address.size));
            break;
        }
        case MD_SPAN_IMG: {
            const MD_ATTRIBUTE &address = static_cast<MD_SPAN_IMG_DETAIL *>(detail)->src;
            open.image = true;
            open.target = QString::fromUtf8(address.text, qsizetype(address.size));
            m_block.text += u"!["_s;
            break;
        }
        default:
            break;
        }
        m_spans.append(std::move(open));
    }

    void leaveSpan(MD_SPANTYPE)
    {
        if (m_spans.isEmpty())
            return;
        const Open open = m_spans.last();
        m_spans.removeLast();
        if (open.image) { // shown as it was written: nothing is fetched, and an address can be seen
            m_block.text += u"]("_s + open.target + u')';
            return;
        }
        const int end = int(m_block.text.size());
        if (open.kind != TextSpan::Kind::Link) {
            m_block.spans.append({open.start, end - open.start, open.kind, {}});
            return;
        }
        const QString words = m_block.text.mid(open.start);
        const QUrl url(open.target, QUrl::StrictMode);
        const bool web = url.scheme() == "http"_L1 || url.scheme() == "https"_L1;
        if (web && url.isValid() && !url.host().isEmpty()) {
            // Also where the words are the address: letters that cannot be seen may stand in its host.
            const QString host = url.host(QUrl::FullyEncoded);
            if (words != open.target || !words.contains(host, Qt::CaseInsensitive))
                m_block.text += u" ("_s + host + u')';
            m_block.spans.append({open.start, int(m_block.text.size()) - open.start, TextSpan::Kind::Link,
                                  QString::fromLatin1(url.toEncoded())});
        } else if (words != open.target) {
            m_block.text += u" ("_s + open.target + u')';
        }
    }

    void addText(MD_TEXTTYPE type, const QString &text)
    {
        ensureBlock();
        switch (type) {
        case MD_TEXT_BR:
        case MD_TEXT_SOFTBR:
            m_block.text += u'\n';
            break;
        case MD_TEXT_NULLCHAR:
            break;
        default:
            m_block.text += text;
            break;
        }
    }

    //! Text of a tight list's item comes without a paragraph.
    void ensureBlock()
    {
        if (!m_open)
            begin(TextBlock::Kind::Prose);
    }

    TextBlock m_block;
    bool m_open = false;
    int m_quote = 0;
    QList<List> m_lists;
    QString m_marker;
    QVarLengthArray<Open, 8> m_spans;
    int m_table = 0;
    int m_row = 0;
    int m_column = 0;
};

} // namespace

QList<TextBlock> plainMessage(QStringView text)
{
    while (text.startsWith(u'\n'))
        text = text.mid(1);
    while (!text.isEmpty() && text.back().isSpace())
        text.chop(1);
    TextBlock block;
    block.text = text.toString();
    if (block.text.isEmpty())
        return {};
    linkAddresses(block);
    return {block};
}

QList<TextBlock> parseMessage(QStringView text)
{
    if (text.size() > kMaxMarkup)
        return plainMessage(text);
    MarkdownReader reader;
    if (!reader.read(text.toUtf8()) || reader.blocks.size() > kMaxBlocks)
        return plainMessage(text);
    // Only marks and nothing to read ("#", a link definition): better as written than an empty bubble.
    if (reader.blocks.isEmpty())
        return plainMessage(text);
    return reader.blocks;
}

QString plainText(const QList<TextBlock> &blocks)
{
    QString out;
    for (qsizetype i = 0; i < blocks.size(); ++i) {
        const TextBlock &block = blocks.at(i);
        if (i > 0) {
            const TextBlock &before = blocks.at(i - 1);
            const bool sameRow = block.kind == TextBlock::Kind::Cell && before.kind == TextBlock::Kind::Cell
                && block.table == before.table && block.row == before.row;
            out += sameRow ? u'\t' : u'\n';
        }
        if (!block.marker.isEmpty())
            out += block.marker + u' ';
        out += block.text;
    }
    return out;
}

QStringView foldedPart(QStringView text, qsizetype maxChars, int maxLines)
{
    qsizetype end = 0;
    int lines = 0;
    while (end < text.size()) {
        qsizetype next = text.indexOf(u'\n', end);
        if (next < 0)
            next = text.size();
        if (next > maxChars) {
            qsizetype cut = std::min(maxChars, text.size());
            if (cut > 0 && cut < text.size() && text[cut].isLowSurrogate())
                --cut;
            return lines > 0 && end > 0 ? text.left(end - 1) : text.left(cut);
        }
        if (++lines >= maxLines)
            return text.left(next);
        end = next + 1;
    }
    return text;
}

} // namespace mesh::views
