// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/deliverydialog.h"

#include <QtWidgets/QDialogButtonBox>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QLabel>
#include <QtWidgets/QTreeWidget>
#include <QtWidgets/QVBoxLayout>

#include "models/items/displaytext.h"
#include "views/theme.h"

namespace mesh::views {

using namespace Qt::StringLiterals;

DeliveryDialog::DeliveryDialog(Theme &theme, const items::MessageRow &message, const QList<Line> &lines, Told told,
                               QWidget *parent)
    : QDialog(parent)
{
    setObjectName(u"deliveryDialog"_s);
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Who got it"));
    auto *layout = new QVBoxLayout(this);
    auto *text = new QLabel(items::oneLine(message.text, 120));
    text->setTextFormat(Qt::PlainText);
    text->setWordWrap(true);
    layout->addWidget(text);
    auto *sent = new QLabel(tr("Written %1").arg(items::exactTime(message.sentAtMs)));
    sent->setProperty("tone", u"second"_s);
    layout->addWidget(sent);
    if (lines.isEmpty()) {
        auto *none = new QLabel(tr("Nobody has confirmed it yet."));
        none->setObjectName(u"deliveryNone"_s);
        layout->addWidget(none);
    } else {
        auto *list = new QTreeWidget;
        list->setObjectName(u"deliveryList"_s);
        list->setAccessibleName(tr("Recipients"));
        list->setRootIsDecorated(false);
        const bool marks = told == Told::ReadMarks;
        if (marks)
            list->setHeaderLabels({tr("Member"), tr("Read by")});
        else
            list->setHeaderLabels({tr("Peer"), tr("Delivered"), tr("Read")});
        for (const Line &line : lines) {
            const auto time = [&](qint64 atMs) {
                return atMs > 0 ? items::exactTime(atMs) : marks ? tr("not yet") : u"\u2013"_s;
            };
            QStringList cells{line.name};
            if (!marks)
                cells.append(time(line.deliveredAtMs));
            cells.append(time(line.readAtMs));
            list->addTopLevelItem(new QTreeWidgetItem(cells));
        }
        list->header()->setSectionResizeMode(QHeaderView::ResizeToContents);
        list->setMinimumSize(theme.px(420), theme.px(160));
        layout->addWidget(list, 1);
    }
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    layout->addWidget(buttons);
}

} // namespace mesh::views
