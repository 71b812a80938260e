// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/protocol/logging.h"

Q_LOGGING_CATEGORY(lcProtocol, "mesh.protocol", QtInfoMsg)
Q_LOGGING_CATEGORY(lcSession, "mesh.session", QtInfoMsg)
Q_LOGGING_CATEGORY(lcIdentity, "mesh.identity", QtInfoMsg)
Q_LOGGING_CATEGORY(lcStore, "mesh.store", QtInfoMsg)
Q_LOGGING_CATEGORY(lcJournal, "mesh.journal", QtInfoMsg)
Q_LOGGING_CATEGORY(lcLocalMesh, "mesh.localmesh", QtInfoMsg)
Q_LOGGING_CATEGORY(lcPersona, "mesh.persona", QtInfoMsg)
Q_LOGGING_CATEGORY(lcGraph, "mesh.graph", QtInfoMsg)
Q_LOGGING_CATEGORY(lcViews, "mesh.views", QtInfoMsg)
Q_LOGGING_CATEGORY(lcApp, "mesh.app", QtInfoMsg)
