// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/historyactions.h"

#include <QtCore/QFileInfo>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QInputDialog>
#include <QtWidgets/QMessageBox>
#include <QtWidgets/QPushButton>

#include <algorithm>
#include <limits>

#include "app/workspace.h"
#include "models/items/displaytext.h"
#include "models/items/focusstate.h"
#include "models/items/topicinfo.h"
#include "models/store/historyexport.h"

namespace mesh::app {

using namespace Qt::StringLiterals;
using protocol::ConversationId;
using store::RetentionRule;
using store::SearchPlace;

namespace {

constexpr int hourMs = 3'600'000;
constexpr qint64 dayMs = 24LL * hourMs;
constexpr qint64 megabyte = 1'000'000;

struct Choice
{
    QString text;
    qint64 maxAgeMs = 0;
    qint64 maxBytes = 0;
};

QList<Choice> retentionChoices()
{
    const auto tr = [](const char *text) { return HistoryActions::tr(text); };
    return {{tr("Everything, for ever"), 0, 0},         {tr("The last 7 days"), 7 * dayMs, 0},
            {tr("The last 30 days"), 30 * dayMs, 0},    {tr("The last 365 days"), 365 * dayMs, 0},
            {tr("The newest 10 MB"), 0, 10 * megabyte}, {tr("The newest 100 MB"), 0, 100 * megabyte}};
}

store::ExportFormat formatOf(const QString &path)
{
    const QString suffix = QFileInfo(path).suffix().toLower();
    if (suffix == "html"_L1 || suffix == "htm"_L1)
        return store::ExportFormat::Html;
    return suffix == "md"_L1 ? store::ExportFormat::Markdown : store::ExportFormat::Json;
}

} // namespace

HistoryActions::HistoryActions(const protocol::Clock &clock, items::FocusState &focus, Workspace &workspace,
                               QWidget *window)
    : QObject(window)
    , m_clock(clock)
    , m_focus(focus)
    , m_workspace(workspace)
    , m_window(window)
    , m_choosePath([this](const QString &suggested) {
        return QFileDialog::getSaveFileName(m_window, tr("Export the conversation"), suggested,
                                            tr("Web page (*.html);;Markdown (*.md);;JSON (*.json)"));
    })
{
    m_hour.setInterval(hourMs);
    connect(&m_hour, &QTimer::timeout, this, &HistoryActions::applyRules);
    m_hour.start();
    connect(&workspace, &Workspace::retentionKnown, this, [this](const QList<RetentionRule> &rules) {
        m_rules = rules;
        applyRules();
    });
    connect(&workspace, &Workspace::historyRemoved, this,
            [this](const protocol::MeshId &mesh, const ConversationId &conversation, qint64 upToMs) {
                store::MeshStore *store = m_workspace.store(mesh);
                if (!store || !m_workspace.journal())
                    return;
                store->forgetMessages(conversation, upToMs, false);
                m_workspace.journal()->saveSnapshot(mesh, store->snapshot());
            });
    connect(&workspace, &Workspace::exported, this, [this](const QString &path, qint64 count, const QString &error) {
        Q_EMIT told(error.isEmpty() ? tr("%n message(s) are in %1, readable without a key.", nullptr, int(count))
                                          .arg(QFileInfo(path).fileName())
                                    : tr("The export failed: %1. Nothing was written.").arg(error));
    });
}

std::optional<SearchPlace> HistoryActions::place()
{
    if (m_focus.conversation() && m_workspace.store(m_focus.mesh()) && m_workspace.journal())
        return SearchPlace{m_focus.mesh(), *m_focus.conversation()};
    Q_EMIT told(m_workspace.journal() ? tr("Open a conversation first.") : tr("Nothing is stored here."));
    return std::nullopt;
}

QList<ConversationId> HistoryActions::partsOf(const SearchPlace &place) const
{
    const store::MeshStore *store = m_workspace.store(place.mesh);
    const ConversationId id = store->resolve(place.conversation);
    return QList<ConversationId>{id} + store->mergedInto(id);
}

QString HistoryActions::titleOf(const SearchPlace &place) const
{
    switch (place.conversation.kind) {
    case protocol::ConversationKind::Notes:
        return tr("Notes");
    case protocol::ConversationKind::Broadcast:
        return tr("Everyone");
    case protocol::ConversationKind::System:
        return tr("System");
    default:
        break;
    }
    if (place.conversation.kind == protocol::ConversationKind::Topic) {
        if (const auto topic = items::topicOf(*m_workspace.store(place.mesh), place.conversation.key))
            return topic->title;
    }
    const store::Conversation *conversation = m_workspace.store(place.mesh)->conversation(place.conversation);
    return items::displayName(conversation ? conversation->title : QString(), place.conversation.key);
}

void HistoryActions::exportConversation()
{
    const auto chosen = place();
    if (!chosen)
        return;
    auto *box = new QMessageBox(QMessageBox::Warning, tr("Export"),
                                tr("Export the conversation %1?").arg(titleOf(*chosen)), QMessageBox::Cancel, m_window);
    box->setObjectName(u"exportDialog"_s);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::PlainText);
    box->setInformativeText(tr("The file will not be sealed: whoever can read it can read every message in it. Choose "
                               "the format by the name's ending: .html, .md or .json."));
    QPushButton *go = box->addButton(tr("Choose a file…"), QMessageBox::AcceptRole);
    go->setObjectName(u"exportButton"_s);
    box->setDefaultButton(QMessageBox::Cancel);
    connect(go, &QPushButton::clicked, this, [this, at = *chosen] {
        if (const QString path = m_choosePath(u"conversation.html"_s); !path.isEmpty())
            writeExport(at, path);
    });
    box->open();
}

void HistoryActions::writeExport(const SearchPlace &place, const QString &path)
{
    const store::MeshStore *store = m_workspace.store(place.mesh);
    if (!store || !m_workspace.journal())
        return;
    store::ExportRequest request;
    request.mesh = place.mesh;
    request.meshName = m_workspace.nameOf(place.mesh);
    request.parts = partsOf(place);
    request.title = titleOf(place);
    request.ownName = tr("You");
    for (const store::Peer &peer : store->peers())
        request.names.insert(peer.key, peer.name);
    request.format = formatOf(path);
    request.path = path;
    m_workspace.journal()->exportConversation(request);
}

void HistoryActions::removeConversation()
{
    const auto chosen = place();
    if (!chosen)
        return;
    auto *box = new QMessageBox(QMessageBox::Warning, tr("Remove"),
                                tr("Remove the conversation %1 from this computer?").arg(titleOf(*chosen)),
                                QMessageBox::Cancel, m_window);
    box->setObjectName(u"removeDialog"_s);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::PlainText);
    QString words = tr("Its messages and draft are overwritten, and the search forgets them. This cannot be undone. "
                       "What others have of it stays with them.");
    if (chosen->conversation.kind == protocol::ConversationKind::Topic)
        words += u' ' + tr("You also leave the topic. Who joins it again can read it again from the broker.");
    box->setInformativeText(words);
    QPushButton *go = box->addButton(tr("Remove for good"), QMessageBox::DestructiveRole);
    go->setObjectName(u"removeButton"_s);
    box->setDefaultButton(QMessageBox::Cancel);
    connect(go, &QPushButton::clicked, this, [this, at = *chosen] { remove(at); });
    box->open();
}

void HistoryActions::remove(const SearchPlace &place)
{
    store::MeshStore *store = m_workspace.store(place.mesh);
    if (!store || !m_workspace.journal())
        return;
    constexpr qint64 all = std::numeric_limits<qint64>::max();
    const QList<ConversationId> parts = partsOf(place);
    const QString title = titleOf(place);
    m_focus.setConversation(std::nullopt);
    // In a topic one is in, history and news would come back from the broker.
    if (parts.first().kind == protocol::ConversationKind::Topic) {
        protocol::TopicLeave leave;
        leave.topic = parts.first().key;
        m_workspace.commands().submit(place.mesh, protocol::commands::Request{leave});
    }
    // What came and waits in the queue belongs to it too; the store forgets first, so that no snapshot has it again.
    m_workspace.drain().drainNow();
    store->forgetMessages(parts.first(), all, true);
    m_workspace.journal()->removeHistory(place.mesh, parts, all, true);
    Q_EMIT told(tr("The conversation %1 was removed.").arg(title));
}

void HistoryActions::chooseRetention()
{
    const auto chosen = place();
    if (!chosen)
        return;
    const QList<Choice> choices = retentionChoices();
    QStringList texts;
    for (const Choice &choice : choices)
        texts << choice.text;
    const ConversationId id = partsOf(*chosen).first();
    int now = 0;
    for (const RetentionRule &rule : std::as_const(m_rules)) {
        for (int i = 0; i < choices.size() && rule.mesh == chosen->mesh && rule.parts.value(0) == id; ++i)
            now = choices[i].maxAgeMs == rule.maxAgeMs && choices[i].maxBytes == rule.maxBytes ? i : now;
    }
    auto *dialog = new QInputDialog(m_window);
    dialog->setObjectName(u"retentionDialog"_s);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Keep"));
    dialog->setLabelText(
        tr("How much of %1 is kept on this computer? The rest is removed for good.").arg(titleOf(*chosen)));
    dialog->setComboBoxItems(texts);
    dialog->setTextValue(texts.at(now));
    connect(dialog, &QInputDialog::textValueSelected, this, [this, choices, texts, at = *chosen](const QString &text) {
        if (const qsizetype i = texts.indexOf(text); i >= 0)
            setRule(at, choices[i].maxAgeMs, choices[i].maxBytes);
    });
    dialog->open();
}

void HistoryActions::setRule(const SearchPlace &place, qint64 maxAgeMs, qint64 maxBytes)
{
    if (!m_workspace.journal() || !m_workspace.store(place.mesh))
        return;
    const QList<ConversationId> parts = partsOf(place);
    QList<RetentionRule> rules = m_rules;
    rules.removeIf(
        [&](const RetentionRule &rule) { return rule.mesh == place.mesh && rule.parts.value(0) == parts.first(); });
    if (maxAgeMs > 0 || maxBytes > 0)
        rules.append({place.mesh, parts, maxAgeMs, maxBytes});
    m_workspace.journal()->setRetention(rules);
}

void HistoryActions::applyRules()
{
    if (!m_rules.isEmpty() && m_workspace.journal())
        m_workspace.journal()->applyRetention(m_clock.nowMs());
}

} // namespace mesh::app
