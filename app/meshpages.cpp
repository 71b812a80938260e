// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/meshpages.h"

#include "app/workspace.h"
#include "models/items/displaytext.h"
#include "models/protocol/invite.h"
#include "models/protocol/invitedesk.h"
#include "views/invitepage.h"
#include "views/sessionspage.h"
#include "views/templatespage.h"

#include <QtCore/QUrl>

namespace mesh::app {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype kHostChars = 80;

void present(QDialog *page)
{
    page->show();
    page->raise();
    page->activateWindow();
}

} // namespace

MeshPages::MeshPages(views::Theme &theme, const protocol::Clock &clock, Workspace &workspace,
                     const QString &templateFolder, QWidget *window)
    : QObject(window)
    , m_theme(theme)
    , m_clock(clock)
    , m_workspace(workspace)
    , m_window(window)
    , m_shelf(templateFolder)
    , m_applier(workspace.commands())
{
    connect(&m_applier, &items::TemplateApplier::finished, this, [this](const items::TemplateOutcome &outcome) {
        if (m_templates && m_templates->isVisible())
            m_templates->showOutcome(outcome);
        else if (!outcome.failures.isEmpty())
            Q_EMIT noticed(tr("Not all of the template is in the mesh: %1").arg(outcome.failures.join(u"; "_s)));
    });
}

MeshPages::~MeshPages() = default;

void MeshPages::setPersonal(const session::MeshProfile &profile, protocol::InviteDesk &desk, const QString &userName)
{
    clearPersonal();
    m_personal = profile;
    m_desk = &desk;
    m_userName = userName;
}

void MeshPages::clearPersonal()
{
    // They talk to a desk that goes away.
    delete m_invites;
    delete m_sessions;
    m_desk = nullptr;
}

void MeshPages::setCurrent(const protocol::MeshId &mesh)
{
    m_current = mesh;
    if (m_templates)
        m_templates->setMesh(m_workspace.nameOf(mesh), m_workspace.store(mesh) != nullptr);
}

bool MeshPages::needsPersonal()
{
    if (m_desk)
        return false;
    Q_EMIT noticed(tr("Only the owner of a mesh can make invites. Start the personal mesh first; that one is yours."));
    return true;
}

void MeshPages::invitePeople()
{
    if (needsPersonal())
        return;
    if (!m_invites) {
        m_invites = new views::InvitePage(m_theme, m_clock, *m_desk, m_workspace.nameOf(m_personal.meshId),
                                          reachOf(m_personal.brokerUrl), m_window);
    }
    present(m_invites);
}

void MeshPages::connectSessions()
{
    store::MeshStore *store = m_workspace.store(m_personal.meshId);
    if (needsPersonal() || !store)
        return;
    if (!m_sessions) {
        m_sessions = new views::SessionsPage(
            m_theme, m_clock, *m_desk, *store,
            {m_workspace.nameOf(m_personal.meshId), m_personal.slug, m_personal.brokerUrl, m_userName}, m_window);
        connect(m_sessions, &views::SessionsPage::invitePeopleRequested, this, &MeshPages::invitePeople);
        connect(m_sessions, &views::SessionsPage::samplesRequested, this, &MeshPages::samplesRequested);
    }
    present(m_sessions);
}

void MeshPages::showTemplates()
{
    if (!m_templates) {
        m_templates = new views::TemplatesPage(m_theme, m_shelf, m_window);
        connect(m_templates, &views::TemplatesPage::applyRequested, this,
                [this](const protocol::MeshTemplate &meshTemplate) {
                    store::MeshStore *store = m_workspace.store(m_current);
                    if (!store || !m_applier.apply(meshTemplate, *store)) {
                        items::TemplateOutcome refused;
                        refused.failures << tr("another template is being put into a mesh; try again in a moment");
                        m_templates->showOutcome(refused);
                    }
                });
        setCurrent(m_current);
    }
    present(m_templates);
}

void MeshPages::applyQuietly(const QString &templateKey, const protocol::MeshId &mesh)
{
    const int index = m_shelf.indexOf(templateKey);
    const auto chosen =
        index >= 0 ? std::optional(m_shelf.entries().at(index).content) : protocol::builtInTemplate(u"personal"_s);
    store::MeshStore *store = m_workspace.store(mesh);
    if (store && chosen)
        m_applier.apply(*chosen, *store);
}

QString MeshPages::reachOf(const QString &brokerUrl)
{
    const QString host = QUrl(brokerUrl).host();
    if (protocol::isLoopbackHost(host))
        return tr("It listens on this computer only, so links work here.");
    //: %1: name of a computer, or its address
    return tr("Links work on every computer that reaches %1.").arg(items::oneLine(host, kHostChars));
}

} // namespace mesh::app
