// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QCoreApplication>
#include <QtCore/QList>
#include <QtCore/QString>
#include <QtCore/QStringView>

#include <optional>

#include "models/protocol/command.h"
#include "models/store/meshstore.h"

namespace mesh::items {

//! One of the words that may follow a slash at the beginning of a message.
struct SlashHelp
{
    QString name;  //!< without the slash
    QString usage; //!< what follows the name, as in "<when> <text>"; may be empty
    QString help;  //!< one sentence
};

//! What became of a line that begins with a slash.
struct SlashOutcome
{
    bool isCommand = false;                   //!< false: it is a message, to be sent as `message`
    QString message;                          //!< the line as text; "//x" stands for "/x"
    QString error;                            //!< what is wrong and how it is right; nothing is done then
    QString done;                             //!< what the command does, for the line that tells its outcome
    std::optional<protocol::Command> command; //!< nothing with an error, or where `done` is the whole answer
};

//! The slash commands of the composer: reads a line and makes the command it stands for. Sends nothing itself.
class SlashCommands final
{
    Q_DECLARE_TR_FUNCTIONS(SlashCommands)

public:
    [[nodiscard]] static const QList<SlashHelp> &all();
    //! Help for the command that \a text begins with, while it is written; nullptr if there is none.
    [[nodiscard]] static const SlashHelp *helpFor(QStringView text);

    //! \a conversation is where the line was written, as commands name it; in the user's notes every line is text; \a
    //! nowMs is local time.
    [[nodiscard]] static SlashOutcome read(const QString &text, const protocol::ConversationId &conversation,
                                           const store::MeshStore &store, qint64 nowMs);

    //! "10m", "1h30m", "2d" from now, or "14:30" today or else tomorrow; nullopt if it is neither.
    [[nodiscard]] static std::optional<qint64> whenMs(QStringView text, qint64 nowMs);
};

} // namespace mesh::items
