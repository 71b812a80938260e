// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHash>
#include <QtCore/QJsonArray>
#include <QtCore/QUrl>

#include <functional>

#include "models/protocol/keys.h"
#include "models/session/namecache.h"
#include "models/session/sendflow.h"
#include "models/session/sessionport.h"

namespace mesh::session {

//! What the HTTP side of a broker is asked to keep (wire reference 7.9).
struct FileUpload
{
    QString fileName; //!< ASCII, without a path
    QByteArray body;
    QString targetSpec; //!< whom it is for, as in a message (wire reference 6.2)
    QString bearer;     //!< the secret of an API key
    bool encrypted = false;
    QString ownerKey;      //!< encrypted: our routing key
    QJsonArray sealedKeys; //!< encrypted: {peerPubkey, sealedKey}
};

//! Files that are offered to peers, and those of others that are saved.
//! To offer one: a short-lived API key, the upload, the end of the key, then the message that names
//! the file. In a direct conversation the file is sealed under a key that its peer and the user alone can open. Network
//! thread.
class FileFlow final
{
public:
    using Done = std::function<void(const protocol::Expected<QString> &fileId)>;
    using Progress = std::function<void(qint64 sent, qint64 total)>;
    //! Starts an upload; \return what ends it early, after which \a done is not called any more.
    using Uploader = std::function<std::function<void()>(const FileUpload &upload, Progress progress, Done done)>;
    using Finished = std::function<void(const protocol::Expected<void> &)>;

    FileFlow(SessionPort &port, SendFlow &sending, const NameCache &names, const protocol::KeyPair &session,
             const protocol::KeyPair &member);

    using Downloaded = std::function<void(const protocol::Expected<QByteArray> &bytes)>;
    //! Fetches what a broker's link points to. \a sealed: what comes is of no use to who listens in.
    using Downloader = std::function<void(const QUrl &url, bool sealed, Downloaded done)>;

    Uploader upload;     //!< set once, before the first offer
    Downloader download; //!< set once, before the first file is saved

    //! Errors of \a finished: `offline`, `too_large`, `not_connected` (a peer whose key is not known), `no_uploads`
    //! (the broker takes none from this member), `cancelled`, those of the request for the API key, and
    //! `upload_failed`.
    void offer(const protocol::commands::OfferFile &offer, Finished finished);
    //! False: there is no such offer.
    bool cancel(const QString &clientMessageId);
    //! Errors of \a finished: those of the request for the link, of the download (BrokerHttp::download()) and of
    //! opening the file (`cannot_open`: it is sealed for others), and `cannot_write`.
    void save(const protocol::commands::SaveFile &command, Finished finished);
    //! The session ends.
    void cancelAll();

private:
    struct Offer
    {
        protocol::commands::OfferFile command;
        Finished finished;
        std::function<void()> abort; //!< while it is on the way
        QString keyId;
    };

    protocol::Expected<QByteArray> opened(const QByteArray &stored, const QString &sealedKey) const;
    protocol::Expected<FileUpload> prepare(const protocol::commands::OfferFile &offer) const;
    void begin(const QString &id, FileUpload upload);
    void uploaded(const QString &id, const protocol::Expected<QString> &fileId);
    void end(const QString &id, const protocol::Expected<void> &outcome);

    SessionPort &m_port;
    SendFlow &m_sending;
    const NameCache &m_names;
    const protocol::KeyPair &m_session;
    const protocol::KeyPair &m_member;
    QHash<QString, Offer> m_offers; // by the id of the message
    qint64 m_toldAtMs = 0;
};

//! A name for the header of an upload: letters, digits, `.`, `-` and `_` of ASCII; at most 100 characters, never empty.
QString uploadName(const QString &name);

} // namespace mesh::session
