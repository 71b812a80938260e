// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/shortcutsheet.h"

#include <QtWidgets/QDialogButtonBox>
#include <QtWidgets/QGridLayout>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QVBoxLayout>

#include "views/theme.h"

namespace mesh::views {

using namespace Qt::StringLiterals;

QList<ShortcutSheet::Section> ShortcutSheet::conversationKeys()
{
    return {{tr("Writing"),
             {{tr("Enter"), tr("Send")},
              {tr("Shift+Enter"), tr("New line")},
              {tr("Alt+1, 2, 3"), tr("Priority next, now, low")},
              {u"@  #  /"_s, tr("Name a peer or group, a topic, a command")},
              {tr("Up, Down, Tab"), tr("Choose a suggestion and take it")},
              {tr("Ctrl+Up, Ctrl+Down"), tr("Reply to an earlier or later message")},
              {tr("Up in an empty editor"), tr("Go to the messages")},
              {tr("Escape"), tr("Close suggestions, reply or paste; go to the newest message")}}},
            {tr("Messages"),
             {{tr("Up, Down, Page Up, Page Down"), tr("Move")},
              {tr("Home, End"), tr("First one loaded, newest one")},
              {tr("Enter"), tr("Show all of a message; send a failed one again")},
              {tr("Ctrl+C"), tr("Copy the selection, else the message")},
              {tr("Ctrl+A"), tr("Select the message; once more, all")},
              {tr("Menu"), tr("What can be done with the message")},
              {tr("Any letter"), tr("Write")}}},
            {tr("Conversations"),
             {{tr("Up, Down"), tr("Move without opening")},
              {tr("Enter"), tr("Open")},
              {tr("Menu"), tr("Pin, mute, archive, mark as read")}}}};
}

ShortcutSheet::ShortcutSheet(Theme &theme, const QList<Line> &window, QWidget *parent)
    : QDialog(parent)
{
    setObjectName(u"shortcutSheet"_s);
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Keyboard shortcuts"));
    auto *content = new QWidget;
    auto *columns = new QHBoxLayout(content);
    columns->setContentsMargins(theme.px(20), theme.px(12), theme.px(20), theme.px(12));
    columns->setSpacing(theme.px(36));
    const auto addColumn = [&](const QList<Section> &sections) {
        auto *grid = new QGridLayout;
        grid->setHorizontalSpacing(theme.px(16));
        grid->setVerticalSpacing(theme.px(6));
        int row = 0;
        for (const Section &section : sections) {
            auto *title = new QLabel(section.title);
            title->setProperty("tone", u"title"_s);
            title->setContentsMargins(0, row > 0 ? theme.px(12) : 0, 0, theme.px(4));
            grid->addWidget(title, row++, 0, 1, 2);
            for (const Line &line : section.lines) {
                auto *keys = new QLabel(line.keys);
                keys->setProperty("tone", u"second"_s);
                keys->setTextFormat(Qt::PlainText);
                auto *what = new QLabel(line.what);
                what->setTextFormat(Qt::PlainText);
                what->setWordWrap(true);
                what->setMinimumWidth(theme.px(200));
                grid->addWidget(keys, row, 0, Qt::AlignTop);
                grid->addWidget(what, row, 1, Qt::AlignTop);
                ++row;
            }
        }
        grid->setRowStretch(row, 1);
        grid->setColumnStretch(1, 1);
        columns->addLayout(grid);
    };
    addColumn({{tr("Window"), window}});
    addColumn(conversationKeys());

    auto *scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setWidget(content);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto *layout = new QVBoxLayout(this);
    layout->addWidget(scroll, 1);
    layout->addWidget(buttons);
    resize(theme.px(860), theme.px(600));
}

} // namespace mesh::views
