// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QTimer>
#include <QtWidgets/QFrame>

#include <functional>

#include "models/items/completion.h"
#include "models/protocol/types.h"

class QLabel;
class QPushButton;
class QToolButton;

namespace mesh::views {

class CompletionPopup;
class ComposerBar;
class ComposerEdit;
class Theme;

//! Where a message is written: an editor that grows to eight lines, the priority, and Send. Enter sends, Shift+Enter
//! makes a line, Alt+1 to Alt+3 choose next, now and low. Above the editor stand the message that is answered and the
//! choices for a long paste. It keeps nothing: what is written leaves as draftEdited() and sendRequested().
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

    //! The message that is answered.
    struct Reply
    {
        QString messageId; //!< empty: none
        QString sender;
        QString text;
    };
    //! What to do with what was written: send it, forget it because it was a command, or keep it because it was wrong.
    enum class Verdict { Send, Done, Keep };
    using Judge = std::function<Verdict(const QString &text)>;
    using Completer = std::function<items::Completions(QStringView before)>;

    [[nodiscard]] QString text() const;
    //! Chosen by the user: reported with the draft.
    void setReply(const Reply &reply);
    //! As setText(): of a draft that is known already.
    void showReply(const Reply &reply);
    [[nodiscard]] const Reply &reply() const { return m_reply; }
    //! Asked before each sending.
    void setJudge(Judge judge) { m_judge = std::move(judge); }
    //! Where suggestions come from.
    void setCompleter(Completer completer) { m_completer = std::move(completer); }
    //! A sentence below the editor: the outcome of a command, or what is wrong with it. Goes with the next change.
    void setAnswer(const QString &sentence, bool bad = false);
    //! Puts a draft in without reporting it.
    void setText(const QString &text);
    void insertText(const QString &text);
    void setPlaceholder(const QString &text);
    //! A long paste is on its way as a file: \a percent of it; closing the bar asks to end that.
    void showFile(const QString &text, int percent = 0);
    //! It is there; or it is not, and the text stands as it was pasted, with what went wrong.
    void endFile(const QString &problem = {});
    [[nodiscard]] protocol::Priority priority() const { return m_priority; }
    void setPriority(protocol::Priority priority);
    //! Words above Send about who gets it; empty for direct conversations. \a detail names them, for the tool tip.
    void setRecipients(const QString &text, const QString &detail = {});
    //! The user's own notes: no priority, no names and no commands.
    void setNotes(bool on);
    //! Not empty: nothing can be written, and why.
    void setBlocked(const QString &reason);
    //! Reports a draft that still waits for its delay, now.
    void flushDraft();
    void focusEditor();

Q_SIGNALS:
    void sendRequested(const QString &text, mesh::protocol::Priority priority);
    //! After a pause in writing, or when another message is answered; empty when the text was sent or deleted.
    void draftEdited(const QString &text);
    //! At every change by the user.
    void edited(bool empty);
    //! Up in an empty editor.
    void upPressed();
    //! Ctrl+Up and Ctrl+Down: answer the message before (-1) or after (1).
    void replyStepped(int step);
    void originRequested(const QString &messageId);
    //! The long paste shall be offered as a file: answer with showFile() and endFile().
    void fileRequested(const QString &text);
    void fileCancelRequested();
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
    void updateNote();
    void send();
    void complete();
    void acceptCompletion(const items::Completion &completion);
    void offerPaste(const QString &text);
    void describePaste(const QString &problem);
    void takePaste(bool asCode);

    Theme &m_theme;
    ComposerEdit *m_edit = nullptr;
    ComposerBar *m_replyBar = nullptr;
    ComposerBar *m_pasteBar = nullptr;
    CompletionPopup *m_popup = nullptr;
    QLabel *m_note = nullptr;
    QToolButton *m_at = nullptr;
    QToolButton *m_priorityButtons[3] = {};
    QLabel *m_counter = nullptr;
    QLabel *m_recipients = nullptr;
    QPushButton *m_send = nullptr;
    QTimer m_draftTimer;
    protocol::Priority m_priority = protocol::Priority::Next;
    QString m_placeholder;
    QString m_blocked;
    Reply m_reply;
    QToolButton *m_asFile = nullptr;
    QString m_paste;
    bool m_offering = false; //!< the paste is on its way as a file
    QString m_answer;
    bool m_answerBad = false;
    Judge m_judge;
    Completer m_completer;
    qsizetype m_completeFrom = 0;
    bool m_setting = false;
    bool m_notes = false;
    int m_bytes = 0;
};

} // namespace mesh::views
