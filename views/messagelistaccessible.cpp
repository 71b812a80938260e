// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/messagelistaccessible.h"

#include "models/items/displaytext.h"
#include "models/items/messagelistmodel.h"
#include "views/messagelistview.h"

namespace mesh::views {

using namespace Qt::StringLiterals;

namespace {

constexpr int kSpokenChars = 2'000;

QAccessibleInterface *makeMessageList(const QString &className, QObject *object)
{
    auto *view = className == "mesh::views::MessageListView"_L1 ? qobject_cast<MessageListView *>(object) : nullptr;
    return view ? new MessageListAccessible(view) : nullptr;
}

} // namespace

MessageListAccessible::MessageListAccessible(MessageListView *view)
    : QAccessibleWidget(view, QAccessible::List)
{
}

MessageListAccessible::~MessageListAccessible()
{
    for (const QAccessible::Id id : std::as_const(m_items))
        QAccessible::deleteAccessibleInterface(id);
}

void MessageListAccessible::install()
{
    static const bool once = [] {
        QAccessible::installFactory(makeMessageList);
        return true;
    }();
    Q_UNUSED(once)
}

MessageListView *MessageListAccessible::view() const
{
    return static_cast<MessageListView *>(widget());
}

int MessageListAccessible::childCount() const
{
    const auto *model = view()->model();
    return model ? model->rowCount() : 0;
}

QAccessibleInterface *MessageListAccessible::child(int index) const
{
    const auto *model = view()->model();
    if (!model || index < 0 || index >= model->rowCount())
        return nullptr;
    const quint64 seq = model->seqAt(index);
    const auto known = m_items.constFind(seq);
    if (known != m_items.cend())
        return QAccessible::accessibleInterface(*known);
    auto *item = new MessageAccessible(view(), seq);
    m_items.insert(seq, QAccessible::registerAccessibleInterface(item));
    return item;
}

QAccessibleInterface *MessageListAccessible::childAt(int x, int y) const
{
    const int row = view()->rowAt(view()->viewport()->mapFromGlobal(QPoint(x, y)));
    return row >= 0 ? child(row) : nullptr;
}

int MessageListAccessible::indexOfChild(const QAccessibleInterface *child) const
{
    const auto *item = dynamic_cast<const MessageAccessible *>(child);
    return item ? item->row() : -1;
}

QAccessibleInterface *MessageListAccessible::focusChild() const
{
    const int row = view()->currentRow();
    return view()->hasFocus() && row >= 0 ? child(row) : nullptr;
}

QString MessageListAccessible::text(QAccessible::Text what) const
{
    if (what == QAccessible::Description)
        return MessageListView::tr("%n message(s) loaded", nullptr, childCount());
    return QAccessibleWidget::text(what);
}

MessageAccessible::MessageAccessible(MessageListView *view, quint64 seq)
    : m_view(view)
    , m_seq(seq)
{
}

int MessageAccessible::row() const
{
    const auto *model = m_view ? m_view->model() : nullptr;
    return model ? model->rowOfSeq(m_seq) : -1;
}

bool MessageAccessible::isValid() const
{
    return row() >= 0;
}

QAccessibleInterface *MessageAccessible::parent() const
{
    return m_view ? QAccessible::queryAccessibleInterface(m_view) : nullptr;
}

QString MessageAccessible::text(QAccessible::Text what) const
{
    const int at = row();
    if (at < 0)
        return {};
    const items::MessageRow message = m_view->model()->row(at);
    if (what == QAccessible::Description) {
        const MessageLayout *layout = m_view->layoutOf(at);
        return layout ? layout->footText() : QString();
    }
    if (what != QAccessible::Name && what != QAccessible::Value)
        return {};
    QStringList parts;
    if (!message.beginning.isEmpty())
        parts.append(MessageListView::tr("Beginning of %1", "a topic").arg(message.beginning));
    parts.append(message.own ? MessageListView::tr("You") : message.senderName);
    if (!message.notice.isEmpty())
        parts.append(message.notice);
    if (message.keyChanged)
        parts.append(MessageListView::tr("key changed"));
    if (!message.imitates.isEmpty())
        parts.append(MessageListView::tr("not %1", "a name that looks like another's").arg(message.imitates));
    parts.append(items::timeOfDay(message.sentAtMs));
    if (!message.replySender.isEmpty())
        parts.append(MessageListView::tr("reply to %1").arg(message.replySender));
    if (message.own)
        parts.append(MessageLayout::stateWord(message.state));
    const QString words = message.body == protocol::BodyKind::Undecryptable
        ? (message.closedReason.isEmpty() ? MessageListView::tr("could not be opened") : message.closedReason)
        : plainText(parseMessage(QStringView(message.text).left(kSpokenChars)));
    return parts.join(u", "_s) + u": "_s + words;
}

QRect MessageAccessible::rect() const
{
    const int at = row();
    const QRect shown = at >= 0 ? m_view->rowRect(at) : QRect();
    return shown.isNull() ? QRect() : QRect(m_view->viewport()->mapToGlobal(shown.topLeft()), shown.size());
}

QAccessible::State MessageAccessible::state() const
{
    QAccessible::State state;
    const int at = row();
    if (at < 0) {
        state.invalid = true;
        return state;
    }
    state.focusable = true;
    state.selectable = true;
    state.readOnly = true;
    state.focused = m_view->hasFocus() && m_view->currentRow() == at;
    state.offscreen = m_view->rowRect(at).isNull();
    state.invisible = !m_view->isVisible();
    return state;
}

} // namespace mesh::views
