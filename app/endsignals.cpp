// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/endsignals.h"

#include <QtCore/QSocketNotifier>

#include <sys/eventfd.h>
#include <unistd.h>

#include <csignal>

namespace mesh::app {

namespace {

int wakeUp = -1; // the only thing a signal handler may safely use

void onSignal(int)
{
    const quint64 one = 1;
    (void)!write(wakeUp, &one, sizeof one);
}

} // namespace

EndSignals::EndSignals(QObject *parent)
    : QObject(parent)
{
    wakeUp = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (wakeUp < 0)
        return;
    m_notifier = std::make_unique<QSocketNotifier>(wakeUp, QSocketNotifier::Read);
    connect(m_notifier.get(), &QSocketNotifier::activated, this, [this] {
        quint64 count = 0;
        (void)!read(wakeUp, &count, sizeof count);
        Q_EMIT asked();
    });
    std::signal(SIGTERM, onSignal);
    std::signal(SIGINT, onSignal);
}

EndSignals::~EndSignals()
{
    if (wakeUp < 0)
        return;
    std::signal(SIGTERM, SIG_DFL);
    std::signal(SIGINT, SIG_DFL);
    m_notifier.reset();
    close(wakeUp);
    wakeUp = -1;
}

} // namespace mesh::app
