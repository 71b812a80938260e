// SPDX-License-Identifier: GPL-3.0-or-later
// Journals messages without end and prints the id of each one after the journal called it committed. Made to be killed.
#include <QtCore/QCoreApplication>
#include <QtCore/QTimer>

#include <cstdio>

#include "models/store/journal.h"
#include "models/store/meshstore.h"
#include "tests/store/storefixture.h"

using namespace Qt::StringLiterals;

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    const QStringList arguments = app.arguments();
    if (arguments.size() != 3)
        return 2;
    const QString prefix = arguments.at(2);
    mesh::store::JournalOptions options;
    options.path = arguments.at(1);
    options.batchMs = 1;
    mesh::store::Journal journal(mesh::protocol::SecretBytes::fromBytes(QByteArray(32, 'k')), options);
    QObject::connect(&journal, &mesh::store::Journal::committed, &app, [](const QStringList &ids) {
        for (const QString &id : ids)
            std::fprintf(stdout, "%s\n", qPrintable(id));
        std::fflush(stdout);
    });
    QObject::connect(&journal, &mesh::store::Journal::failed, &app, [](const mesh::protocol::Error &error) {
        std::fprintf(stderr, "%s\n", qPrintable(error.code));
        std::exit(3);
    });
    mesh::store::MeshStore store(fixture::kMesh);
    qint64 n = 0;
    QTimer timer;
    QObject::connect(&timer, &QTimer::timeout, &app, [&] {
        mesh::protocol::EventList batch;
        for (int i = 0; i < 20; ++i) {
            ++n;
            batch.append(
                fixture::at(n, fixture::direct(2, prefix + QString::number(n), u"text "_s + QString::number(n), n)));
        }
        store.apply(batch);
        journal.append(batch);
        if (n % 400 == 0)
            journal.saveSnapshot(fixture::kMesh, store.snapshot());
    });
    timer.start(1);
    journal.open();
    return app.exec();
}
