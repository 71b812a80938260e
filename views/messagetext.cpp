// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/messagetext.h"

#include <QtCore/QSet>

#include <algorithm>

namespace mesh::views {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype kMaxUrl = 2048;

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

//! Spans of prose in \a source, with the markers taken out.
void parseInline(QStringView source, TextBlock &block)
{
    // No closing marker was found from here on: each kind is searched to the end of its line once, not once per marker.
    qsizetype noBoldBefore = 0;
    qsizetype noTickBefore = 0;
    const auto closing = [&](QStringView marker, qsizetype from, qsizetype &none) -> qsizetype {
        if (from < none)
            return -1;
        const qsizetype at = source.indexOf(marker, from);
        if (at < 0) {
            none = source.size();
            return -1;
        }
        const qsizetype lineEnd = source.mid(from, at - from).indexOf(u'\n');
        if (lineEnd >= 0) {
            none = from + lineEnd;
            return -1;
        }
        return at;
    };

    qsizetype i = 0;
    qsizetype boldEnd = -1;
    int boldStart = 0;
    while (i < source.size()) {
        if (i == boldEnd) {
            block.spans.append({boldStart, int(block.text.size()) - boldStart, TextSpan::Kind::Bold});
            boldEnd = -1;
            i += 2;
            continue;
        }
        const QChar c = source[i];
        if (c == u'`') {
            const qsizetype end = closing(u"`", i + 1, noTickBefore);
            if (end > i + 1 && boldEnd < 0) {
                const int start = int(block.text.size());
                block.text += source.mid(i + 1, end - i - 1);
                block.spans.append({start, int(block.text.size()) - start, TextSpan::Kind::Code});
                i = end + 1;
                continue;
            }
        } else if (c == u'*' && boldEnd < 0 && source.mid(i).startsWith(u"**") && i + 2 < source.size()
                   && !source[i + 2].isSpace() && source[i + 2] != u'*') {
            const qsizetype end = closing(u"**", i + 2, noBoldBefore);
            if (end > i + 2 && !source[end - 1].isSpace()) {
                boldEnd = end;
                boldStart = int(block.text.size());
                i += 2;
                continue;
            }
        } else if (c == u'h' && boldEnd < 0 && (i == 0 || !source[i - 1].isLetterOrNumber())) {
            const qsizetype length = urlLength(source.mid(i, kMaxUrl));
            if (length > 0) {
                block.spans.append({int(block.text.size()), int(length), TextSpan::Kind::Link});
                block.text += source.mid(i, length);
                i += length;
                continue;
            }
        }
        block.text += c;
        ++i;
    }
}

void appendProse(QStringView source, QList<TextBlock> &blocks)
{
    while (source.startsWith(u'\n'))
        source = source.mid(1);
    while (!source.isEmpty() && source.back().isSpace())
        source.chop(1);
    if (source.isEmpty())
        return;
    TextBlock block;
    block.text.reserve(source.size());
    parseInline(source, block);
    blocks.append(std::move(block));
}

const QSet<QString> &keywords()
{
    static const QSet<QString> words{
        u"abstract"_s, u"and"_s,       u"as"_s,       u"async"_s,   u"await"_s,    u"begin"_s,     u"bool"_s,
        u"break"_s,    u"case"_s,      u"catch"_s,    u"class"_s,   u"const"_s,    u"constexpr"_s, u"continue"_s,
        u"def"_s,      u"default"_s,   u"delete"_s,   u"do"_s,      u"done"_s,     u"elif"_s,      u"else"_s,
        u"end"_s,      u"enum"_s,      u"esac"_s,     u"except"_s,  u"export"_s,   u"extends"_s,   u"false"_s,
        u"False"_s,    u"fi"_s,        u"final"_s,    u"finally"_s, u"fn"_s,       u"for"_s,       u"from"_s,
        u"func"_s,     u"function"_s,  u"go"_s,       u"if"_s,      u"impl"_s,     u"import"_s,    u"in"_s,
        u"int"_s,      u"interface"_s, u"is"_s,       u"lambda"_s,  u"let"_s,      u"match"_s,     u"mod"_s,
        u"mut"_s,      u"namespace"_s, u"new"_s,      u"nil"_s,     u"None"_s,     u"not"_s,       u"null"_s,
        u"nullptr"_s,  u"of"_s,        u"or"_s,       u"package"_s, u"pass"_s,     u"private"_s,   u"protected"_s,
        u"pub"_s,      u"public"_s,    u"raise"_s,    u"return"_s,  u"self"_s,     u"static"_s,    u"struct"_s,
        u"super"_s,    u"switch"_s,    u"template"_s, u"then"_s,    u"this"_s,     u"throw"_s,     u"trait"_s,
        u"true"_s,     u"True"_s,      u"try"_s,      u"type"_s,    u"typename"_s, u"use"_s,       u"using"_s,
        u"var"_s,      u"virtual"_s,   u"void"_s,     u"where"_s,   u"while"_s,    u"with"_s,      u"yield"_s,
        u"SELECT"_s,   u"FROM"_s,      u"WHERE"_s,    u"INSERT"_s,  u"UPDATE"_s,   u"DELETE"_s,    u"CREATE"_s,
        u"ALTER"_s,    u"TABLE"_s,     u"JOIN"_s,     u"INTO"_s,    u"VALUES"_s,   u"ORDER"_s,     u"GROUP"_s,
        u"BY"_s};
    return words;
}

bool hashComments(QStringView language)
{
    static const QStringList names{u"py"_s,  u"python"_s, u"sh"_s, u"bash"_s, u"shell"_s, u"zsh"_s,        u"yaml"_s,
                                   u"yml"_s, u"toml"_s,   u"rb"_s, u"ruby"_s, u"make"_s,  u"dockerfile"_s, u"cmake"_s};
    return std::any_of(names.begin(), names.end(), [&](const QString &name) { return name == language; });
}

} // namespace

QList<TextBlock> parseMessage(QStringView text)
{
    QList<TextBlock> blocks;
    qsizetype proseStart = 0;
    qsizetype lineStart = 0;
    while (lineStart <= text.size()) {
        qsizetype lineEnd = text.indexOf(u'\n', lineStart);
        if (lineEnd < 0)
            lineEnd = text.size();
        const QStringView line = text.mid(lineStart, lineEnd - lineStart).trimmed();
        if (line.startsWith(u"```") && line.indexOf(u'`', 3) < 0) {
            appendProse(text.mid(proseStart, lineStart - proseStart), blocks);
            TextBlock block;
            block.code = true;
            block.language = line.mid(3).trimmed().left(24).toString().toLower();
            // An open fence runs to the end: a message cut short still shows as code.
            const qsizetype bodyStart = std::min(lineEnd + 1, text.size());
            qsizetype at = bodyStart;
            qsizetype bodyEnd = text.size();
            qsizetype next = text.size() + 1;
            while (at < text.size()) {
                qsizetype end = text.indexOf(u'\n', at);
                if (end < 0)
                    end = text.size();
                if (text.mid(at, end - at).trimmed() == u"```") {
                    bodyEnd = std::max(bodyStart, at - 1);
                    next = end + 1;
                    break;
                }
                at = end + 1;
            }
            block.text = text.mid(bodyStart, std::max<qsizetype>(0, bodyEnd - bodyStart)).toString();
            block.text.replace(u'\t', u"    "_s);
            block.spans = highlightCode(block.text, block.language);
            if (!block.text.isEmpty())
                blocks.append(std::move(block));
            proseStart = lineStart = next;
            continue;
        }
        lineStart = lineEnd + 1;
    }
    if (proseStart < text.size())
        appendProse(text.mid(proseStart), blocks);
    return blocks;
}

QList<TextSpan> highlightCode(QStringView code, QStringView language)
{
    QList<TextSpan> spans;
    if (language == u"text" || language == u"txt" || language == u"log")
        return spans;
    const bool hash = hashComments(language);
    const qsizetype n = code.size();
    const auto lineEnd = [&](qsizetype from) {
        const qsizetype end = code.indexOf(u'\n', from);
        return end < 0 ? n : end;
    };
    qsizetype i = 0;
    while (i < n) {
        const QChar c = code[i];
        const qsizetype start = i;
        if ((c == u'/' && i + 1 < n && code[i + 1] == u'/' && (i == 0 || code[i - 1] != u':')) || (c == u'#' && hash)
            || (c == u'-' && language == u"sql" && i + 1 < n && code[i + 1] == u'-')) {
            i = lineEnd(i);
            spans.append({int(start), int(i - start), TextSpan::Kind::Comment});
        } else if (c == u'/' && i + 1 < n && code[i + 1] == u'*') {
            const qsizetype end = code.indexOf(u"*/", i + 2);
            i = end < 0 ? n : end + 2;
            spans.append({int(start), int(i - start), TextSpan::Kind::Comment});
        } else if (c == u'"' || c == u'\'' || c == u'`') {
            const qsizetype end = lineEnd(i);
            for (++i; i < end && code[i] != c; ++i) {
                if (code[i] == u'\\')
                    ++i;
            }
            i = std::min(i + 1, end);
            spans.append({int(start), int(i - start), TextSpan::Kind::String});
        } else if (c.isLetter() || c == u'_') {
            while (i < n && (code[i].isLetterOrNumber() || code[i] == u'_'))
                ++i;
            const QStringView word = code.mid(start, i - start);
            if (word.size() <= 10 && keywords().contains(word.toString()))
                spans.append({int(start), int(i - start), TextSpan::Kind::Keyword});
            else if (i < n && code[i] == u'(')
                spans.append({int(start), int(i - start), TextSpan::Kind::Function});
        } else {
            ++i;
        }
    }
    return spans;
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
