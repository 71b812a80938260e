// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/personatroupe.h"

#include <QtCore/QTimer>
#include <QtNetwork/QNetworkAccessManager>

#include <vector>

#include "models/protocol/storagecrypto.h"
#include "models/session/enrolment.h"

namespace mesh::local {

using namespace Qt::StringLiterals;
namespace p = mesh::protocol;

namespace {

constexpr int joinAgainMs = 2'000;

} // namespace

//! The troupe's side on its own thread.
class TroupeWorker final : public QObject
{
    Q_OBJECT

public:
    TroupeWorker(PersonaTroupe::Options options, p::SecretBytes rootKey)
        : m_options(std::move(options))
        , m_rootKey(std::move(rootKey))
    {
        if (!m_options.clock)
            m_options.clock = std::make_shared<p::SystemClock>();
    }

    void begin()
    {
        const auto parsed = p::parseInvite(m_options.inviteLink);
        if (!parsed || !std::holds_alternative<p::Invite>(*parsed)) {
            Q_EMIT failed(parsed ? p::Error{u"invite_malformed"_s, tr("The personas need a v1 invite.")}
                                 : parsed.error());
            return;
        }
        m_invite = std::get<p::Invite>(*parsed);
        m_enrolment = std::make_unique<session::Enrolment>(*m_options.clock);
        m_network = std::make_unique<QNetworkAccessManager>(); // one for all: each has a thread of its own
        joinNext();
    }

Q_SIGNALS:
    void progress(int connected, int all);
    void failed(const mesh::protocol::Error &error);

private:
    p::Expected<p::KeyPair> derive(const QString &purpose, const QString &name) const
    {
        auto seed = p::deriveSubkey(m_rootKey, "persona " + purpose.toUtf8() + ' ' + name.toUtf8());
        if (!seed)
            return seed.error();
        return p::KeyPair::fromSeed(*seed);
    }

    //! One after the other: twelve requests at once would gain nothing and make errors hard to read.
    void joinNext()
    {
        const qsizetype index = qsizetype(m_personas.size());
        if (index == m_options.scripts.size())
            return;
        const PersonaScript &script = m_options.scripts[index];
        auto member = derive(u"member"_s, script.name);
        auto session = derive(u"session"_s, script.name);
        if (!member || !session) {
            Q_EMIT failed(member ? session.error() : member.error());
            return;
        }
        const p::PublicKey key = member->publicKey;
        m_personas.push_back(std::make_unique<Persona>(script, std::move(*member), std::move(*session),
                                                       *m_options.clock, *m_network, m_options.seed + quint32(index),
                                                       m_options.pace));
        join(size_t(index), key);
    }

    void join(size_t index, const p::PublicKey &key)
    {
        const QString name = m_personas[index]->script().name;
        m_enrolment->join(m_invite, key, name, [this, index, key](p::Expected<session::MeshProfile> profile) {
            if (!profile && profile.error().band == p::ErrorBand::Transient) {
                QTimer::singleShot(joinAgainMs, this, [this, index, key] { join(index, key); });
                return;
            }
            if (!profile) {
                Q_EMIT failed(profile.error());
                return;
            }
            PersonaClient &client = m_personas[index]->client();
            connect(&client, &PersonaClient::ready, this, &TroupeWorker::count);
            connect(&client, &PersonaClient::lost, this, &TroupeWorker::count);
            connect(&client, &PersonaClient::left, this, &TroupeWorker::count);
            if (index == 0 && m_options.firstSpeed > 0)
                startClockWith(client);
            client.connectTo({profile->meshId, profile->memberId, profile->brokerUrl});
            joinNext();
        });
    }

    //! A mesh whose clock never ran would show personas that never act.
    void startClockWith(PersonaClient &client)
    {
        connect(&client, &PersonaClient::ready, this, [&client] { client.send(p::GetClock()); });
        connect(&client, &PersonaClient::clockReported, this, [this, &client](double speed, bool) {
            if (speed > 0)
                return;
            p::SetClock frame;
            frame.speed = m_options.firstSpeed;
            client.send(frame);
        });
    }

    void count()
    {
        int connected = 0;
        for (const auto &persona : m_personas)
            connected += persona->client().isReady() ? 1 : 0;
        Q_EMIT progress(connected, int(m_options.scripts.size()));
    }

    PersonaTroupe::Options m_options;
    p::SecretBytes m_rootKey;
    p::Invite m_invite;
    std::unique_ptr<session::Enrolment> m_enrolment;
    std::unique_ptr<QNetworkAccessManager> m_network;
    std::vector<std::unique_ptr<Persona>> m_personas;
};

PersonaTroupe::PersonaTroupe(QObject *parent)
    : QObject(parent)
{
    m_thread.setObjectName("personas"_L1);
}

PersonaTroupe::~PersonaTroupe()
{
    stop();
}

void PersonaTroupe::start(Options options, p::SecretBytes rootKey)
{
    stop();
    m_worker = new TroupeWorker(std::move(options), std::move(rootKey));
    m_worker->moveToThread(&m_thread);
    connect(&m_thread, &QThread::finished, m_worker, &QObject::deleteLater);
    connect(m_worker, &TroupeWorker::progress, this, &PersonaTroupe::progress);
    connect(m_worker, &TroupeWorker::failed, this, &PersonaTroupe::failed);
    m_thread.start();
    QMetaObject::invokeMethod(m_worker, &TroupeWorker::begin, Qt::QueuedConnection);
}

void PersonaTroupe::stop()
{
    m_thread.quit();
    m_thread.wait();
    m_worker = nullptr;
}

} // namespace mesh::local

#include "personatroupe.moc"
