// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/notificationdialog.h"

#include <QtWidgets/QCheckBox>
#include <QtWidgets/QDialogButtonBox>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QTimeEdit>
#include <QtWidgets/QVBoxLayout>

namespace mesh::views {

using namespace Qt::StringLiterals;

namespace {

QTime timeOfMinute(int minute)
{
    return QTime(0, 0).addSecs(minute * 60);
}

int minuteOf(const QTime &time)
{
    return time.hour() * 60 + time.minute();
}

} // namespace

NotificationDialog::NotificationDialog(const items::NotificationPolicy &policy, bool service, QWidget *parent)
    : QDialog(parent)
    , m_enabled(new QCheckBox(tr("Tell me of direct messages, mentions and whatever is urgent")))
    , m_content(new QCheckBox(tr("Show names and words in notifications")))
    , m_sound(new QCheckBox(tr("Play the desktop's sound")))
    , m_quiet(new QCheckBox(tr("Quiet hours: only priority now comes through")))
    , m_from(new QTimeEdit(timeOfMinute(policy.quietFromMinute)))
    , m_to(new QTimeEdit(timeOfMinute(policy.quietToMinute)))
{
    setObjectName(u"notificationDialog"_s);
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Notifications"));
    m_enabled->setObjectName(u"notifyEnabled"_s);
    m_content->setObjectName(u"notifyContent"_s);
    m_sound->setObjectName(u"notifySound"_s);
    m_quiet->setObjectName(u"notifyQuiet"_s);
    m_from->setObjectName(u"quietFrom"_s);
    m_to->setObjectName(u"quietTo"_s);
    m_from->setAccessibleName(tr("Quiet from"));
    m_to->setAccessibleName(tr("Quiet until"));
    m_enabled->setChecked(policy.enabled);
    m_content->setChecked(policy.showContent);
    m_sound->setChecked(policy.sound);
    m_quiet->setChecked(policy.quietHours);

    auto *layout = new QVBoxLayout(this);
    layout->addWidget(m_enabled);
    layout->addWidget(m_content);
    layout->addWidget(m_sound);
    layout->addWidget(m_quiet);
    auto *hours = new QHBoxLayout;
    hours->addSpacing(24);
    hours->addWidget(new QLabel(tr("from")));
    hours->addWidget(m_from);
    hours->addWidget(new QLabel(tr("until")));
    hours->addWidget(m_to);
    hours->addStretch(1);
    layout->addLayout(hours);
    auto *note = new QLabel(service ? tr("A conversation can be muted, or speak up for mentions only, from its menu on "
                                         "the left.")
                                    : tr("This desktop has no notification service; messages show at the tray icon if "
                                         "there is one. A conversation can be muted from its menu on the left."));
    note->setProperty("tone", u"second"_s);
    note->setWordWrap(true);
    layout->addWidget(note);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    layout->addWidget(buttons);

    for (QCheckBox *box : {m_enabled, m_content, m_sound, m_quiet})
        connect(box, &QCheckBox::toggled, this, &NotificationDialog::onChanged);
    for (QTimeEdit *edit : {m_from, m_to})
        connect(edit, &QTimeEdit::timeChanged, this, &NotificationDialog::onChanged);
    onChanged();
}

items::NotificationPolicy NotificationDialog::policy() const
{
    return {m_enabled->isChecked(), m_content->isChecked(),   m_sound->isChecked(),
            m_quiet->isChecked(),   minuteOf(m_from->time()), minuteOf(m_to->time())};
}

void NotificationDialog::onChanged()
{
    for (QWidget *widget : std::initializer_list<QWidget *>{m_content, m_sound, m_quiet})
        widget->setEnabled(m_enabled->isChecked());
    for (QTimeEdit *edit : {m_from, m_to})
        edit->setEnabled(m_enabled->isChecked() && m_quiet->isChecked());
    Q_EMIT policyChanged(policy());
}

} // namespace mesh::views
