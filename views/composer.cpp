// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/composer.h"

#include <QtCore/QLocale>
#include <QtGui/QAbstractTextDocumentLayout>
#include <QtGui/QAccessible>
#include <QtGui/QAction>
#include <QtGui/QKeyEvent>
#include <QtGui/QShortcut>
#include <QtGui/QTextBlock>
#include <QtGui/QTextDocument>
#include <QtGui/QTextCursor>
#include <QtWidgets/QAbstractScrollArea>
#include <QtWidgets/QButtonGroup>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QScrollBar>
#include <QtWidgets/QStyle>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>
#include <array>
#include <utility>

#include "models/items/slashcommand.h"
#include "views/completionpopup.h"
#include "views/composerbar.h"
#include "views/composeredit.h"
#include "views/theme.h"

namespace mesh::views {

using namespace Qt::StringLiterals;
using protocol::Priority;

namespace {

// In the order of the buttons and of Alt+1 to Alt+3.
constexpr std::array kPriorities{Priority::Next, Priority::Now, Priority::Low};

void setTone(QLabel *label, const QString &tone)
{
    if (label->property("tone").toString() == tone)
        return;
    label->setProperty("tone", tone);
    label->style()->unpolish(label);
    label->style()->polish(label);
}

} // namespace

Composer::Composer(Theme &theme, QWidget *parent)
    : QFrame(parent)
    , m_theme(theme)
{
    setObjectName(u"composer"_s);
    setProperty("card", true);
    build();
    m_draftTimer.setSingleShot(true);
    m_draftTimer.setInterval(kDraftDelayMs);
    connect(&m_draftTimer, &QTimer::timeout, this, [this] { Q_EMIT draftEdited(text()); });
    connect(&m_theme, &Theme::changed, this, &Composer::onThemeChanged);
    onThemeChanged();
    setPriority(Priority::Next);
    updateState();
}

void Composer::build()
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(m_theme.px(12), m_theme.px(8), m_theme.px(8), m_theme.px(8));
    layout->setSpacing(m_theme.px(6));

    m_replyBar = new ComposerBar(m_theme, u"reply"_s);
    m_replyBar->setObjectName(u"replyBar"_s);
    connect(m_replyBar, &ComposerBar::closed, this, [this] { setReply({}); });
    connect(m_replyBar, &ComposerBar::activated, this, [this] { Q_EMIT originRequested(m_reply.messageId); });
    layout->addWidget(m_replyBar);
    m_pasteBar = new ComposerBar(m_theme, u"file"_s);
    m_pasteBar->setObjectName(u"pasteBar"_s);
    m_pasteBar->addChoice(u"pasteAsText"_s, tr("As text"), [this] { takePaste(false); });
    m_pasteBar->addChoice(u"pasteAsCode"_s, tr("As code"), [this] { takePaste(true); });
    m_asFile = m_pasteBar->addChoice(u"pasteAsFile"_s, tr("As a file"), [this] { Q_EMIT fileRequested(m_paste); });
    connect(m_pasteBar, &ComposerBar::closed, this, [this] {
        if (m_offering)
            Q_EMIT fileCancelRequested();
        else
            offerPaste({});
    });
    layout->addWidget(m_pasteBar);

    m_edit = new ComposerEdit;
    m_edit->setObjectName(u"composerEdit"_s);
    m_edit->setProperty("bare", true);
    m_edit->setAccessibleName(tr("Message"));
    m_edit->setFrameShape(QFrame::NoFrame);
    m_edit->setTabChangesFocus(true);
    m_edit->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_edit->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_edit->document()->setDocumentMargin(2);
    m_edit->installEventFilter(this);
    setFocusProxy(m_edit);
    layout->addWidget(m_edit);

    m_recipients = new QLabel;
    m_recipients->setObjectName(u"recipientsLabel"_s);
    m_recipients->setTextFormat(Qt::PlainText);
    m_recipients->setProperty("tone", u"label"_s);
    m_recipients->setWordWrap(true);
    m_recipients->hide();
    m_counter = new QLabel;
    m_counter->setObjectName(u"byteCounter"_s);
    m_counter->setTextFormat(Qt::PlainText);
    m_counter->hide();
    m_note = new QLabel;
    m_note->setObjectName(u"composerNote"_s);
    m_note->setTextFormat(Qt::PlainText);
    m_note->setWordWrap(true);
    m_note->hide();
    layout->addWidget(m_note);
    auto *notes = new QHBoxLayout;
    notes->addWidget(m_recipients, 1);
    notes->addWidget(m_counter);
    layout->addLayout(notes);

    auto *row = new QHBoxLayout;
    row->setSpacing(0);
    auto *group = new QButtonGroup(this);
    const std::array names{tr("next", "priority of a message"), tr("now", "priority of a message"),
                           tr("low", "priority of a message")};
    const std::array tips{tr("Read when the peer is free (Alt+1)"), tr("Interrupts, even do not disturb (Alt+2)"),
                          tr("Can wait; read when there is nothing else (Alt+3)")};
    const std::array objectNames{u"priorityNext"_s, u"priorityNow"_s, u"priorityLow"_s};
    const std::array segments{u"first"_s, u"middle"_s, u"last"_s};
    for (size_t i = 0; i < kPriorities.size(); ++i) {
        auto *button = new QToolButton;
        button->setObjectName(objectNames[i]);
        button->setText(names[i]);
        button->setToolTip(tips[i]);
        button->setAccessibleName(tr("Priority %1").arg(names[i]));
        button->setCheckable(true);
        button->setProperty("segment", segments[i]);
        button->setProperty("quiet", true);
        group->addButton(button);
        connect(button, &QToolButton::clicked, this, [this, i] { setPriority(kPriorities[i]); });
        auto *shortcut = new QShortcut(QKeySequence(Qt::ALT | Qt::Key(Qt::Key_1 + int(i))), this);
        shortcut->setContext(Qt::WidgetWithChildrenShortcut);
        connect(shortcut, &QShortcut::activated, this, [this, i] {
            if (!m_notes)
                setPriority(kPriorities[i]);
        });
        m_priorityButtons[i] = button;
        row->addWidget(button);
    }
    row->addSpacing(m_theme.px(8));
    m_at = new QToolButton;
    m_at->setObjectName(u"atButton"_s);
    m_at->setToolTip(tr("Name a peer or a group (@), a topic (#) or a command (/)"));
    m_at->setAccessibleName(tr("Name a peer or a group"));
    connect(m_at, &QToolButton::clicked, this, [this] {
        const QTextCursor cursor = m_edit->textCursor();
        const QString text = m_edit->toPlainText();
        const bool gap = cursor.position() > 0 && !text.at(cursor.position() - 1).isSpace();
        m_edit->setFocus(Qt::OtherFocusReason);
        m_edit->insertPlainText(gap ? u" @"_s : u"@"_s);
    });
    row->addWidget(m_at);
    row->addStretch(1);
    m_send = new QPushButton(tr("Send"));
    m_send->setObjectName(u"sendButton"_s);
    m_send->setProperty("primary", true);
    m_send->setLayoutDirection(Qt::RightToLeft); // the icon stands behind the word
    m_send->setToolTip(tr("Send (Enter); a new line is Shift+Enter"));
    connect(m_send, &QPushButton::clicked, this, &Composer::send);
    row->addWidget(m_send);
    layout->addLayout(row);

    m_popup = new CompletionPopup(m_theme, this);
    connect(m_popup, &CompletionPopup::chosen, this, &Composer::acceptCompletion);
    connect(m_edit, &ComposerEdit::longTextPasted, this, &Composer::offerPaste);
    connect(m_edit, &QPlainTextEdit::cursorPositionChanged, this, [this] {
        if (m_popup->isVisible())
            complete();
    });
    connect(m_edit, &QPlainTextEdit::textChanged, this, &Composer::onTextChanged);
    connect(m_edit->document()->documentLayout(), &QAbstractTextDocumentLayout::documentSizeChanged, this,
            &Composer::updateHeight);
}

void Composer::onThemeChanged()
{
    m_edit->setFont(m_theme.font(Theme::Text::Body));
    m_send->setIcon(m_theme.icon(u"send"_s, Theme::Role::OnAccent));
    m_send->setIconSize({m_theme.px(15), m_theme.px(15)});
    m_at->setIcon(m_theme.icon(u"at"_s));
    m_at->setIconSize({m_theme.px(15), m_theme.px(15)});
    updateHeight();
}

QString Composer::text() const
{
    return m_edit->toPlainText();
}

void Composer::setText(const QString &text)
{
    m_draftTimer.stop();
    m_setting = true;
    m_edit->setPlainText(text);
    m_edit->moveCursor(QTextCursor::End);
    m_setting = false;
    m_popup->hide();
    offerPaste({});
    updateHeight();
}

void Composer::setReply(const Reply &reply)
{
    if (reply.messageId != m_reply.messageId)
        m_draftTimer.start();
    showReply(reply);
}

void Composer::showReply(const Reply &reply)
{
    m_reply = reply;
    m_replyBar->setTexts(tr("Reply to %1").arg(reply.sender), reply.text);
    m_replyBar->setVisible(!reply.messageId.isEmpty());
}

void Composer::setAnswer(const QString &sentence, bool bad)
{
    m_answer = sentence;
    m_answerBad = bad;
    updateNote();
    if (!sentence.isEmpty() && QAccessible::isActive()) { // spoken although the keyboard is in the editor
        QAccessibleEvent event(m_note, QAccessible::Alert);
        QAccessible::updateAccessibility(&event);
    }
}

void Composer::offerPaste(const QString &text)
{
    m_paste = text;
    m_offering = false;
    m_pasteBar->setChoicesVisible(true);
    m_asFile->setVisible(!m_notes); // notes stay on this computer
    m_pasteBar->setVisible(!text.isEmpty());
    if (!text.isEmpty())
        describePaste({});
}

void Composer::describePaste(const QString &problem)
{
    const QLocale locale;
    const qsizetype bytes = m_paste.toUtf8().size();
    const bool fits = bytes + m_bytes + 16 <= kMaxBytes; // with a fence around it
    QString words = problem;
    if (words.isEmpty() && fits)
        words = tr("It stands as it is, or in a block of code that folds.");
    else if (words.isEmpty())
        words = tr("A message holds %1 bytes; this is %2 too long. Send it as a file, or insert it and shorten it.")
                    .arg(locale.toString(kMaxBytes), locale.toString(bytes + m_bytes - kMaxBytes));
    m_pasteBar->setTexts(tr("Long text pasted: %1 characters, %2 lines")
                             .arg(locale.toString(m_paste.size()), locale.toString(m_paste.count(u'\n') + 1)),
                         words);
}

void Composer::showFile(const QString &text, int percent)
{
    m_paste = text;
    m_offering = true;
    m_pasteBar->setChoicesVisible(false);
    m_pasteBar->setTexts(tr("Sending as a file…"), tr("%1 % of it is there; close this to end it").arg(percent));
    m_pasteBar->show();
}

void Composer::endFile(const QString &problem)
{
    const QString text = m_paste;
    offerPaste(problem.isEmpty() ? QString() : text);
    if (problem.isEmpty())
        return;
    describePaste(tr("Not sent as a file: %1").arg(problem));
    setAnswer(tr("Not sent as a file: %1").arg(problem), true);
}

void Composer::takePaste(bool asCode)
{
    QString text = std::exchange(m_paste, QString());
    m_pasteBar->hide();
    if (asCode) {
        // A fence longer than any run of backticks inside stays closed until its end.
        int longest = 2;
        int run = 0;
        for (const QChar c : std::as_const(text)) {
            run = c == u'`' ? run + 1 : 0;
            longest = std::max(longest, run);
        }
        const QString fence(longest + 1, u'`');
        if (!text.endsWith(u'\n'))
            text += u'\n';
        const QTextCursor cursor = m_edit->textCursor();
        const bool lineStart = cursor.atBlockStart();
        text = (lineStart ? QString() : u"\n"_s) + fence + u'\n' + text + fence + u'\n';
    }
    m_edit->setFocus(Qt::OtherFocusReason);
    m_edit->insertPlainText(text);
}

void Composer::complete()
{
    const QTextCursor cursor = m_edit->textCursor();
    if (!m_completer || m_notes || cursor.hasSelection() || m_edit->isReadOnly()) {
        m_popup->hide();
        return;
    }
    const QString text = m_edit->toPlainText();
    const items::Completions found = m_completer(QStringView(text).left(cursor.position()));
    m_completeFrom = found.from;
    if (m_popup->parentWidget() != parentWidget() && parentWidget())
        m_popup->setParent(parentWidget());
    m_popup->offer(found.rows, pos() - QPoint(0, m_theme.px(4)), width());
}

void Composer::acceptCompletion(const items::Completion &completion)
{
    QTextCursor cursor = m_edit->textCursor();
    const int end = cursor.position();
    cursor.setPosition(int(std::min<qsizetype>(m_completeFrom, end)));
    cursor.setPosition(end, QTextCursor::KeepAnchor);
    cursor.insertText(completion.insert + u' ');
    m_edit->setTextCursor(cursor);
    m_popup->hide();
    m_edit->setFocus(Qt::OtherFocusReason);
}

void Composer::updateNote()
{
    QString words = m_answer;
    QString tone = m_answerBad ? u"error"_s : u"second"_s;
    if (words.isEmpty()) {
        tone = u"label"_s;
        const QString text = m_edit->toPlainText();
        if (const items::SlashHelp *help = m_notes ? nullptr : items::SlashCommands::helpFor(text))
            words = u"/%1 %2 \u2014 %3"_s.arg(help->name, help->usage, help->help);
        else if (m_priority == Priority::Now)
            words = tr("Now: interrupts the peer at once, even when it does not want to be disturbed.");
        else if (m_priority == Priority::Low)
            words = tr("Low: can wait; the peer reads it when there is nothing else.");
    }
    setTone(m_note, tone);
    m_note->setText(words);
    m_note->setVisible(!words.isEmpty());
}

void Composer::insertText(const QString &text)
{
    m_edit->insertPlainText(text);
}

void Composer::setPlaceholder(const QString &text)
{
    m_placeholder = text;
    updateState();
}

void Composer::setPriority(Priority priority)
{
    m_priority = priority;
    for (size_t i = 0; i < kPriorities.size(); ++i)
        m_priorityButtons[i]->setChecked(kPriorities[i] == priority);
    updateNote();
}

void Composer::setRecipients(const QString &text, const QString &detail)
{
    m_recipients->setText(text);
    m_recipients->setToolTip(detail);
    m_recipients->setAccessibleDescription(detail);
    m_recipients->setVisible(!text.isEmpty());
}

void Composer::setNotes(bool on)
{
    m_notes = on;
    for (QToolButton *button : m_priorityButtons)
        button->setVisible(!on);
    m_at->setVisible(!on);
    m_send->setText(on ? tr("Keep") : tr("Send"));
    if (on)
        setPriority(Priority::Next);
    updateNote();
}

void Composer::setBlocked(const QString &reason)
{
    if (m_blocked == reason && m_edit->isReadOnly() != reason.isEmpty())
        return;
    m_blocked = reason;
    updateState();
}

void Composer::flushDraft()
{
    if (!m_draftTimer.isActive())
        return;
    m_draftTimer.stop();
    Q_EMIT draftEdited(text());
}

void Composer::focusEditor()
{
    m_edit->setFocus(Qt::OtherFocusReason);
}

void Composer::onTextChanged()
{
    m_bytes = int(m_edit->toPlainText().toUtf8().size());
    updateHeight();
    updateState();
    m_answer.clear();
    m_answerBad = false;
    updateNote();
    if (m_setting)
        return;
    complete();
    m_draftTimer.start();
    Q_EMIT edited(m_bytes == 0);
}

void Composer::updateHeight()
{
    // Asking for a block's place makes the editor lay it out, which it otherwise does when it is painted.
    int lines = 0;
    for (QTextBlock block = m_edit->document()->firstBlock(); block.isValid() && lines < kMaxLines;
         block = block.next()) {
        m_edit->document()->documentLayout()->blockBoundingRect(block);
        lines += std::max(1, block.lineCount());
    }
    lines = std::clamp(lines, 1, kMaxLines);
    const int line = m_edit->fontMetrics().lineSpacing();
    const int wanted = lines * line + int(2 * m_edit->document()->documentMargin()) + 2;
    if (m_edit->height() != wanted || m_edit->minimumHeight() != wanted)
        m_edit->setFixedHeight(wanted);
    m_edit->setVerticalScrollBarPolicy(lines >= kMaxLines ? Qt::ScrollBarAsNeeded : Qt::ScrollBarAlwaysOff);
}

void Composer::updateState()
{
    const bool open = m_blocked.isEmpty();
    m_edit->setReadOnly(!open);
    m_edit->setPlaceholderText(open ? m_placeholder : m_blocked);
    const bool tooLong = m_bytes > kMaxBytes;
    const bool blank = m_edit->document()->isEmpty() || m_edit->toPlainText().trimmed().isEmpty();
    m_send->setEnabled(open && !blank && !tooLong);
    for (QToolButton *button : m_priorityButtons)
        button->setEnabled(open);
    m_at->setEnabled(open);
    m_counter->setVisible(m_bytes >= kShowBytesFrom);
    const QLocale locale;
    if (tooLong) {
        m_counter->setText(tr("%1 bytes too long").arg(locale.toString(m_bytes - kMaxBytes)));
        m_counter->setToolTip(tr("A message holds %1 bytes. Shorten it or send it in parts; nothing is lost.")
                                  .arg(locale.toString(kMaxBytes)));
    } else {
        m_counter->setText(tr("%1 of %2 bytes").arg(locale.toString(m_bytes), locale.toString(kMaxBytes)));
        m_counter->setToolTip({});
    }
    setTone(m_counter, tooLong ? u"error"_s : u"label"_s);
}

void Composer::send()
{
    if (!m_send->isEnabled())
        return;
    const QString message = text();
    const Verdict verdict = m_judge ? m_judge(message) : Verdict::Send;
    if (verdict == Verdict::Keep)
        return;
    m_draftTimer.stop();
    const QString answer = m_answer;
    m_setting = true;
    m_edit->clear();
    m_setting = false;
    m_popup->hide();
    updateHeight();
    if (verdict == Verdict::Done) {
        setAnswer(answer);
        Q_EMIT draftEdited({});
        return;
    }
    Q_EMIT sendRequested(message, m_priority);
    showReply({});
    setPriority(Priority::Next); // an interruption is chosen for one message, not for good
}

void Composer::resizeEvent(QResizeEvent *event)
{
    QFrame::resizeEvent(event);
    updateHeight();
}

bool Composer::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_edit && event->type() == QEvent::FocusIn)
        setProperty("focused", true), style()->unpolish(this), style()->polish(this);
    else if (watched == m_edit && event->type() == QEvent::FocusOut)
        m_popup->hide(), setProperty("focused", false), style()->unpolish(this), style()->polish(this);
    if (watched == m_edit && event->type() == QEvent::KeyPress) {
        const auto *key = static_cast<QKeyEvent *>(event);
        // The shortcuts above, also where the window system does not deliver them as such.
        const int choice = key->key() - Qt::Key_1;
        if (!m_notes && key->modifiers() == Qt::AltModifier && choice >= 0 && choice < int(kPriorities.size())) {
            setPriority(kPriorities[size_t(choice)]);
            return true;
        }
        if (!key->modifiers() && m_popup->handleKey(key->key()))
            return true;
        if (key->modifiers() == Qt::ControlModifier && (key->key() == Qt::Key_Up || key->key() == Qt::Key_Down)) {
            Q_EMIT replyStepped(key->key() == Qt::Key_Up ? -1 : 1);
            return true;
        }
        switch (key->key()) {
        case Qt::Key_Return:
        case Qt::Key_Enter:
            if (!(key->modifiers() & (Qt::ShiftModifier | Qt::AltModifier))) {
                send();
                return true;
            }
            break;
        case Qt::Key_Up:
            if (m_edit->document()->isEmpty() && key->modifiers() == Qt::NoModifier) {
                Q_EMIT upPressed();
                return true;
            }
            break;
        case Qt::Key_Escape:
            if (m_offering) {
                Q_EMIT fileCancelRequested();
                return true;
            }
            if (!m_paste.isEmpty()) {
                offerPaste({});
                return true;
            }
            if (!m_reply.messageId.isEmpty()) {
                setReply({});
                return true;
            }
            Q_EMIT escapePressed();
            return true;
        default:
            break;
        }
    }
    return QFrame::eventFilter(watched, event);
}

} // namespace mesh::views
