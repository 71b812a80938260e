// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localmesh/apikeys.h"
#include "localmesh/httprequest.h"

#include <variant>

namespace mesh::local {

struct Parts;
struct Member;

//! Who an HTTP request speaks for.
struct ApiCaller
{
    ApiKey key;
    QString memberId;
};

//! Why a request is not answered.
struct ApiRefusal
{
    int status = 401;
    QString code;
    QString message;
};

//! Looks at the bearer of HTTP requests (wire reference 1.7).
class ApiAccess final
{
public:
    //! \a parts outlives this.
    explicit ApiAccess(Parts &parts)
        : m_parts(parts)
    {
    }
    Q_DISABLE_COPY_MOVE(ApiAccess)

    //! The caller whose key \a head carries, if it may do \a capability; else why not.
    std::variant<ApiCaller, ApiRefusal> callerOf(const HttpHead &head, QLatin1StringView capability);

    //! An answer as the original's layer of authentication gives it: `{code, message, status, timestamp, path}`.
    HttpReply error(const HttpHead &head, const ApiRefusal &refusal) const;

private:
    Parts &m_parts;
};

} // namespace mesh::local
