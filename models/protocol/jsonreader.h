// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHash>
#include <QtCore/QList>
#include <QtCore/QSet>
#include <QtCore/QString>

#include <optional>

#include "models/protocol/expected.h"
#include "models/protocol/framesvalues.h"
#include "models/protocol/jsontape.h"

//! Reading JSON files that people write by hand (personas, scenarios, templates): the first mistake is told with its
//! line and column, and a member that nobody asked for is a mistake too, so that a misspelt one is noticed.
namespace mesh::protocol {

//! Where a hand-written file is wrong.
struct JsonProblem
{
    int line = 0;   //!< from 1
    int column = 0; //!< from 1, in characters, as editors count
    QString text;   //!< names the member and says what is wrong with it

    friend bool operator==(const JsonProblem &, const JsonProblem &) = default;
};

//! The tape with the first complaint about what is on it.
class JsonSource final
{
public:
    JsonTape tape;

    void complain(quint32 offset, const QString &what);
    bool isFine() const { return m_problem.isEmpty(); }
    quint32 badOffset() const { return m_badOffset; }
    QString problem() const { return m_problem; }

private:
    quint32 m_badOffset = 0;
    QString m_problem;
};

//! A value on the tape, and how it is called in a complaint: `day[2].rate`. The readers return a fallback after having
//! complained.
struct JsonNode
{
    JsonSource *source = nullptr;
    quint32 index = 0;
    QString name;

    const JsonTape::Entry &entry() const { return source->tape.at(index); }
    bool isText() const { return entry().kind == JsonTape::Kind::String; }
    void complain(const QString &what) const;

    //! A text of 1 to \a maxLength characters.
    QString text(qsizetype maxLength) const;
    double number(double low, double high) const;
    int whole(int low, int high) const;
    bool truth() const;
    //! Any value but null.
    QJsonValue json() const;
    //! The elements of a list that is not empty.
    QList<JsonNode> elements() const;
    //! One of the words that the wire has for \a E.
    template <class E>
    E word(E fallback) const
    {
        std::optional<E> known;
        if (isText())
            known = fromWord<E>(source->tape.string(entry()));
        if (!known)
            complainAboutWord();
        return known.value_or(fallback);
    }

private:
    void complainAboutWord() const;
};

//! The members of one object, each of which has to be asked for.
class JsonMembers final
{
public:
    explicit JsonMembers(const JsonNode &object);

    std::optional<JsonNode> find(QLatin1StringView key);
    //! Complains when it is not there.
    std::optional<JsonNode> need(QLatin1StringView key);

    QString text(QLatin1StringView key, qsizetype maxLength);
    QString neededText(QLatin1StringView key, qsizetype maxLength);
    double number(QLatin1StringView key, double low, double high, double fallback = 0);
    int whole(QLatin1StringView key, int low, int high, int fallback);
    bool truth(QLatin1StringView key, bool fallback);
    QList<JsonNode> list(QLatin1StringView key);
    QList<JsonNode> neededList(QLatin1StringView key);
    //! A list of texts.
    QStringList texts(QLatin1StringView key, qsizetype maxLength);
    template <class E>
    E word(QLatin1StringView key, E fallback)
    {
        const auto found = find(key);
        return found ? found->word(fallback) : fallback;
    }

    //! Complains about the first member that was not asked for.
    void nothingElse() const;

private:
    JsonNode m_object;
    QHash<QString, JsonNode> m_members;
    QSet<QString> m_asked;
};

//! Reads \a json (UTF-8) into \a source and lets \a read take it from there. \return what is wrong, or nothing.
template <class Read>
std::optional<JsonProblem> readJson(const QByteArray &json, const Limits &limits, JsonSource &source, Read read);

//! What stops \a json from being read onto a tape at all, or nothing.
std::optional<JsonProblem> openJson(const QByteArray &json, const Limits &limits, JsonSource &source);
//! The first complaint, or nothing.
std::optional<JsonProblem> problemOf(const QByteArray &json, const JsonSource &source);
//! "FILE: line 14, column 31: day[1].busy must be ...", with \a code and band Persistent.
Error jsonError(const QString &code, const QString &file, const JsonProblem &problem);

template <class Read>
std::optional<JsonProblem> readJson(const QByteArray &json, const Limits &limits, JsonSource &source, Read read)
{
    if (auto problem = openJson(json, limits, source))
        return problem;
    read(JsonNode{&source, 0, {}});
    return problemOf(json, source);
}

} // namespace mesh::protocol
