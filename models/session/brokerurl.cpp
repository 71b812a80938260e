// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/brokerurl.h"

#include <QtCore/QCoreApplication>
#include <QtNetwork/QHostAddress>

namespace mesh::session {

using namespace Qt::StringLiterals;
using protocol::Error;
using protocol::ErrorBand;

namespace {

Error badUrl(const char *text)
{
    return {u"bad_broker_url"_s, QCoreApplication::translate("mesh::session", text), ErrorBand::Persistent};
}

} // namespace

bool isLoopbackHost(const QString &host)
{
    if (host.compare("localhost"_L1, Qt::CaseInsensitive) == 0)
        return true;
    const QHostAddress address(host);
    return !address.isNull() && address.isLoopback();
}

protocol::Expected<QUrl> parseBrokerUrl(const QString &text)
{
    const QUrl url(text, QUrl::StrictMode);
    if (!url.isValid() || url.host().isEmpty())
        return badUrl("The address of the broker is not valid.");
    const bool secure = url.scheme() == "wss"_L1;
    if (!secure && url.scheme() != "ws"_L1)
        return badUrl("The address of the broker must start with wss://.");
    if (url.path(QUrl::FullyEncoded) != "/ws"_L1 || url.hasQuery() || url.hasFragment() || !url.userInfo().isEmpty())
        return badUrl("The address of the broker must end in /ws.");
    if (!secure && !isLoopbackHost(url.host())) {
        return Error{
            u"insecure_broker"_s,
            QCoreApplication::translate("mesh::session",
                                        "This broker has no encrypted address (wss://). Without encryption only "
                                        "a broker on this computer is used."),
            ErrorBand::Security};
    }
    return url;
}

QUrl brokerHttpUrl(const QUrl &socketUrl, const QString &path)
{
    QUrl url = socketUrl;
    url.setScheme(socketUrl.scheme() == "wss"_L1 ? u"https"_s : u"http"_s);
    url.setPath(path);
    url.setQuery(QString());
    return url;
}

QUrl appApiUrl(const QUrl &socketUrl, const QString &path)
{
    QUrl url = brokerHttpUrl(socketUrl, QString());
    if (url.host() == "ic.claudemesh.com"_L1)
        url.setHost(u"claudemesh.com"_s);
    url.setPath(path, QUrl::TolerantMode);
    return url;
}

} // namespace mesh::session
