// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QUrl>

#include "models/protocol/expected.h"

namespace mesh::session {

//! Whether \a host names this machine: an address of the loopback networks, or `localhost`.
bool isLoopbackHost(const QString &host);

//! The address of a broker's socket, checked before any packet leaves: `wss://`, or `ws://` to this machine only, and
//! the path exactly `/ws` without query, user or fragment (brokers drop anything else, wire reference 1.1). Errors:
//! `bad_broker_url` (Persistent), `insecure_broker` (Security).
protocol::Expected<QUrl> parseBrokerUrl(const QString &text);

//! An address on the HTTP side of the same broker (wire reference 1.6), for instance "/health".
QUrl brokerHttpUrl(const QUrl &socketUrl, const QString &path);

//! The address of \a path (percent-encoded) in the REST interface that belongs to a broker (wire reference 1.7). The
//! hosted broker has it on the host of the web application, others on their own.
QUrl appApiUrl(const QUrl &socketUrl, const QString &path);

} // namespace mesh::session
