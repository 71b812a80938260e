// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QAbstractListModel>
#include <QtCore/QPointer>
#include <QtCore/QTimer>

#include "models/items/attention.h"
#include "models/protocol/clock.h"

namespace mesh::items {

//! What the user changed about the attention rules. The program puts its settings behind it.
class AttentionSettings
{
public:
    AttentionSettings() = default;
    virtual ~AttentionSettings() = default;
    Q_DISABLE_COPY_MOVE(AttentionSettings)

    //! Rules that are switched off.
    [[nodiscard]] virtual QSet<AttentionKind> off() const = 0;
    virtual void setOff(const QSet<AttentionKind> &off) = 0;
    //! The figure that the user chose for a rule, in the unit of thresholdOf(); nullopt: none. Any number may be kept:
    //! whoever reads it brings it into range.
    [[nodiscard]] virtual std::optional<int> threshold(AttentionKind kind) const = 0;
    //! nullopt: the standard again.
    virtual void setThreshold(AttentionKind kind, std::optional<int> value) = 0;
};

//! Attention as a list, most urgent first. Looks again a second after something happened, and every few seconds
//! because rules depend on time.
class AttentionModel final : public QAbstractListModel
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(AttentionModel)

public:
    enum Role {
        KindRole = Qt::UserRole + 1, //!< AttentionKind as int
        PeerRole,                    //!< routing key
        OtherRole,
        SinceRole, //!< qint64, ms since the epoch
        SaidRole,  //!< what it said, where it waits
    };

    //! \a clock is borrowed and outlives the model.
    explicit AttentionModel(const protocol::Clock &clock, QObject *parent = nullptr);

    //! nullptr: nothing. The store must outlive the model or be taken away first.
    void setStore(store::MeshStore *store);
    //! Borrowed; nullptr: all rules are on, as they are at first, and cannot be changed.
    void setSettings(AttentionSettings *settings);
    [[nodiscard]] const AttentionRules &rules() const { return m_attention.rules(); }
    [[nodiscard]] bool isOn(AttentionKind kind) const { return !m_attention.rules().off.contains(kind); }
    void setOn(AttentionKind kind, bool on);
    //! In the unit and within the range of thresholdOf().
    void setThreshold(AttentionKind kind, int value);
    [[nodiscard]] bool canChange() const { return m_settings; }

    //! Rows at most; hidden() says how many are left out beyond them, the least urgent ones.
    static constexpr qsizetype kMost = 200;
    [[nodiscard]] int hidden() const { return m_hidden; }

    [[nodiscard]] AttentionItem item(int row) const { return m_items.value(row); }
    [[nodiscard]] QList<AttentionSpan> spans(int row) const;
    //! "2 min": how long it has been so. Empty under a minute.
    [[nodiscard]] QString age(int row) const;
    [[nodiscard]] std::optional<ContextBurn> burn(const QString &key) const;

    //! Looks at once.
    void refresh();

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;

Q_SIGNALS:
    //! Items came or went, or their order is another one.
    void itemsChanged();
    void rulesChanged();

private:
    void onChanged(const store::ChangeSet &changes);
    void useRules(const AttentionRules &rules);
    void moveTo(const QList<AttentionItem> &target);

    const protocol::Clock &m_clock;
    QPointer<store::MeshStore> m_store;
    AttentionSettings *m_settings = nullptr;
    Attention m_attention;
    QList<AttentionItem> m_items;
    int m_hidden = 0;
    QTimer m_soon;
    QTimer m_steady;
};

} // namespace mesh::items
