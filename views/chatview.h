// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QDate>
#include <QtCore/QElapsedTimer>
#include <QtCore/QHash>
#include <QtCore/QPointer>
#include <QtCore/QTimer>
#include <QtCore/QUrl>
#include <QtWidgets/QWidget>

#include <functional>
#include <optional>

#include "models/protocol/clock.h"
#include "models/protocol/command.h"
#include "models/store/historypage.h"

class QLabel;
class QPushButton;
class QStackedWidget;

namespace mesh::store {
class MeshStore;
struct ChangeSet;
} // namespace mesh::store
namespace mesh::items {
class ConversationInfo;
class FocusState;
class MessageListModel;
} // namespace mesh::items

namespace mesh::views {

class ChatHeader;
class Composer;
class ElidedLabel;
class MessageListView;
class Theme;
class TrustBar;

//! One conversation, the one of the FocusState: header, messages, what the other side does, composer. Talks outward by
//! commands and signals only.
class ChatView final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ChatView)

public:
    ChatView(Theme &theme, const protocol::Clock &clock, items::FocusState *focus, protocol::CommandSink *commands,
             QWidget *parent = nullptr);
    ~ChatView() override;

    //! nullptr: no mesh. The store must outlive the view or be taken away first.
    void setStore(store::MeshStore *store);

    [[nodiscard]] items::MessageListModel *model() const { return m_model; }
    [[nodiscard]] items::ConversationInfo *info() const { return m_info; }
    [[nodiscard]] MessageListView *list() const { return m_list; }
    [[nodiscard]] Composer *composer() const { return m_composer; }

    //! What opens an address the user has agreed to; the desktop's browser unless set.
    void setUrlOpener(std::function<void(const QUrl &)> opener);

    //! Puts the keyboard into the composer.
    void focusComposer();
    //! Reports a draft that still waits for its delay; call before the program ends.
    void flushDraft();

    //! Scrolls to a message and points it out; what surrounds it is asked for if it is not loaded. \a sentAtMs, if
    //! known, serves when the id is not.
    void goToMessage(const QString &id, qint64 sentAtMs = 0);
    //! The first message of that day or later, in the same way.
    void goToDate(const QDate &day);
    void goToFirstUnread();
    //! Shows where an address leads and opens it once the user agrees; anything but http and https is never opened.
    void askToOpen(const QString &address);
    //! Takes what was asked for with the signals below; pieces of other conversations are left.
    void takeHistory(const store::HistoryPage &page);
    //! Puts the message of a row above the editor as the one that is answered; a row without a broker's id is left.
    void replyTo(int row);

Q_SIGNALS:
    //! Older messages than those shown would be welcome: answer with takeHistory().
    void olderWanted(const mesh::protocol::ConversationId &conversation, qint64 beforeMs);
    //! The same for newer ones, after a place, and for what surrounds a target.
    void newerWanted(const mesh::protocol::ConversationId &conversation, const mesh::store::HistoryCursor &after);
    void aroundWanted(const mesh::protocol::ConversationId &conversation, const mesh::store::HistoryTarget &target);
    void peerRequested(const QString &key);
    //! The user wants to ask several peers at once, this one among them.
    void askSeveralRequested(const QString &key);
    //! Members of the open topic, and what it is about.
    void topicRequested(const QString &topicId);
    //! The user wants to leave the open topic; whoever asks whether that is meant then leaves it.
    void leaveTopicRequested(const QString &topicId);
    //! Escape with nothing left to close: the keyboard may go elsewhere.
    void leaveRequested();

protected:
    bool event(QEvent *event) override;
    void changeEvent(QEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    void build();
    QWidget *buildJoinBar();
    void joinTopic();
    void refreshJoin();
    void onThemeChanged();
    void onConversation();
    void onInfo();
    void refreshActivity();
    void refreshEmpty();
    void waitForMidnight();
    void onRowsInserted(int first, int last);
    void send(const QString &text, protocol::Priority priority);
    void retry(const QString &clientMessageId);
    void editWaiting(int row);
    void stepReply(int step);
    [[nodiscard]] int judge(const QString &text);
    void onStoreChanged(const store::ChangeSet &changes);
    void seek();
    [[nodiscard]] int soughtRow() const;
    void chooseDate();
    void showDelivery(int row);
    void compareSafetyNumbers();
    void restoreReply();
    void onEdited(bool empty);
    void setTyping(bool on);
    void markRead();
    [[nodiscard]] bool isReading() const;
    void submit(protocol::Command command);

    Theme &m_theme;
    const protocol::Clock &m_clock;
    QPointer<items::FocusState> m_focus;
    protocol::CommandSink *m_commands;
    QPointer<store::MeshStore> m_store;
    items::MessageListModel *m_model = nullptr;
    items::ConversationInfo *m_info = nullptr;

    QStackedWidget *m_pages = nullptr;
    ChatHeader *m_header = nullptr;
    MessageListView *m_list = nullptr;
    TrustBar *m_trust = nullptr;
    QLabel *m_noMessages = nullptr;
    QWidget *m_activityLine = nullptr;
    QLabel *m_activityDot = nullptr;
    ElidedLabel *m_activity = nullptr;
    Composer *m_composer = nullptr;
    QWidget *m_joinBar = nullptr; //!< in the composer's place for a topic the user is not in
    QLabel *m_joinText = nullptr;
    QPushButton *m_joinButton = nullptr;
    qint64 m_joinCommand = 0; //!< under way
    QLabel *m_emptyIcon = nullptr;

    std::function<void(const QUrl &)> m_openUrl;
    QTimer m_second; //!< runs while a shown text counts seconds
    QTimer m_typingPause;
    QTimer m_midnight; //!< "Today" is another day then
    QElapsedTimer m_typingSent;
    bool m_typing = false;
    protocol::ConversationId m_draftTarget; //!< whose draft the composer holds
    protocol::MeshId m_draftMesh;
    qint64 m_markedUpToMs = 0;
    struct Pending
    {
        QString done;
        QString failed; //!< put before the reason
    };
    struct FileOffer
    {
        protocol::ConversationId conversation;
        QString clientMessageId;
        QString text; //!< kept until it is there
        int percent = 0;
    };
    void offerFile(const QString &text);
    void cancelFile();
    void showFileOffer();
    void onFileOffers(const store::ChangeSet &changes);
    QHash<qint64, FileOffer> m_offers;            //!< by the number of the command
    QHash<qint64, Pending> m_pending;             //!< commands whose outcome the composer tells
    std::optional<store::HistoryTarget> m_sought; //!< what is asked for with aroundWanted()
};

} // namespace mesh::views
