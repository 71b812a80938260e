// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/safetydialog.h"

#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtWidgets/QDialogButtonBox>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QVBoxLayout>

#include "models/protocol/safetynumber.h"
#include "views/theme.h"

namespace mesh::views {

using namespace Qt::StringLiterals;
using items::KeyTrust;

SafetyDialog::SafetyDialog(Theme &theme, const Sides &sides, QWidget *parent)
    : QDialog(parent)
{
    setObjectName(u"safetyDialog"_s);
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Safety number"));
    auto *layout = new QVBoxLayout(this);
    layout->setSpacing(theme.px(12));
    const auto words = [&](const QString &name, const QString &text, const QString &tone) {
        auto *label = new QLabel(text);
        label->setObjectName(name);
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
        label->setProperty("tone", tone);
        layout->addWidget(label);
        return label;
    };
    const auto own = protocol::PublicKey::fromHex(sides.ownKey);
    const auto peer = protocol::PublicKey::fromHex(sides.peerKey);
    const QString number = own && peer ? protocol::safetyNumber(*own, *peer) : QString();
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    if (number.isEmpty()) {
        words(u"safetyMissing"_s,
              tr("The key of %1 is not known yet; it comes with the list of peers, once both are connected.")
                  .arg(sides.peerName),
              u"second"_s);
        layout->addWidget(buttons);
        return;
    }
    if (sides.trust == KeyTrust::Changed)
        words(u"safetyChanged"_s,
              tr("The key changed. Compare the number again before you write anything that matters."), u"error"_s);
    words(u"safetyHow"_s,
          tr("Ask %1 over another way, by voice or face to face, to read out its safety number. If both are the same, "
             "nobody stands between you.")
              .arg(sides.peerName),
          u"second"_s);
    QStringList groups = number.split(u' ');
    groups[2] += u'\n'; // two rows of three are read out more easily
    QLabel *digits = words(u"safetyNumber"_s, groups.join(u"   "_s).replace(u"\n   "_s, u"\n"_s), {});
    QFont font = theme.font(Theme::Text::Mono);
    font.setPixelSize(theme.px(22));
    digits->setFont(font);
    digits->setAlignment(Qt::AlignCenter);
    digits->setMargin(theme.px(10));
    digits->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    digits->setAccessibleName(tr("Safety number: %1").arg(number));

    QPushButton *copy = buttons->addButton(tr("Copy"), QDialogButtonBox::ActionRole);
    copy->setObjectName(u"safetyCopy"_s);
    connect(copy, &QPushButton::clicked, this, [number] { QGuiApplication::clipboard()->setText(number); });
    const bool verified = sides.trust == KeyTrust::Verified;
    if (verified)
        words(u"safetyState"_s, tr("You have compared it, and it was the same."), u"second"_s);
    QPushButton *verdict =
        buttons->addButton(verified ? tr("Take that back") : tr("Mark as verified"), QDialogButtonBox::ActionRole);
    verdict->setObjectName(u"safetyVerdict"_s);
    verdict->setProperty("primary", !verified);
    verdict->setAutoDefault(false); // comparing comes first: Enter must not decide
    connect(verdict, &QPushButton::clicked, this, [this, verified] {
        Q_EMIT decided(!verified);
        accept();
    });
    buttons->button(QDialogButtonBox::Close)->setDefault(true);
    layout->addWidget(buttons);
    setMinimumWidth(theme.px(420));
}

} // namespace mesh::views
