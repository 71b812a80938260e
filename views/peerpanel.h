// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QPointer>
#include <QtCore/QTimer>
#include <QtWidgets/QWidget>

#include <functional>

class QLabel;
class QPushButton;
class QStackedWidget;
class QToolButton;
class QVBoxLayout;

namespace mesh::protocol {
class Clock;
}
namespace mesh::store {
class MeshStore;
struct ChangeSet;
struct Peer;
} // namespace mesh::store
namespace mesh::items {
class FocusState;
}

namespace mesh::views {

class PeerAvatar;
class Theme;

//! Everything known of the selected peer (FocusState::selectedPeer). Does nothing while hidden.
class PeerPanel final : public QWidget
{
    Q_OBJECT
public:
    //! Six groups of five digits for one's own and the peer's MEMBER key (hex); empty when there is none.
    using SafetyNumberProvider = std::function<QString(const QString &ownMemberKey, const QString &peerMemberKey)>;

    PeerPanel(Theme &theme, const protocol::Clock &time, items::FocusState *focus, QWidget *parent = nullptr);
    ~PeerPanel() override;

    void setStore(store::MeshStore *store);
    void setSafetyNumberProvider(SafetyNumberProvider provider);

Q_SIGNALS:
    //! The user wants to write to this peer.
    void messageRequested(const QString &peerKey);

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    enum Field {
        Title,
        Bio,
        Groups,
        Capabilities,
        Model,
        Host,
        Folder,
        Channel,
        ConnectedSince,
        LastSeen,
        Context,
        Tokens,
        Cost,
        Activity,
        Traffic,
        SessionKey,
        MemberKey,
        Safety,
        FieldCount
    };

    void buildHead(QVBoxLayout *column);
    void buildFields(QVBoxLayout *column);
    void addSection(QVBoxLayout *column, const QString &title);
    void addField(QVBoxLayout *column, Field field, const char *name, const QString &caption, bool mono = false);
    void set(Field field, const QString &text, const QString &toolTip = {});
    void restyle();
    void onChanged(const store::ChangeSet &changes);
    void refresh();
    void showPeer(const store::Peer &peer);
    void showStats(const store::Peer &peer);
    void showRecent(const store::Peer &peer);
    void copyKey();

    Theme &m_theme;
    const protocol::Clock &m_time;
    items::FocusState *m_focus;
    QPointer<store::MeshStore> m_store;
    SafetyNumberProvider m_safetyNumber;
    QTimer m_timer;
    QTimer m_copied;

    QStackedWidget *m_pages = nullptr;
    QLabel *m_empty = nullptr;
    QWidget *m_body = nullptr;
    PeerAvatar *m_avatar = nullptr;
    QLabel *m_name = nullptr;
    QLabel *m_status = nullptr;
    QLabel *m_summary = nullptr;
    QPushButton *m_message = nullptr;
    QPushButton *m_copy = nullptr;
    struct FieldRow
    {
        QWidget *row = nullptr;
        QLabel *caption = nullptr;
        QLabel *value = nullptr;
    };
    FieldRow m_fields[FieldCount];
    QLabel *m_recent = nullptr;
    QList<QLabel *> m_sections;
};

} // namespace mesh::views
