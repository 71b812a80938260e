// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtTest/QTest>

//! Several test classes in one program: they share the reading of Qt's headers and the linking, which cost more than
//! the tests themselves. Each still runs in a process of its own: `tests_store tst_journal [options of Qt Test]`.
namespace mesh::test {

//! Runs one test class to its end and gives the number of failures.
using Runner = int (*)(int argc, char **argv);

//! Puts \a runner under the name of the file it stands in, without folder and ending; used by MESH_TEST.
bool registerTest(const char *file, Runner runner);

} // namespace mesh::test

//! Stands at the end of a test's source file, in place of QTEST_MAIN. The file has this one test class.
#define MESH_TEST(Class)                                               \
    [[maybe_unused]] static const bool registered##Class =             \
        mesh::test::registerTest(__FILE__, [](int argc, char **argv) { \
            Class test;                                                \
            return QTest::qExec(&test, argc, argv);                    \
        });
