// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QObject>

#include <deque>

#include "localmesh/personaclient.h"

class QNetworkAccessManager;

namespace mesh::local {

//! What a persona uploads.
struct PersonaParcel
{
    QString name;
    QString text;
    QString target; //!< as in wire reference 6.2; empty: everybody
    QStringList tags;
};

//! The persona's side of files that the broker keeps (wire reference 7.9): uploads some and reads those of others, over
//! HTTP, with an API key that it makes for this and that ends by itself. Uploads are marked as not to be kept.
class PersonaFiles final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(PersonaFiles)

public:
    //! All outlive it.
    PersonaFiles(const PersonaScript &script, PersonaClient &client, const protocol::Clock &clock,
                 QNetworkAccessManager &network, QObject *parent = nullptr);

    //! \return whether it goes on; failed() or done() follows.
    bool upload(PersonaParcel parcel);
    //! Reads the newest file of somebody else whose name contains \a part, if there is one.
    bool download(const QString &part);

Q_SIGNALS:
    //! A file went up or came down, of so many \a bytes.
    void done(qint64 bytes);
    //! \a refused: this broker does not let the persona do such a thing at all.
    void failed(bool refused);

private:
    void onFrame(const protocol::BrokerFrame &frame);
    void onError(const protocol::ErrorFrame &error);
    bool askForKey();
    void post(const PersonaParcel &parcel);
    void fetch(const QUrl &link);

    const PersonaScript &m_script;
    PersonaClient &m_client;
    const protocol::Clock &m_clock;
    QNetworkAccessManager &m_network;
    std::deque<PersonaParcel> m_waiting; //!< for the key
    QByteArray m_key;
    qint64 m_keyUntilMs = 0;
    QString m_keyAsked;  //!< id of the request, while there is no answer
    QString m_listAsked; //!< the same for what download() goes through
    QString m_linkAsked;
};

} // namespace mesh::local
