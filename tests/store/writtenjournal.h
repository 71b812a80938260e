// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/store/journal.h"

#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

namespace fixture {

inline mesh::protocol::SecretBytes testKey()
{
    return mesh::protocol::SecretBytes::fromBytes(QByteArray(32, 's'));
}

//! A journal that is written to and searched as the program does. Who uses it opens it: first come the spies.
struct WrittenJournal
{
    explicit WrittenJournal(const QString &path)
        : journal(testKey(), quick(path))
        , found(&journal, &mesh::store::Journal::searchFound)
    {
    }
    void write(const mesh::protocol::EventList &events)
    {
        journal.append(events);
        QVERIFY(journal.flush(60'000));
    }
    //! All that is found, or nothing if the search does not end: SearchPage::done tells.
    mesh::store::SearchPage run(const mesh::store::SearchPlan &plan)
    {
        const quint64 request = journal.search(plan);
        mesh::store::SearchPage page;
        const auto answered = [&] {
            for (const auto &call : std::as_const(found)) {
                page = call.first().value<mesh::store::SearchPage>();
                if (page.request == request && page.done)
                    return true;
            }
            return false;
        };
        if (!QTest::qWaitFor(answered, 30'000))
            return {};
        return page;
    }

    mesh::store::Journal journal;
    QSignalSpy found;

private:
    static mesh::store::JournalOptions quick(const QString &path)
    {
        mesh::store::JournalOptions options;
        options.path = path;
        options.batchMs = 1;
        options.retryMs = 20;
        return options;
    }
};

} // namespace fixture
