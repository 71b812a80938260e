// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QPointer>
#include <QtWidgets/QWidget>

#include <optional>

class QLabel;

namespace mesh::store {
class MeshStore;
}

namespace mesh::views {

class Theme;

//! The bottom line. It measures nothing: the program pushes figures in, a few times a second at most.
class StatusLine final : public QWidget
{
    Q_OBJECT
public:
    explicit StatusLine(Theme &theme, QWidget *parent = nullptr);
    ~StatusLine() override;

    //! Whose link and name are shown; nullptr for none.
    void setStore(store::MeshStore *store);

    void setMessagesPerMinute(std::optional<double> rate);
    //! Time until the broker's acknowledgement, 95th percentile, in milliseconds.
    void setAckDelay(std::optional<double> p95Ms);
    //! Frames that were refused or thrown away since the connection began; \a reason is the last one's, for the tool
    //! tip.
    void setFramesLost(qint64 dropped, qint64 rejected, const QString &reason = {});
    void setJournalEvents(std::optional<qint64> count);
    //! Empty when the journal works; else the sentence that says why nothing is being recorded.
    void setJournalFailure(const QString &sentence);
    //! Frames a second now and share of one core in per cent; no frames when nothing moves.
    void setOwnCost(std::optional<double> framesPerSecond, std::optional<double> cpuPercent);

Q_SIGNALS:
    //! The journal's part was clicked while it fails.
    void journalDetailsRequested();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void restyle();
    void refreshLink();
    void refreshJournal();

    Theme &m_theme;
    QPointer<store::MeshStore> m_store;
    std::optional<qint64> m_journalEvents;
    QString m_journalFailure;

    QWidget *m_dot = nullptr;
    QLabel *m_link = nullptr;
    QLabel *m_rate = nullptr;
    QLabel *m_ack = nullptr;
    QLabel *m_lost = nullptr;
    QLabel *m_journal = nullptr;
    QLabel *m_cost = nullptr;
};

} // namespace mesh::views
