// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QJsonObject>
#include <QtCore/QList>
#include <QtCore/QString>

#include <functional>

#include "models/session/sessionport.h"

namespace mesh::session {

//! A call of the REST interface (wire reference 1.7).
struct ApiCall
{
    QByteArray method;
    QString path; //!< below the interface's host, percent-encoded
    QJsonObject body;
};

//! What came back.
struct ApiResult
{
    int status = 0;      //!< HTTP; 0: no answer came
    bool isJson = false; //!< a JSON object came; brokers without this interface answer with text
    QJsonObject body;

    QString error() const { return body[QLatin1StringView("error")].toString(); }
};

//! The REST interface, on behalf of our member: makes itself an API key over the socket when it first needs one, keeps
//! it in memory only, and takes it back at the end. Network thread.
class AppApi final
{
public:
    using Done = std::function<void(const ApiResult &)>;
    //! Makes one HTTP request with a bearer; calls back exactly once, unless it is destroyed first.
    using Fetch = std::function<void(const ApiCall &, const QString &bearer, Done)>;

    AppApi(SessionPort &port, Fetch fetch);

    //! \a done is called once, possibly before this returns.
    void call(ApiCall call, Done done);
    //! Takes the key back, if there is one. While the link stands.
    void revoke();

private:
    static constexpr qint64 KeyLifeMs = 60 * 60'000;

    struct Waiting
    {
        ApiCall call;
        Done done;
        bool again = false; //!< it was refused once for its key
    };

    void mint();
    void send(Waiting waiting);

    SessionPort &m_port;
    Fetch m_fetch;
    QString m_secret;
    QString m_keyId;
    qint64 m_renewMs = 0; //!< monotonic
    bool m_minting = false;
    QList<Waiting> m_waiting;
};

} // namespace mesh::session
