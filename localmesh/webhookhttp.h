// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localmesh/httpentry.h"
#include "localmesh/ratelimiter.h"

namespace mesh::local {

class Router;
struct Parts;

//! `POST /hook/<mesh>/<secret>`: what is posted reaches every connection as a push (wire reference 7.17).
class WebhookHttp final
{
public:
    //! Both outlive this.
    WebhookHttp(Parts &parts, Router &router);
    Q_DISABLE_COPY_MOVE(WebhookHttp)

    void addRoutes(HttpEntry &entry);

private:
    void post(const HttpHead &head, const QByteArray &body, const HttpEntry::Reply &reply);

    Parts &m_parts;
    Router &m_router;
    RateLimiter m_limit;
};

} // namespace mesh::local
