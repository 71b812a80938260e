// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QCache>
#include <QtCore/QString>

#include "models/protocol/box.h"
#include "models/protocol/frames.h"
#include "models/protocol/keys.h"

namespace mesh::session {

//! What a push with a body turned out to be (wire reference 4.4).
struct OpenedPush
{
    enum class Kind {
        Direct,     //!< a box that one of our secrets opened
        Multicast,  //!< to a group or everybody, clear text
        Reminder,   //!< scheduled, clear text
        Unexplained //!< no secret opens it: clear text from a connector, a drained topic row, or for somebody else
    };

    Kind kind = Kind::Unexplained;
    protocol::BodyKind body = protocol::BodyKind::Undecryptable;
    QString text;             //!< empty where Undecryptable
    bool toMemberKey = false; //!< our member secret opened it, so it was addressed to the member
};

//! Opens and seals messages with the secrets of one session. Shared keys are kept for the peers met last.
class MessageOpener final
{
public:
    //! The key pairs must outlive this.
    MessageOpener(const protocol::KeyPair &session, const protocol::KeyPair &member, int cachedPeers = 2'048);

    //! \a senderMemberKey as far as known, for senders that seal with their member key (wire/observed 3).
    OpenedPush open(const protocol::Push &push, const QString &senderMemberKey);
    //! Opens a box from \a senderKey with the session secret, then the member secret.
    protocol::Expected<QString> openFrom(const protocol::SealedText &sealed, const QString &senderKey);
    //! Seals for \a recipientKey with the session secret.
    protocol::Expected<protocol::SealedText> sealFor(const QString &recipientKey, const QString &text);

private:
    //! Null where the key is unusable.
    const protocol::BoxSession *box(const QString &peerKey, bool ownMember);

    const protocol::KeyPair &m_session;
    const protocol::KeyPair &m_member;
    QCache<QString, protocol::BoxSession> m_boxes;
};

} // namespace mesh::session
