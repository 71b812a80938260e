// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/passphrasedialog.h"

#include "views/theme.h"

#include <QtGui/QAction>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QProgressBar>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QStyle>
#include <QtWidgets/QVBoxLayout>

namespace mesh::views {

using namespace Qt::StringLiterals;

namespace {

constexpr int kGoodLength = 16;
constexpr int kStrongLength = 24;
constexpr int kMaxLength = 1'024;

QLineEdit *addField(QVBoxLayout *column, const char *name, const QString &caption)
{
    auto *label = new QLabel(caption);
    label->setProperty("tone", u"second"_s);
    auto *field = new QLineEdit;
    field->setObjectName(QLatin1StringView(name));
    field->setEchoMode(QLineEdit::Password);
    field->setMaxLength(kMaxLength);
    field->setInputMethodHints(Qt::ImhHiddenText | Qt::ImhSensitiveData | Qt::ImhNoPredictiveText
                               | Qt::ImhNoAutoUppercase);
    field->setAccessibleName(QString(caption).remove(u'&'));
    label->setBuddy(field);
    column->addWidget(label);
    column->addWidget(field);
    return field;
}

} // namespace

PassphraseDialog::PassphraseDialog(Theme &theme, Purpose purpose, QWidget *parent)
    : QDialog(parent)
    , m_theme(theme)
    , m_purpose(purpose)
{
    setObjectName(u"passphraseDialog"_s);
    const bool create = purpose == Purpose::Create;
    setWindowTitle(create ? tr("Choose a passphrase") : tr("Unlock your keys"));
    auto *column = new QVBoxLayout(this);
    m_title = new QLabel(windowTitle());
    m_title->setProperty("tone", u"display"_s);
    m_text = new QLabel(
        create ? tr(
            "This computer has no keychain that answers, so your keys are kept in a file that is sealed with a "
            "passphrase. "
            "You are asked for it when the program starts. It cannot be recovered: without it you need a new invite.")
               : tr("Your keys are kept in a file that is sealed with your passphrase."));
    m_text->setProperty("tone", u"second"_s);
    m_text->setWordWrap(true);
    column->addWidget(m_title);
    column->addWidget(m_text);
    m_first =
        addField(column, "passphraseFirst", create ? tr("&Passphrase, at least 12 characters") : tr("&Passphrase"));
    if (create) {
        m_strength = new QProgressBar;
        m_strength->setObjectName(u"passphraseStrength"_s);
        m_strength->setRange(0, kStrongLength);
        m_strength->setTextVisible(false);
        //: how hard a passphrase is to guess
        m_strength->setAccessibleName(tr("Strength"));
        column->addWidget(m_strength);
        m_second = addField(column, "passphraseSecond", tr("&Once more"));
    }
    m_hint = new QLabel;
    m_hint->setObjectName(u"passphraseHint"_s);
    m_hint->setWordWrap(true);
    column->addWidget(m_hint);
    column->addStretch(1);

    auto *buttons = new QHBoxLayout;
    m_cancel = new QPushButton(tr("Cancel"));
    m_cancel->setObjectName(u"passphraseCancel"_s);
    m_cancel->setAutoDefault(false);
    m_ok = new QPushButton(create ? tr("Seal my keys") : tr("Unlock"));
    m_ok->setObjectName(u"passphraseOk"_s);
    m_ok->setProperty("primary", true);
    m_ok->setDefault(true);
    buttons->addStretch(1);
    buttons->addWidget(m_cancel);
    buttons->addWidget(m_ok);
    column->addLayout(buttons);

    m_reveal = m_first->addAction(m_theme.icon(u"eye"_s), QLineEdit::TrailingPosition);
    m_reveal->setObjectName(u"passphraseReveal"_s);
    m_reveal->setCheckable(true);
    m_reveal->setText(tr("Show the passphrase"));
    m_reveal->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_R));
    m_reveal->setToolTip(tr("Show the passphrase (Ctrl+R)"));
    connect(m_reveal, &QAction::toggled, this, [this](bool on) {
        m_first->setEchoMode(on ? QLineEdit::Normal : QLineEdit::Password);
        if (m_second)
            m_second->setEchoMode(on ? QLineEdit::Normal : QLineEdit::Password);
    });
    connect(m_first, &QLineEdit::textChanged, this, &PassphraseDialog::refresh);
    if (m_second)
        connect(m_second, &QLineEdit::textChanged, this, &PassphraseDialog::refresh);
    connect(m_ok, &QPushButton::clicked, this, &PassphraseDialog::passphraseEntered);
    connect(m_cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(this, &QDialog::finished, this, &PassphraseDialog::wipeFields);
    connect(&m_theme, &Theme::changed, this, &PassphraseDialog::restyle);
    restyle();
    refresh();
    m_first->setFocus();
}

PassphraseDialog::~PassphraseDialog()
{
    wipeFields();
}

void PassphraseDialog::restyle()
{
    layout()->setContentsMargins(m_theme.px(24), m_theme.px(22), m_theme.px(24), m_theme.px(20));
    layout()->setSpacing(m_theme.px(8));
    setMinimumWidth(m_theme.px(440));
}

void PassphraseDialog::setHint(const QString &text, const QString &tone)
{
    m_hint->setProperty("tone", tone);
    m_hint->style()->unpolish(m_hint);
    m_hint->style()->polish(m_hint);
    m_hint->setText(text);
}

void PassphraseDialog::refresh()
{
    const auto length = int(m_first->text().size());
    if (m_purpose == Purpose::Unlock) {
        m_ok->setEnabled(length > 0 && !m_busy);
        if (length > 0)
            setHint({}, u"second"_s);
        return;
    }
    m_strength->setValue(std::min(length, kStrongLength));
    const bool same = m_first->text() == m_second->text();
    m_ok->setEnabled(length >= MinLength && same && !m_busy);
    if (length == 0)
        setHint(tr("Several words that you can remember are better than one that is hard to type."), u"second"_s);
    else if (length < MinLength)
        //: %n more characters are needed
        setHint(tr("%n more character(s)", nullptr, MinLength - length), u"second"_s);
    else if (!m_second->text().isEmpty() && !same)
        setHint(tr("The two are not the same."), u"error"_s);
    else if (length < kGoodLength)
        setHint(tr("Long enough. Longer is safer."), u"working"_s);
    else if (length < kStrongLength)
        setHint(tr("Good."), u"success"_s);
    else
        setHint(tr("Strong."), u"success"_s);
}

void PassphraseDialog::wipeFields()
{
    for (QLineEdit *field : {m_first, m_second}) {
        if (!field)
            continue;
        // clear() keeps the text for undo; setText() does not, and the copy given here is the last one of ours.
        const QSignalBlocker blocker(field);
        QString text = field->text();
        field->setText(QString(text.size(), QChar(u'x')));
        field->setText({});
        protocol::wipe(text);
    }
}

protocol::SecretBytes PassphraseDialog::takePassphrase()
{
    QString text = m_first->text();
    protocol::SecretBytes secret = protocol::SecretBytes::fromUtf8(text);
    protocol::wipe(text);
    wipeFields();
    refresh();
    return secret;
}

void PassphraseDialog::showWrongPassphrase()
{
    setBusy(false);
    wipeFields();
    refresh();
    setHint(tr("That is not the passphrase of the key file. Nothing was changed; try again."), u"error"_s);
    m_first->setFocus();
}

void PassphraseDialog::setBusy(bool busy)
{
    m_busy = busy;
    m_first->setEnabled(!busy);
    if (m_second)
        m_second->setEnabled(!busy);
    m_cancel->setEnabled(!busy);
    refresh();
    if (busy)
        setHint(tr("One moment …"), u"second"_s);
}

} // namespace mesh::views
