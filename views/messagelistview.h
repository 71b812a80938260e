// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QBasicTimer>
#include <QtCore/QCache>
#include <QtCore/QElapsedTimer>
#include <QtCore/QPointer>
#include <QtCore/QTimer>
#include <QtWidgets/QAbstractScrollArea>

#include <functional>
#include <memory>
#include <vector>

#include "models/protocol/clock.h"
#include "views/heightindex.h"
#include "views/messagecopier.h"
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
    [[nodiscard]] items::MessageListModel *model() const;
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

    //! What is selected, over as many messages as it reaches; several come with sender and time. Markdown gives whole
    //! messages as they were written.
    [[nodiscard]] QString selectedText() const;
    [[nodiscard]] QString selectedMarkdown() const;
    void clearSelection();
    //! From the beginning of one row to the end of another.
    void selectRows(int first, int last);
    //! Scrolls to a row and marks it for a moment.
    void pointOut(int row);
    //! Keyboard position, -1 for none.
    [[nodiscard]] int currentRow() const;
    //! Copies the selection, else the current message. Of many messages that takes a moment, on another thread; what
    //! the clipboard holds stays until it is done, and Escape ends it.
    void copy(bool markdown = false);
    [[nodiscard]] bool isCopying() const { return m_copier->isRunning(); }

    //! Row under a point of the viewport, -1 for none.
    [[nodiscard]] int rowAt(const QPoint &point) const;
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
    //! Row numbers are valid while the signal is handled.
    void replyRequested(int row);
    void editRequested(int row);
    void deliveryRequested(int row);
    //! The quoted message was clicked; \a id is the broker's or the sender's.
    void originRequested(const QString &id);
    void atBottomChanged(bool atBottom);
    void newCountChanged(int count);
    //! The first row is near: older ones would be welcome.
    void olderWanted();
    //! The end of the island before a gap is near: what follows it would be welcome.
    void newerWanted();
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
    void wheelEvent(QWheelEvent *event) override;
    void timerEvent(QTimerEvent *event) override;
    void scrollContentsBy(int dx, int dy) override;

private:
    struct Visible
    {
        int row = 0;
        int top = 0; //!< in viewport coordinates
        std::shared_ptr<MessageLayout> layout;
    };

    //! An end of the selection.
    struct Caret
    {
        quint64 seq = 0;
        TextPosition at;
    };
    //! The selection from top to bottom, as rows; rows are -1 if nothing is selected.
    struct Selected
    {
        int firstRow = -1;
        int lastRow = -1;
        TextPosition from;
        TextPosition to;
        [[nodiscard]] bool isEmpty() const { return firstRow < 0 || (firstRow == lastRow && from == to); }
    };

    void onThemeChanged();
    void onReset();
    void holdMiddle();
    void onRowsInserted(int first, int last);
    void onRowsRemoved(int first, int last);
    void onDataChanged(int first, int last);
    void onBarMoved(int value);

    [[nodiscard]] int guessHeight(int row) const;
    std::shared_ptr<MessageLayout> layoutFor(int row);
    [[nodiscard]] Selected selection() const;
    void dragTo(const QPoint &point);
    void changeCode(quint64 seq, int block, const std::function<void(CodeView &)> &change);
    void keepInPlace(quint64 seq);
    void showCopying(int done, int total);
    void scheduleLayout();
    void ensureLayout() const;
    void arrange();
    void arrangeFromBottom();
    void arrangeFromAnchor();
    void askForMore();
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
    void fillMenu(QMenu *menu, const items::MessageRow &row, const MessageHit &hit, const QPointF &codePoint);

    Theme &m_theme;
    const protocol::Clock &m_clock;
    MessageStyle m_style;
    QPointer<items::MessageListModel> m_model;
    QToolButton *m_newButton = nullptr;
    MessageCopier *m_copier = nullptr;
    QToolButton *m_copyButton = nullptr; //!< how far copying is; a click ends it

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
    bool m_newerAsked = false;
    int m_newCount = 0;

    bool m_direct = true;
    bool m_online = true;
    QSet<quint64> m_expanded;

    QHash<quint64, QHash<int, CodeView>> m_code;

    Caret m_caretFrom; //!< where the selection began; seq 0: none
    Caret m_caretTo;
    bool m_selecting = false;
    QBasicTimer m_dragTimer; //!< scrolls while the pointer is held beyond an edge
    QPoint m_dragPoint;
    quint64 m_flashSeq = 0;
    QTimer m_flashTimer;
    QPoint m_pressAt;
    MessageHit m_pressHit;
    QElapsedTimer m_sinceDoubleClick;
    QPoint m_pointer{-1, -1};
    quint64 m_currentSeq = 0;
};

} // namespace mesh::views
