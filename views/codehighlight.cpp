// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtCore/QSet>
#include <QtCore/QStringList>

#include <algorithm>

#include "views/messagetext.h"

//! \file
//! Colours of code blocks.
namespace mesh::views {

using namespace Qt::StringLiterals;

namespace {

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

QList<TextSpan> highlightDiff(QStringView code)
{
    QList<TextSpan> spans;
    qsizetype start = 0;
    while (start < code.size()) {
        qsizetype end = code.indexOf(u'\n', start);
        if (end < 0)
            end = code.size();
        const QStringView line = code.mid(start, end - start);
        const auto mark = [&](TextSpan::Kind kind) { spans.append({int(start), int(line.size()), kind, {}}); };
        if (line.startsWith(u"@@") || line.startsWith(u"+++") || line.startsWith(u"---") || line.startsWith(u"diff "))
            mark(TextSpan::Kind::Comment);
        else if (line.startsWith(u'+'))
            mark(TextSpan::Kind::Added);
        else if (line.startsWith(u'-'))
            mark(TextSpan::Kind::Removed);
        start = end + 1;
    }
    return spans;
}

//! End of a string that begins with a quote at \a at: after its last quote, or at the line's end if it is not closed.
qsizetype stringEnd(QStringView code, qsizetype at, qsizetype lineEnd)
{
    const QChar quote = code[at];
    if (quote != u'\'' && code.mid(at, 3) == QString(3, quote)) {
        const qsizetype end = code.indexOf(QString(3, quote), at + 3);
        return end < 0 ? code.size() : end + 3;
    }
    qsizetype i = at + 1;
    while (i < lineEnd && code[i] != quote)
        i += code[i] == u'\\' ? 2 : 1;
    return std::min(i + 1, lineEnd);
}

} // namespace

QList<TextSpan> highlightCode(QStringView code, QStringView language)
{
    QList<TextSpan> spans;
    if (language == u"text" || language == u"txt" || language == u"log")
        return spans;
    if (language == u"diff" || language == u"patch")
        return highlightDiff(code);
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
            spans.append({int(start), int(i - start), TextSpan::Kind::Comment, {}});
        } else if (c == u'/' && i + 1 < n && code[i + 1] == u'*') {
            const qsizetype end = code.indexOf(u"*/", i + 2);
            i = end < 0 ? n : end + 2;
            spans.append({int(start), int(i - start), TextSpan::Kind::Comment, {}});
        } else if (c == u'"' || c == u'\'' || c == u'`') {
            i = stringEnd(code, i, lineEnd(i));
            spans.append({int(start), int(i - start), TextSpan::Kind::String, {}});
        } else if (c.isDigit()) {
            while (i < n && (code[i].isLetterOrNumber() || code[i] == u'.' || code[i] == u'_'))
                ++i;
            spans.append({int(start), int(i - start), TextSpan::Kind::Number, {}});
        } else if (c.isLetter() || c == u'_') {
            while (i < n && (code[i].isLetterOrNumber() || code[i] == u'_'))
                ++i;
            const QStringView word = code.mid(start, i - start);
            if (word.size() <= 10 && keywords().contains(word.toString()))
                spans.append({int(start), int(i - start), TextSpan::Kind::Keyword, {}});
            else if (i < n && code[i] == u'(')
                spans.append({int(start), int(i - start), TextSpan::Kind::Function, {}});
        } else {
            ++i;
        }
    }
    return spans;
}

} // namespace mesh::views
