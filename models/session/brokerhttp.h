// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QObject>
#include <QtCore/QUrl>

#include <functional>
#include <optional>

#include "models/protocol/clock.h"
#include "models/session/appapi.h"
#include "models/session/fileflow.h"
#include "models/session/helloflow.h"
#include "models/session/meshprofile.h"
#include "models/session/sessionoptions.h"

class QNetworkAccessManager;
class QNetworkRequest;

namespace mesh::session {

//! What a session asks the HTTP side of its broker (wire reference 1.6, 1.7). Certificates are checked as for the
//! socket, redirects are not followed. Network thread.
class BrokerHttp final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(BrokerHttp)

public:
    BrokerHttp(const protocol::Clock &clock, const SessionOptions &options, QObject *parent = nullptr);

    //! Broker's clock minus ours, in milliseconds, to about a second, from the Date of `GET /health`; nothing on
    //! failure.
    void measureClock(const QUrl &socketUrl, std::function<void(std::optional<qint64>)> done);
    //! `POST /hook/set-status` with "idle" for our own presence: makes the broker release what it held while we did not
    //! want to be disturbed (wire reference 6.4).
    void releaseHeld(const QUrl &socketUrl, const HostFacts &host);

    //! `POST /upload` (wire reference 7.9). \a done gets the file's id, or `no_uploads` (401, 403, 404, 405),
    //! `too_large` (413), `upload_failed`. \return what ends it; \a done is not called then.
    std::function<void()> upload(const QUrl &socketUrl, const MeshProfile &profile, const FileUpload &upload,
                                 FileFlow::Progress progress, FileFlow::Done done);
    //! Fetches a file of at most MaxFileBytes (and what sealing adds to one) from a link of the broker at \a socketUrl.
    //! `bad_link`: no HTTP link, or one in clear from a broker that is reached over TLS, unless what comes is \a
    //! sealed; `too_large`; `download_failed`.
    void download(const QUrl &socketUrl, const QUrl &url, bool sealed, FileFlow::Downloaded done);
    //! One call of the REST interface that belongs to the broker; \a done is called once.
    void call(const QUrl &socketUrl, const ApiCall &call, const QString &bearer, AppApi::Done done);

private:
    QNetworkRequest request(const QUrl &url) const;

    const protocol::Clock &m_clock;
    const SessionOptions &m_options;
    QNetworkAccessManager *m_network = nullptr; // child
};

} // namespace mesh::session
