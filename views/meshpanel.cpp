// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/meshpanel.h"

#include "models/items/displaytext.h"
#include "models/protocol/clock.h"
#include "models/protocol/command.h"
#include "models/store/meshstore.h"
#include "views/figures.h"
#include "views/meshlistmodel.h"
#include "views/theme.h"

#include <QtCore/QSortFilterProxyModel>
#include <QtGui/QAction>
#include <QtGui/QKeyEvent>
#include <QtWidgets/QButtonGroup>
#include <QtWidgets/QFrame>
#include <QtWidgets/QGridLayout>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListView>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QVBoxLayout>

namespace mesh::views {

using namespace Qt::StringLiterals;

namespace {
constexpr int kSectionColumns = 4;
}

MeshPanel::MeshPanel(Theme &theme, const protocol::Clock &time, protocol::CommandSink *sink, QWidget *parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_time(time)
    , m_sink(sink)
{
    setObjectName(u"meshPanel"_s);
    //: name of a panel for screen readers
    setAccessibleName(tr("Shared things of the mesh"));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    buildSections(column);
    m_pages = new QStackedWidget;
    m_pages->addWidget(buildList());
    m_pages->addWidget(buildInvites());
    column->addWidget(m_pages, 1);
    connect(&m_theme, &Theme::changed, this, &MeshPanel::restyle);
    restyle();
    setSection(State);
}

MeshPanel::~MeshPanel() = default;

QString MeshPanel::sectionName(Section section)
{
    switch (section) {
    case State:
        //: shared key and value pairs
        return tr("State");
    case Memory:
        return tr("Memory");
    case Tasks:
        return tr("Tasks");
    case Skills:
        return tr("Skills");
    case Files:
        return tr("Files");
    case Streams:
        return tr("Streams");
    case Services:
        return tr("Services");
    case Invites:
        return tr("Invites");
    case SectionCount:
        break;
    }
    return {};
}

void MeshPanel::buildSections(QVBoxLayout *column)
{
    m_sectionBox = new QWidget;
    auto *grid = new QGridLayout(m_sectionBox);
    m_sections = new QButtonGroup(this);
    for (int i = 0; i < SectionCount; ++i) {
        auto *button = new QPushButton(sectionName(Section(i)));
        button->setObjectName(u"meshSection%1"_s.arg(i));
        button->setCheckable(true);
        m_sections->addButton(button, i);
        grid->addWidget(button, i / kSectionColumns, i % kSectionColumns);
    }
    connect(m_sections, &QButtonGroup::idClicked, this, [this](int id) { setSection(Section(id)); });
    column->addWidget(m_sectionBox);
}

QWidget *MeshPanel::buildList()
{
    auto *page = new QWidget;
    auto *column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_tools = new QWidget;
    auto *tools = new QHBoxLayout(m_tools);
    m_filter = new QLineEdit;
    m_filter->setObjectName(u"meshFilter"_s);
    m_filter->setClearButtonEnabled(true);
    m_filter->addAction(m_theme.icon(u"search"_s, Theme::Role::Text3), QLineEdit::LeadingPosition);
    m_add = new QPushButton;
    m_add->setObjectName(u"meshAdd"_s);
    tools->addWidget(m_filter, 1);
    tools->addWidget(m_add);
    column->addWidget(m_tools);
    column->addWidget(buildForm());

    m_model = new MeshListModel(this);
    m_proxy = new QSortFilterProxyModel(this);
    m_proxy->setSourceModel(m_model);
    m_proxy->setFilterRole(Qt::AccessibleTextRole);
    m_proxy->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_list = new QListView;
    m_list->setObjectName(u"meshList"_s);
    m_list->setModel(m_proxy);
    m_list->setItemDelegate(new MeshListDelegate(m_theme, m_list));
    m_list->setUniformItemSizes(true);
    m_list->setMouseTracking(true);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_empty = new QLabel;
    m_empty->setObjectName(u"meshEmpty"_s);
    m_empty->setProperty("tone", u"second"_s);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    m_listPages = new QStackedWidget;
    m_listPages->addWidget(m_list);
    m_listPages->addWidget(m_empty);
    column->addWidget(m_listPages, 1);

    m_actions = new QWidget;
    auto *actions = new QHBoxLayout(m_actions);
    m_edit = new QPushButton;
    m_edit->setObjectName(u"meshEdit"_s);
    m_remove = new QPushButton;
    m_remove->setObjectName(u"meshRemove"_s);
    actions->addWidget(m_edit);
    actions->addWidget(m_remove);
    actions->addStretch(1);
    column->addWidget(m_actions);
    m_said = new QLabel;
    m_said->setObjectName(u"meshSaid"_s);
    m_said->setTextFormat(Qt::PlainText);
    m_said->setWordWrap(true);
    m_said->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_said->hide();
    column->addWidget(m_said);

    connect(m_add, &QPushButton::clicked, this, &MeshPanel::onAdd);
    connect(m_edit, &QPushButton::clicked, this, &MeshPanel::onEdit);
    connect(m_remove, &QPushButton::clicked, this, &MeshPanel::onRemove);
    connect(m_list, &QListView::activated, this, &MeshPanel::onEdit);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, &MeshPanel::refreshActions);
    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString &text) {
        m_proxy->setFilterFixedString(text.trimmed());
        refreshList();
    });
    connect(m_filter, &QLineEdit::returnPressed, this, &MeshPanel::onFilterEntered);
    return page;
}

QWidget *MeshPanel::buildForm()
{
    m_form = new QFrame;
    m_form->setObjectName(u"meshForm"_s);
    m_form->setProperty("surface", u"bg"_s);
    auto *column = new QVBoxLayout(m_form);
    m_formFirst = new QLineEdit;
    m_formFirst->setObjectName(u"meshFormFirst"_s);
    m_formSecond = new QLineEdit;
    m_formSecond->setObjectName(u"meshFormSecond"_s);
    m_formProblem = new QLabel;
    m_formProblem->setObjectName(u"meshFormProblem"_s);
    m_formProblem->setProperty("tone", u"error"_s);
    m_formProblem->setWordWrap(true);
    auto *buttons = new QHBoxLayout;
    m_formSave = new QPushButton;
    m_formSave->setObjectName(u"meshFormSave"_s);
    m_formSave->setProperty("primary", true);
    m_formCancel = new QPushButton(tr("Cancel"));
    m_formCancel->setObjectName(u"meshFormCancel"_s);
    buttons->addStretch(1);
    buttons->addWidget(m_formCancel);
    buttons->addWidget(m_formSave);
    column->addWidget(m_formFirst);
    column->addWidget(m_formSecond);
    column->addWidget(m_formProblem);
    column->addLayout(buttons);
    connect(m_formSave, &QPushButton::clicked, this, &MeshPanel::submitForm);
    connect(m_formCancel, &QPushButton::clicked, this, &MeshPanel::closeForm);
    connect(m_formFirst, &QLineEdit::returnPressed, this, &MeshPanel::submitForm);
    connect(m_formSecond, &QLineEdit::returnPressed, this, &MeshPanel::submitForm);
    m_form->hide();
    return m_form;
}

void MeshPanel::restyle()
{
    const int edge = m_theme.px(14);
    m_sectionBox->layout()->setContentsMargins(edge, m_theme.px(12), edge, m_theme.px(4));
    m_sectionBox->layout()->setSpacing(m_theme.px(6));
    const auto buttons = m_sections->buttons();
    for (QAbstractButton *button : buttons)
        button->setStyleSheet(u"padding: %1px %2px; min-width: 0; font-size: %3px;"_s.arg(m_theme.px(2))
                                  .arg(m_theme.px(4))
                                  .arg(m_theme.font(Theme::Text::Second).pixelSize()));
    m_tools->layout()->setContentsMargins(edge, m_theme.px(8), edge, m_theme.px(8));
    m_actions->layout()->setContentsMargins(edge, m_theme.px(8), edge, m_theme.px(10));
    m_form->layout()->setContentsMargins(edge, m_theme.px(10), edge, m_theme.px(10));
    m_empty->setContentsMargins(m_theme.px(32), 0, m_theme.px(32), 0);
    m_invites->layout()->setContentsMargins(edge, m_theme.px(12), edge, m_theme.px(12));
    m_invites->layout()->setSpacing(m_theme.px(10));
    m_add->setIcon(m_theme.icon(u"plus"_s));
}

void MeshPanel::setStore(store::MeshStore *store)
{
    if (m_store)
        m_store->disconnect(this);
    m_store = store;
    if (m_store)
        connect(m_store, &store::MeshStore::changed, this, &MeshPanel::onChanged);
    closeForm();
    m_saving.clear();
    m_said->hide();
    m_inviteLink->clear();
    refreshCounts();
    refreshList();
    if (isVisible())
        askForList();
}

void MeshPanel::onChanged(const store::ChangeSet &changes)
{
    onSaved(changes);
    if (!changes.reset && !changes.connection && !changes.listings && changes.stateKeys.isEmpty()
        && changes.memories.isEmpty() && changes.streams.isEmpty())
        return;
    if (!isVisible())
        return; // read when it is shown
    refreshCounts();
    refreshList();
}

void MeshPanel::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    refreshCounts();
    refreshList();
    askForList();
}

void MeshPanel::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape && m_form->isVisible())
        closeForm();
    else
        QWidget::keyPressEvent(event);
}

void MeshPanel::setSection(Section section)
{
    if (section != m_section) {
        closeForm();
        m_said->hide();
    }
    m_section = section;
    if (QAbstractButton *button = m_sections->button(section))
        button->setChecked(true);
    m_pages->setCurrentIndex(section == Invites ? 1 : 0);
    const QSignalBlocker blocker(m_filter);
    m_filter->clear();
    m_proxy->setFilterFixedString({});
    m_filter->setPlaceholderText(section == Memory ? tr("Recall: words to look for, then Enter") : tr("Filter"));
    //: %1 is a section such as "State"
    m_filter->setAccessibleName(tr("Filter: %1").arg(sectionName(section)));
    m_list->setAccessibleName(sectionName(section));
    m_model->setRows({});
    refreshList();
    refreshActions();
    if (isVisible())
        askForList();
}

void MeshPanel::askForList()
{
    using protocol::commands::Listing;
    using protocol::commands::Refresh;
    if (!m_store || !m_sink || !m_store->connection().online())
        return;
    const auto ask = [this](Listing what) { m_sink->submit(m_store->mesh(), Refresh{what}); };
    switch (m_section) {
    case State:
        ask(Listing::State);
        break;
    case Memory:
        ask(Listing::MeshInfo);
        break;
    case Tasks:
        ask(Listing::Tasks);
        break;
    case Skills:
        ask(Listing::Skills);
        break;
    case Files:
        ask(Listing::Files);
        break;
    case Streams:
        ask(Listing::Streams);
        break;
    case Services:
        ask(Listing::Servers);
        ask(Listing::Services);
        break;
    case Invites:
    case SectionCount:
        break;
    }
}

void MeshPanel::refreshCounts()
{
    const store::Listings none;
    const store::Listings &lists = m_store ? m_store->listings() : none;
    const qsizetype memories = m_store ? std::max<qsizetype>(lists.memoryCount, m_store->memories().size()) : 0;
    const std::array<qsizetype, Invites> counts{m_store ? m_store->stateKeys().size() : 0,
                                                memories,
                                                lists.tasks.size(),
                                                lists.skills.size(),
                                                std::max<qsizetype>(lists.fileCount, lists.files.size()),
                                                lists.streams.size(),
                                                lists.servers.size() + lists.services.size()};
    for (int i = 0; i < Invites; ++i) {
        const QString name = sectionName(Section(i));
        //: %1 is a section such as "State", %2 how many things it holds
        m_sections->button(i)->setText(
            counts[size_t(i)] > 0 ? tr("%1 %2").arg(name, Figures::compact(double(counts[size_t(i)]))) : name);
    }
}

void MeshPanel::refreshList()
{
    if (m_section == Invites)
        return;
    QList<MeshListRow> rows;
    if (m_store) {
        const qint64 now = m_time.nowMs();
        switch (m_section) {
        case State:
            rows = meshrows::state(*m_store, now);
            break;
        case Memory:
            rows = meshrows::memories(*m_store, now);
            break;
        case Tasks:
            rows = meshrows::tasks(*m_store, now);
            break;
        case Skills:
            rows = meshrows::skills(*m_store, now);
            break;
        case Files:
            rows = meshrows::files(*m_store, now);
            break;
        case Streams:
            rows = meshrows::streams(*m_store, now);
            break;
        case Services:
            rows = meshrows::services(*m_store, now);
            break;
        case Invites:
        case SectionCount:
            break;
        }
    }
    m_model->setRows(rows);
    m_listPages->setCurrentIndex(m_proxy->rowCount() > 0 ? 0 : 1);
    if (!m_store)
        m_empty->setText(tr("No mesh is open."));
    else if (!rows.isEmpty())
        m_empty->setText(m_section == Memory ? tr("No memory at hand matches. Press Enter to recall from the mesh.")
                                             : tr("Nothing matches the filter."));
    else
        m_empty->setText(emptyText());
    refreshActions();
}

QString MeshPanel::emptyText() const
{
    switch (m_section) {
    case State:
        return tr("Keys and values that peers share appear here. Set the first one with “Set value”.");
    case Memory:
        return tr("The mesh is asked by words: type some and press Enter to recall what peers remembered, or remember "
                  "something yourself.");
    case Tasks:
        return tr("Tasks that peers open, claim and complete appear here. Open one with “New task”.");
    case Skills:
        return tr("Skills that peers share appear here.");
    case Files:
        return tr("Files that peers share appear here.");
    case Streams:
        return tr("Streams of data that peers publish appear here.");
    case Services:
        return tr("MCP servers and deployed services of the mesh appear here.");
    case Invites:
    case SectionCount:
        break;
    }
    return {};
}

void MeshPanel::refreshActions()
{
    const bool online = m_store && m_store->connection().online() && m_sink;
    const bool chosen = !currentKey().isEmpty();
    const std::array<QString, SectionCount> add{tr("Set value"), tr("Remember"), tr("New task"), {}, {}, {}, {}, {}};
    const std::array<QString, SectionCount> edit{tr("Edit"),      {}, tr("Claim"), {}, tr("Save as…"),
                                                 tr("Subscribe"), {}, {}};
    const std::array<QString, SectionCount> remove{QString(), tr("Forget"), tr("Complete"), {}, {}, {}, {}, {}};
    const auto apply = [&](QPushButton *button, const QString &text, bool enabled) {
        button->setText(text);
        button->setVisible(!text.isEmpty());
        button->setEnabled(enabled);
    };
    apply(m_add, add[size_t(m_section)], online);
    apply(m_edit, edit[size_t(m_section)], online && chosen);
    apply(m_remove, remove[size_t(m_section)], online && chosen);
    m_remove->setProperty("danger", m_section == Memory);
    m_actions->setVisible(!edit[size_t(m_section)].isEmpty() || !remove[size_t(m_section)].isEmpty());
}

QString MeshPanel::currentKey() const
{
    return m_list->currentIndex().data(MeshListModel::KeyRole).toString();
}

} // namespace mesh::views
