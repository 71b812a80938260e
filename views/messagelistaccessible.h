// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHash>
#include <QtCore/QPointer>
#include <QtWidgets/QAccessibleWidget>

namespace mesh::views {

class MessageListView;

//! What a screen reader sees of a MessageListView: a list with one item for each loaded message, spoken with sender,
//! time, words and delivery. Items are made when they are asked for.
class MessageListAccessible final : public QAccessibleWidget
{
public:
    explicit MessageListAccessible(MessageListView *view);
    ~MessageListAccessible() override;

    //! Makes Qt use this class for message lists; once is enough.
    static void install();

    int childCount() const override;
    QAccessibleInterface *child(int index) const override;
    QAccessibleInterface *childAt(int x, int y) const override;
    int indexOfChild(const QAccessibleInterface *child) const override;
    QAccessibleInterface *focusChild() const override;
    QString text(QAccessible::Text what) const override;

private:
    [[nodiscard]] MessageListView *view() const;

    mutable QHash<quint64, QAccessible::Id> m_items; //!< by the message's seq
};

//! One message.
class MessageAccessible final : public QAccessibleInterface
{
public:
    MessageAccessible(MessageListView *view, quint64 seq);

    [[nodiscard]] int row() const;

    bool isValid() const override;
    QObject *object() const override { return nullptr; }
    QAccessibleInterface *parent() const override;
    int childCount() const override { return 0; }
    QAccessibleInterface *child(int) const override { return nullptr; }
    QAccessibleInterface *childAt(int, int) const override { return nullptr; }
    int indexOfChild(const QAccessibleInterface *) const override { return -1; }
    QString text(QAccessible::Text what) const override;
    void setText(QAccessible::Text, const QString &) override {}
    QRect rect() const override;
    QAccessible::Role role() const override { return QAccessible::ListItem; }
    QAccessible::State state() const override;

private:
    QPointer<MessageListView> m_view;
    quint64 m_seq;
};

} // namespace mesh::views
