// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QCache>
#include <QtCore/QElapsedTimer>
#include <QtCore/QPointer>
#include <QtWidgets/QAbstractScrollArea>

#include <memory>
#include <vector>

#include "models/protocol/clock.h"
#include "views/heightindex.h"
#include "views/messagelayout.h"

class QMenu;
class QToolButton;

namespace mesh::items {
class MessageListModel;
}

namespace mesh::views {

class Theme;

//! The messages of a conversation. Lays out only the rows it shows; everything else is a guessed height. What it shows
//! is fixed by an anchor (a row and how far its top is above the viewport), so nothing that happens above, below or in
//! other rows moves what is being read. At the end it stays at the end.
class MessageListView final : public QAbstractScrollArea
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(MessageListView)

public:
    MessageListView(Theme &theme, const protocol::Clock &clock, QWidget *parent = nullptr);
    ~MessageListView() override;

    void setModel(items::MessageListModel *model);
    //! Between two people: bodies in the clear are marked.
    void setDirect(bool direct);
    //! Whether the link is up: queued messages say what they wait for.
    void setOnline(bool online);

    [[nodiscard]] bool isAtBottom() const { return m_stick; }
    //! Messages of others that came while the end was out of sight.
    [[nodiscard]] int newCount() const { return m_newCount; }
    void scrollToBottom();
    //! Brings a row's top into the upper third of the viewport.
    void scrollToRow(int row);
    //! Times and day names are relative: call when the day or minute changes while visible.
    void refreshTimes();

    [[nodiscard]] QString selectedText() const;
    void clearSelection();
    //! Keyboard position, -1 for none.
    [[nodiscard]] int currentRow() const;
    //! Copies the selection, else the current message.
    void copy() const;

    //! Where a row is in the viewport; null if it is not shown.
    [[nodiscard]] QRect rowRect(int row) const;
    //! The shown row's geometry, nullptr if it is not shown. Valid until the next event.
    [[nodiscard]] const MessageLayout *layoutOf(int row) const;
    //! Rows laid out so far, for tests and benchmarks.
    [[nodiscard]] qint64 layoutsMade() const { return m_layoutsMade; }

Q_SIGNALS:
    void linkActivated(const QString &address);
    void retryRequested(const QString &clientMessageId);
    void cancelRequested(const QString &clientMessageId);
    void senderActivated(const QString &key);
    void atBottomChanged(bool atBottom);
    void newCountChanged(int count);
    //! The first row is near: older ones would be welcome.
    void olderWanted();
    //! The user typed while the list had the focus: it belongs into the composer.
    void textTyped(const QString &text);
    void escapePressed();

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    bool viewportEvent(QEvent *event) override;
    void scrollContentsBy(int dx, int dy) override;

private:
    struct Visible
    {
        int row = 0;
        int top = 0; //!< in viewport coordinates
        std::shared_ptr<MessageLayout> layout;
    };

    void onThemeChanged();
    void onReset();
    void onRowsInserted(int first, int last);
    void onRowsRemoved(int first, int last);
    void onDataChanged(int first, int last);
    void onBarMoved(int value);

    [[nodiscard]] int guessHeight(int row) const;
    std::shared_ptr<MessageLayout> layoutFor(int row);
    void scheduleLayout();
    void ensureLayout() const;
    void arrange();
    void arrangeFromBottom();
    void arrangeFromAnchor();
    void syncBar();
    void setStick(bool stick);
    void setNewCount(int count);
    void placeButton();
    void dropLayouts();

    [[nodiscard]] const Visible *visibleAt(const QPoint &point) const;
    [[nodiscard]] const Visible *visibleRow(int row) const;
    [[nodiscard]] const Visible *visibleSeq(quint64 seq) const;
    [[nodiscard]] MessageHit hitAt(const QPoint &point, const Visible **visible = nullptr) const;
    void activate(const MessageHit &hit, const items::MessageRow &row);
    void setCurrentRow(int row);
    void moveCurrent(int step);
    void fillMenu(QMenu *menu, const items::MessageRow &row, const MessageHit &hit);

    Theme &m_theme;
    const protocol::Clock &m_clock;
    MessageStyle m_style;
    QPointer<items::MessageListModel> m_model;
    QToolButton *m_newButton = nullptr;

    HeightIndex m_heights;
    QCache<quint64, std::shared_ptr<MessageLayout>> m_cache;
    std::vector<Visible> m_visible;
    bool m_dirty = true;
    int m_layoutWidth = 0;
    qint64 m_layoutsMade = 0;

    int m_anchorRow = 0;
    int m_anchorOffset = 0; //!< pixels of the anchor row above the viewport
    bool m_stick = true;
    bool m_syncing = false;
    int m_lastBar = 0;
    bool m_olderAsked = false;
    int m_newCount = 0;

    bool m_direct = true;
    bool m_online = true;
    QSet<quint64> m_expanded;

    quint64 m_selectedSeq = 0;
    TextPosition m_selectionFrom;
    TextPosition m_selectionTo;
    bool m_selecting = false;
    QPoint m_pressAt;
    MessageHit m_pressHit;
    QElapsedTimer m_sinceDoubleClick;
    QPoint m_pointer{-1, -1};
    quint64 m_currentSeq = 0;
};

} // namespace mesh::views
