// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/application.h"
#include "app/mainwindow.h"
#include "app/workspace.h"
#include "models/store/meshstore.h"

#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>
#include <QtGui/QAction>
#include <QtTest/QTest>
#include <QtWidgets/QAbstractButton>

#include <memory>
#include <sys/stat.h>

//! A test of the whole program, off-screen, in a data folder of its own; its parts are found by their object names.
class ProgramTest : public QObject
{
protected:
    //! Keys go into a file that this passphrase opens. Before the first start.
    void usePassphraseFile()
    {
        umask(077); // as the program does first
        QVERIFY(m_dir.isValid());
        QFile file(m_dir.filePath(QStringLiteral("passphrase")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("a passphrase for tests\n");
        qputenv("CLAUDEMESH_DESKTOP_PASSPHRASE_FILE", file.fileName().toLocal8Bit());
    }
    void start(const mesh::app::CommandLine &line)
    {
        m_program = std::make_unique<mesh::app::Application>(line);
        QVERIFY(!m_program->start().has_value());
        QVERIFY(QTest::qWaitForWindowExposed(&m_program->window()));
    }
    mesh::store::MeshStore *currentStore() const
    {
        const auto meshes = m_program->workspace().meshes();
        return meshes.isEmpty() ? nullptr : m_program->workspace().store(meshes.first());
    }
    template <class T>
    T *child(const char *name) const
    {
        return m_program->window().findChild<T *>(QString::fromLatin1(name));
    }
    void click(const char *name) const
    {
        auto *button = child<QAbstractButton>(name);
        QVERIFY2(button && button->isVisible() && button->isEnabled(), name);
        QTest::mouseClick(button, Qt::LeftButton);
    }
    void trigger(const char *name) const { child<QAction>(name)->trigger(); }

    QTemporaryDir m_dir;
    std::unique_ptr<mesh::app::Application> m_program;
};
