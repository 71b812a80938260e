// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/expected.h"

#include <QtCore/QHash>
#include <QtCore/QJsonValue>
#include <QtCore/QPointer>
#include <QtWidgets/QWidget>

#include <functional>

class QButtonGroup;
class QFrame;
class QLabel;
class QLineEdit;
class QListView;
class QPushButton;
class QSortFilterProxyModel;
class QStackedWidget;
class QVBoxLayout;

namespace mesh::protocol {
class Clock;
class CommandSink;
} // namespace mesh::protocol
namespace mesh::store {
class MeshStore;
struct ChangeSet;
} // namespace mesh::store

namespace mesh::views {

class MeshListModel;
class Theme;

//! What a mesh shares: state, memory, tasks, skills, files, streams and services, and invites to it. One section is
//! shown at a time; its list is asked for again when it is opened. Every change goes through the CommandSink, and what
//! is shown changes when the mesh says that it did.
class MeshPanel final : public QWidget
{
    Q_OBJECT
public:
    //! Makes an invite link for a role ("member" or "admin"), or says why it cannot.
    using InviteProvider = std::function<protocol::Expected<QString>(const QString &role)>;

    enum Section { State, Memory, Tasks, Skills, Files, Streams, Services, Invites, SectionCount };

    MeshPanel(Theme &theme, const protocol::Clock &time, protocol::CommandSink *sink, QWidget *parent = nullptr);
    ~MeshPanel() override;

    void setStore(store::MeshStore *store);
    //! Without one the section says that only the mesh's owner can invite.
    void setInviteProvider(InviteProvider provider);
    void setSection(Section section);
    Section section() const { return m_section; }
    //! Fetches a file of the mesh and writes it to \a path, replacing what is there.
    void saveFile(const QString &fileId, const QString &path);
    static QString sectionName(Section section);

protected:
    void showEvent(QShowEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    void buildSections(QVBoxLayout *column);
    QWidget *buildList();
    QWidget *buildForm();
    QWidget *buildInvites();
    void restyle();
    void onChanged(const store::ChangeSet &changes);
    void refreshCounts();
    void refreshList();
    void refreshActions();
    void askForList();
    QString currentKey() const;
    QString emptyText() const;

    void openForm(const QString &first, const QString &second, bool firstLocked);
    void closeForm();
    void submitForm();
    void onAdd();
    void onEdit();
    void onRemove();
    void askWhereToSave(const QString &fileId);
    void onSaved(const store::ChangeSet &changes);
    //! What became of the file that was saved last, below the list.
    void say(const QString &sentence, bool isProblem);
    void onFilterEntered();
    void makeInvite(const QString &role);

    Theme &m_theme;
    const protocol::Clock &m_time;
    protocol::CommandSink *m_sink;
    QPointer<store::MeshStore> m_store;
    InviteProvider m_inviteProvider;
    Section m_section = State;

    QButtonGroup *m_sections = nullptr;
    QWidget *m_sectionBox = nullptr;
    QStackedWidget *m_pages = nullptr;
    QStackedWidget *m_listPages = nullptr;
    QWidget *m_tools = nullptr;
    QLineEdit *m_filter = nullptr;
    QPushButton *m_add = nullptr;
    QPushButton *m_edit = nullptr;
    QPushButton *m_remove = nullptr;
    QWidget *m_actions = nullptr;
    QListView *m_list = nullptr;
    QLabel *m_empty = nullptr;
    QLabel *m_said = nullptr;
    QHash<qint64, QString> m_saving; //!< command under way -> path
    MeshListModel *m_model = nullptr;
    QSortFilterProxyModel *m_proxy = nullptr;

    QFrame *m_form = nullptr;
    QLineEdit *m_formFirst = nullptr;
    QLineEdit *m_formSecond = nullptr;
    QLabel *m_formProblem = nullptr;
    QPushButton *m_formSave = nullptr;
    QPushButton *m_formCancel = nullptr;

    QWidget *m_invites = nullptr;
    QLabel *m_inviteText = nullptr;
    QLineEdit *m_inviteLink = nullptr;
    QPushButton *m_inviteMember = nullptr;
    QPushButton *m_inviteAdmin = nullptr;
    QPushButton *m_inviteCopy = nullptr;
};

//! What a person typed as a value of a shared key: JSON where it is JSON, else text. Undefined where it is empty or
//! null, which brokers drop without a word.
QJsonValue stateValueFromText(const QString &text);

} // namespace mesh::views
