// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtTest/QTest>
#include <QtWidgets/QLabel>

#include "models/items/focusstate.h"
#include "tests/items/storefixture.h"
#include "views/chatview.h"
#include "views/completionpopup.h"
#include "views/composeredit.h"
#include "views/messagelayout.h"
#include "views/messagelistview.h"
#include "views/theme.h"

namespace mesh::test {

//! A chat on the screen with one peer, sales-rep-1, and a few others; no conversation is open yet.
struct ChatScene : StoreFixture
{
    explicit ChatScene(int width = 380)
    {
        online();
        list({peer(1, u"sales-rep-1"_s), peer(2, u"qa"_s), peer(3, u"api"_s)});
        focus.setMesh(kMesh);
        chat.setStore(&store);
        chat.resize(width, 640);
        chat.show();
    }
    template <class T>
    T *find(const QString &name)
    {
        return chat.findChild<T *>(name);
    }
    views::ComposerEdit *edit() { return find<views::ComposerEdit>(u"composerEdit"_s); }
    views::CompletionPopup *popup() { return find<views::CompletionPopup>(u"completionPopup"_s); }
    QLabel *note() { return find<QLabel>(u"composerNote"_s); }
    views::MessageListView *messages() { return chat.list(); }
    QWidget *viewport() { return chat.list()->viewport(); }
    void type(const QString &text) { QTest::keyClicks(edit(), text); }
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = {}) { QTest::keyClick(edit(), key, modifiers); }
    void fill(int n)
    {
        for (int i = 0; i < n; ++i)
            receive(1, u"message number %1 that may be long enough for two lines of the bubble"_s.arg(i),
                    clock.now + i);
    }
    //! Height and place of a row on the screen, as the reading position.
    int topOf(int row) { return chat.list()->rowRect(row).top(); }
    //! Centre of the first point of a row where the layout says \a part.
    QPoint pointOf(int row, views::MessageHit::Part part)
    {
        const QRect rect = messages()->rowRect(row);
        for (int y = 0; y < rect.height(); y += 2) {
            for (int x = 0; x < rect.width(); x += 3) {
                if (messages()->layoutOf(row)->hitTest(QPointF(x, y)).part == part)
                    return QPoint(x, rect.top() + y);
            }
        }
        return {-1, -1};
    }
    //! Ends the newest command of a kind.
    template <class T>
    void finish(bool ok, const QString &detail = {})
    {
        events::CommandFinished finished;
        for (qsizetype i = 0; i < sink.commands.size(); ++i) {
            if (protocol::holds<T>(sink.commands.at(i).second))
                finished.commandId = i + 1;
        }
        finished.ok = ok;
        finished.detail = detail;
        apply(finished);
    }

    views::Theme theme;
    items::FocusState focus;
    views::ChatView chat{theme, clock, &focus, &sink};
};

//! The same, wider, with the conversation with sales-rep-1.
struct OpenChat : ChatScene
{
    OpenChat()
        : ChatScene(420)
    {
        focus.setConversation(direct(1));
    }
};

} // namespace mesh::test
