// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/testprogram.h"

#include <QtCore/QFileInfo>
#include <QtCore/QMap>
#ifdef QT_WIDGETS_LIB
#include <QtWidgets/QApplication>
#endif

#include <cstdio>
#include <vector>

namespace {

QMap<QString, mesh::test::Runner> &runners()
{
    static QMap<QString, mesh::test::Runner> map; // filled before main, in no set order
    return map;
}

} // namespace

bool mesh::test::registerTest(const char *file, Runner runner)
{
    runners().insert(QFileInfo(QString::fromUtf8(file)).completeBaseName(), runner);
    return true;
}

int main(int argc, char **argv)
{
    const mesh::test::Runner runner = argc > 1 ? runners().value(QString::fromLocal8Bit(argv[1])) : nullptr;
    if (!runner) {
        std::fprintf(stderr, "usage: %s TEST [options of Qt Test]; TEST is one of: %s\n", argv[0],
                     qPrintable(runners().keys().join(u' ')));
        return 2;
    }
    std::vector<char *> arguments(argv, argv + argc + 1); // with the closing null pointer
    arguments.erase(arguments.begin() + 1);
    int count = argc - 1;
#ifdef QT_WIDGETS_LIB
    const QApplication application(count, arguments.data());
#else
    const QCoreApplication application(count, arguments.data());
#endif
    return runner(count, arguments.data());
}
