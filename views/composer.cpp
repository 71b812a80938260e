// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/composer.h"

#include <QtCore/QLocale>
#include <QtGui/QAbstractTextDocumentLayout>
#include <QtGui/QAction>
#include <QtGui/QKeyEvent>
#include <QtGui/QShortcut>
#include <QtGui/QTextBlock>
#include <QtGui/QTextDocument>
#include <QtWidgets/QAbstractScrollArea>
#include <QtWidgets/QButtonGroup>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPlainTextEdit>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QScrollBar>
#include <QtWidgets/QStyle>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QVBoxLayout>

#include <array>

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

    m_edit = new QPlainTextEdit;
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
    m_recipients->hide();
    m_counter = new QLabel;
    m_counter->setObjectName(u"byteCounter"_s);
    m_counter->setTextFormat(Qt::PlainText);
    m_counter->hide();
    auto *notes = new QHBoxLayout;
    notes->addWidget(m_recipients);
    notes->addStretch(1);
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
        connect(shortcut, &QShortcut::activated, this, [this, i] { setPriority(kPriorities[i]); });
        m_priorityButtons[i] = button;
        row->addWidget(button);
    }
    row->addStretch(1);
    m_send = new QPushButton(tr("Send"));
    m_send->setObjectName(u"sendButton"_s);
    m_send->setProperty("primary", true);
    m_send->setLayoutDirection(Qt::RightToLeft); // the icon stands behind the word
    m_send->setToolTip(tr("Send (Enter); a new line is Shift+Enter"));
    connect(m_send, &QPushButton::clicked, this, &Composer::send);
    row->addWidget(m_send);
    layout->addLayout(row);

    connect(m_edit, &QPlainTextEdit::textChanged, this, &Composer::onTextChanged);
    connect(m_edit->document()->documentLayout(), &QAbstractTextDocumentLayout::documentSizeChanged, this,
            &Composer::updateHeight);
}

void Composer::onThemeChanged()
{
    m_edit->setFont(m_theme.font(Theme::Text::Body));
    m_send->setIcon(m_theme.icon(u"send"_s, Theme::Role::OnAccent));
    m_send->setIconSize({m_theme.px(15), m_theme.px(15)});
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
    updateHeight();
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
}

void Composer::setRecipients(const QString &text)
{
    m_recipients->setText(text);
    m_recipients->setVisible(!text.isEmpty());
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
    if (m_setting)
        return;
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
    m_draftTimer.stop();
    m_setting = true;
    m_edit->clear();
    m_setting = false;
    updateHeight();
    Q_EMIT sendRequested(message, m_priority);
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
        setProperty("focused", false), style()->unpolish(this), style()->polish(this);
    if (watched == m_edit && event->type() == QEvent::KeyPress) {
        const auto *key = static_cast<QKeyEvent *>(event);
        // The shortcuts above, also where the window system does not deliver them as such.
        const int choice = key->key() - Qt::Key_1;
        if (key->modifiers() == Qt::AltModifier && choice >= 0 && choice < int(kPriorities.size())) {
            setPriority(kPriorities[size_t(choice)]);
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
            Q_EMIT escapePressed();
            return true;
        default:
            break;
        }
    }
    return QFrame::eventFilter(watched, event);
}

} // namespace mesh::views
