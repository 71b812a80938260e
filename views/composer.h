// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QTimer>
#include <QtWidgets/QFrame>

#include "models/protocol/types.h"

class QLabel;
class QPlainTextEdit;
class QPushButton;
class QToolButton;

namespace mesh::views {

class Theme;

//! Where a message is written: an editor that grows to eight lines, the priority, and Send. Enter sends, Shift+Enter
//! makes a line, Alt+1 to Alt+3 choose next, now and low. It keeps nothing: what is written leaves as draftEdited() and
//! sendRequested().
class Composer final : public QFrame
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Composer)

public:
    static constexpr int kMaxBytes = 48'000;      //!< UTF-8 bytes of a message
    static constexpr int kShowBytesFrom = 40'000; //!< the counter appears
    static constexpr int kMaxLines = 8;
    static constexpr int kDraftDelayMs = 600;

    explicit Composer(Theme &theme, QWidget *parent = nullptr);

    [[nodiscard]] QString text() const;
    //! Puts a draft in without reporting it.
    void setText(const QString &text);
    void insertText(const QString &text);
    void setPlaceholder(const QString &text);
    [[nodiscard]] protocol::Priority priority() const { return m_priority; }
    void setPriority(protocol::Priority priority);
    //! Words beside Send about who gets it; empty for direct conversations.
    void setRecipients(const QString &text);
    //! Not empty: nothing can be written, and why.
    void setBlocked(const QString &reason);
    //! Reports a draft that still waits for its delay, now.
    void flushDraft();
    void focusEditor();

Q_SIGNALS:
    void sendRequested(const QString &text, mesh::protocol::Priority priority);
    //! After a pause in writing; empty when the text was sent or deleted.
    void draftEdited(const QString &text);
    //! At every change by the user.
    void edited(bool empty);
    //! Up in an empty editor.
    void upPressed();
    void escapePressed();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void build();
    void onThemeChanged();
    void onTextChanged();
    void updateHeight();
    void updateState();
    void send();

    Theme &m_theme;
    QPlainTextEdit *m_edit = nullptr;
    QToolButton *m_priorityButtons[3] = {};
    QLabel *m_counter = nullptr;
    QLabel *m_recipients = nullptr;
    QPushButton *m_send = nullptr;
    QTimer m_draftTimer;
    protocol::Priority m_priority = protocol::Priority::Next;
    QString m_placeholder;
    QString m_blocked;
    bool m_setting = false;
    int m_bytes = 0;
};

} // namespace mesh::views
