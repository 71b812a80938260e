// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/messagecopier.h"

#include <QtCore/QThread>

#include <atomic>

#include "models/items/displaytext.h"
#include "views/messagelistview.h"
#include "views/messagetext.h"

namespace mesh::views {

using namespace Qt::StringLiterals;

namespace {

constexpr int kTellEveryMs = 100;

} // namespace

QString copiedMessage(const items::CopyLine &line, bool markdown, bool withSender)
{
    const QString words = items::safeText(line.text);
    const QString text = markdown ? words : plainText(parseMessage(words));
    if (!withSender)
        return text;
    const QString when = items::exactTime(line.sentAtMs);
    return markdown ? u"**%1** · %2\n\n%3"_s.arg(line.sender, when, text)
                    : u"%1, %2\n%3"_s.arg(line.sender, when, text);
}

struct MessageCopier::Work
{
    std::atomic<bool> wanted = true;
    std::atomic<int> done = 0;
    int total = 0;
    QString text; //!< read when the thread has ended
};

MessageCopier::MessageCopier(QObject *parent)
    : QObject(parent)
{
    m_tell.setInterval(kTellEveryMs);
    connect(&m_tell, &QTimer::timeout, this, [this] {
        if (m_work)
            Q_EMIT progressed(m_work->done, m_work->total);
    });
}

MessageCopier::~MessageCopier()
{
    end();
}

void MessageCopier::start(const QList<items::CopyLine> &lines, bool markdown)
{
    end();
    m_work = std::make_shared<Work>();
    m_work->total = int(lines.size());
    m_thread = QThread::create([work = m_work, lines, markdown] {
        QStringList parts;
        parts.reserve(lines.size());
        for (const items::CopyLine &line : lines) {
            if (!work->wanted)
                return;
            parts.append(copiedMessage(line, markdown, true));
            ++work->done;
        }
        work->text = parts.join(u"\n\n"_s);
    });
    connect(m_thread, &QThread::finished, this, [this, work = m_work] {
        if (work != m_work)
            return; // given up
        const QString text = work->text;
        end();
        Q_EMIT finished(text);
    });
    m_tell.start();
    m_thread->start(QThread::LowPriority);
    Q_EMIT progressed(0, m_work->total);
}

void MessageCopier::cancel()
{
    if (!m_work)
        return;
    end();
    Q_EMIT cancelled();
}

void MessageCopier::end()
{
    m_tell.stop();
    if (m_work)
        m_work->wanted = false;
    m_work.reset();
    if (m_thread) {
        m_thread->wait(); // one message at most
        m_thread->deleteLater();
        m_thread = nullptr;
    }
}

} // namespace mesh::views
