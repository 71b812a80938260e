// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QList>
#include <QtCore/QObject>
#include <QtCore/QPointer>
#include <QtCore/QTimer>

#include <memory>

#include "models/items/messagelistmodel.h"

class QThread;

namespace mesh::views {

//! One message as it is copied: with who said it and when, or its words alone; markdown as it was written, or plain.
[[nodiscard]] QString copiedMessage(const items::CopyLine &line, bool markdown, bool withSender);

//! Makes one text of many messages on a thread of its own, because each has to be read as markdown.
class MessageCopier final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(MessageCopier)

public:
    explicit MessageCopier(QObject *parent = nullptr);
    //! Ends what is going on and waits for it.
    ~MessageCopier() override;

    //! Ends what is going on and begins anew.
    void start(const QList<items::CopyLine> &lines, bool markdown);
    void cancel();
    [[nodiscard]] bool isRunning() const { return m_work != nullptr; }

Q_SIGNALS:
    void progressed(int done, int total);
    void finished(const QString &text);
    void cancelled();

private:
    struct Work;
    void end();

    std::shared_ptr<Work> m_work; //!< shared with the thread
    QThread *m_thread = nullptr;
    QTimer m_tell;
};

} // namespace mesh::views
