// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/protocol/command.h"

#include <QtCore/QUuid>

namespace mesh::protocol {

QString newMessageId()
{
    return QUuid::createUuid().toString(QUuid::WithoutBraces);
}

} // namespace mesh::protocol
