// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/localmesh/localfixture.h"

#include <QtCore/QJsonArray>
#include <QtCore/QUrl>

namespace mesh::tests {

//! A broker with what it takes to talk HTTP to it: keys, and requests with any header.
class WebFixture : protected LocalFixture
{
protected:
    using Field = QPair<QByteArray, QByteArray>;
    using Fields = QList<Field>;

    Identity newAdmin(const QString &name)
    {
        const auto link = m_broker->makeInvite(local::InviteRole::Admin);
        return link ? joinMesh(m_port, *link, name) : Identity();
    }

    HttpAnswer request(const QByteArray &method, const QByteArray &target, const Fields &fields,
                       const QByteArray &body = {}) const
    {
        QByteArray bytes = method + ' ' + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n";
        for (const auto &[name, value] : fields)
            bytes += name + ": " + value + "\r\n";
        if (method != "GET")
            bytes += "Content-Length: " + QByteArray::number(body.size()) + "\r\n";
        return exchange(m_port, bytes + "\r\n" + body);
    }

    //! The secret of a new API key.
    static QString newKey(TestClient &client, const QStringList &capabilities)
    {
        return client
            .ask({{QStringLiteral("type"), QStringLiteral("apikey_create")},
                  {QStringLiteral("label"), QStringLiteral("test")},
                  {QStringLiteral("capabilities"), QJsonArray::fromStringList(capabilities)}})
            .value(QLatin1StringView("secret"))
            .toString();
    }

    static Fields uploadFields(const QString &key, const Identity &identity, const QByteArray &name)
    {
        return {{"Authorization", "Bearer " + key.toLatin1()},
                {"X-Mesh-Id", identity.meshId.toLatin1()},
                {"X-Member-Id", identity.memberId.toLatin1()},
                {"X-File-Name", name},
                {"Content-Type", "text/plain"}};
    }

    static QByteArray pathOf(const QString &url)
    {
        return QUrl(url).toEncoded(QUrl::RemoveScheme | QUrl::RemoveAuthority);
    }
    static QString code(const QJsonObject &answer) { return answer.value(QLatin1StringView("code")).toString(); }
};

} // namespace mesh::tests
