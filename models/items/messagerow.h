// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QMetaType>
#include <QtCore/QString>

#include "models/protocol/event.h"
#include "models/protocol/types.h"

namespace mesh::items {

//! One message as a view shows it. Texts are safe for display already (displaytext.h).
struct MessageRow
{
    quint64 seq = 0; //!< the store's number, stable for the message's life
    QString messageId;
    QString clientMessageId;
    QString senderKey;
    QString senderName;
    QString text; //!< line breaks as \n; markup is text
    QString replyToId;
    QString subtype; //!< empty, `reminder` or `webhook`
    bool own = false;
    bool senderHuman = false;
    protocol::Priority priority = protocol::Priority::Next;
    protocol::BodyKind body = protocol::BodyKind::Sealed;
    protocol::events::OutgoingState state = protocol::events::OutgoingState::Accepted; //!< own messages only
    QString code;                                                                      //!< of a refusal
    QString detail;                                                                    //!< of a refusal
    int queuePosition = 0; //!< 1 for the next to go; 0 if it does not wait
    qint64 sentAtMs = 0;
    qint64 deliveredAtMs = 0;
    qint64 readAtMs = 0;
    int recipients = 0;       //!< own ones: how many are known to have got it
    int readers = 0;          //!< own ones in topics: how many of the others have read it, by their read marks
    int members = 0;          //!< how many others are in the topic; 0 elsewhere
    bool waitsForKey = false; //!< own ones in topics: it goes as soon as the topic's key is known
    QString closedReason;     //!< why the body could not be opened, where more is known than that
    bool mention = false;     //!< names the user
    bool keyChanged = false;  //!< another key bore the sender's name before, see KeyTrust
    bool note = false;        //!< of the user's own notes: it went nowhere
    QString imitates;         //!< the peer whose name the sender's looks like, though it is another; else empty
    QString replySender;      //!< of the message it answers, as far as that is here
    QString replyText;        //!< its beginning, one line

    // from the neighbours
    bool startsDay = false;   //!< the day differs from the row before
    bool startsGroup = false; //!< another sender, another day, or five minutes of silence
    bool endsGroup = false;
    bool firstUnread = false; //!< the divider stands above this row
    QString notice;           //!< a line of ours above this row; empty for none
    bool noticeBad = false;   //!< it warns
    QString beginning;        //!< title of the topic whose very first message this is; else empty
};

} // namespace mesh::items
