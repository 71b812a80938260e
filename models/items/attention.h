// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHash>
#include <QtCore/QList>
#include <QtCore/QSet>
#include <QtCore/QString>

#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "models/store/records.h"

namespace mesh::store {
class MeshStore;
class Timeline;
struct ChangeSet;
} // namespace mesh::store

namespace mesh::items {

//! Why somebody should look at a peer, most urgent first. The rules are told in docs/attention.md.
enum class AttentionKind { WaitsForYou, Stalled, Looping, Silent, ContextFull, Flooding };
inline constexpr std::array attentionKinds{AttentionKind::WaitsForYou, AttentionKind::Stalled,
                                           AttentionKind::Looping,     AttentionKind::Silent,
                                           AttentionKind::ContextFull, AttentionKind::Flooding};

} // namespace mesh::items

template <>
struct mesh::protocol::EnumWords<mesh::items::AttentionKind>
{
    using E = mesh::items::AttentionKind;
    static constexpr std::array words{std::pair{E::WaitsForYou, "waits"},   std::pair{E::Stalled, "stalled"},
                                      std::pair{E::Looping, "looping"},     std::pair{E::Silent, "silent"},
                                      std::pair{E::ContextFull, "context"}, std::pair{E::Flooding, "flooding"}};
};

namespace mesh::items {

//! The figure from which a rule speaks up, in its own unit, and what it may be set to.
struct AttentionThreshold
{
    int least = 0;
    int most = 0;
    int standard = 0; //!< until the user chose another one
};
//! Stalled and Silent: minutes; Looping: rounds; ContextFull: percent; Flooding: messages a minute. WaitsForYou has
//! none.
[[nodiscard]] std::optional<AttentionThreshold> thresholdOf(AttentionKind kind);

//! When a rule speaks up.
struct AttentionRules
{
    QSet<AttentionKind> off; //!< rules that the user switched off
    qint64 stalledAfterMs = 5 * 60'000;
    qint64 silentAfterMs = 10 * 60'000;
    int loopRounds = 6;
    qint64 loopWindowMs = 10 * 60'000; //!< a loop without a message for so long is over
    double contextFrom = 0.8;          //!< share of the context window
    int floodPerMinute = 120;          //!< it ends at half of this

    //! The figure of a rule in the unit of thresholdOf(); 0 if it has none.
    [[nodiscard]] int threshold(AttentionKind kind) const;
    //! Sets it to the nearest value that is allowed. Rules without one stay as they are.
    void setThreshold(AttentionKind kind, int value);
};

//! A piece of a sentence; names are strong.
struct AttentionSpan
{
    QString text;
    bool strong = false;
};

//! One peer that needs somebody, and why.
struct AttentionItem
{
    AttentionKind kind = AttentionKind::WaitsForYou;
    QString peer;                          //!< routing key
    QString other;                         //!< Looping: the other one's key
    qint64 sinceMs = 0;                    //!< when it began
    qint64 amount = 0;                     //!< rounds, unanswered messages, percent, messages a minute
    qint64 leftMs = 0;                     //!< ContextFull: until it is full at the present rate; 0: not known
    bool linkLost = false;                 //!< Silent: the broker waits for it to come back
    protocol::ConversationId conversation; //!< WaitsForYou
    QString said;                          //!< WaitsForYou: what it said, for display

    //! The same matter, whatever its figures are now.
    [[nodiscard]] bool sameAs(const AttentionItem &o) const
    {
        return kind == o.kind && peer == o.peer && other == o.other && conversation == o.conversation;
    }
    friend bool operator==(const AttentionItem &, const AttentionItem &) = default;
};

//! How fast a peer fills its context window.
struct ContextBurn
{
    double tokensPerMinute = 0;
    qint64 leftMs = 0; //!< until it is full; 0: the window's size is not reported, or it is full
};

//! Looks at what happens and says who needs somebody: a fold over change sets, with the time given from outside. The
//! same changes at the same times give the same answer.
class Attention final
{
public:
    explicit Attention(AttentionRules rules = {})
        : m_rules(std::move(rules))
    {
    }

    void setRules(const AttentionRules &rules) { m_rules = rules; }
    [[nodiscard]] const AttentionRules &rules() const { return m_rules; }

    //! Begins anew with what \a store holds.
    void restart(const store::MeshStore &store, qint64 nowMs);
    void fold(const store::MeshStore &store, const store::ChangeSet &changes, qint64 nowMs);
    //! Who needs somebody at \a nowMs, most urgent first. Without a link: as of when it was lost.
    [[nodiscard]] QList<AttentionItem> evaluate(const store::MeshStore &store, qint64 nowMs);

    //! Over the last 15 minutes; nullopt with less than 20 s of rising figures.
    [[nodiscard]] std::optional<ContextBurn> burn(const store::Peer &peer, qint64 nowMs) const;

    //! "admin-1 waits for you", "qa is looping with frontend · 7 rounds". \a store gives the names.
    [[nodiscard]] static QList<AttentionSpan> spans(const AttentionItem &item, const store::MeshStore &store);
    //! The same in one piece.
    [[nodiscard]] static QString sentence(const AttentionItem &item, const store::MeshStore &store);
    //! The name of a rule: "Waits for you".
    [[nodiscard]] static QString ruleName(AttentionKind kind);
    //! What a rule looks for, in one sentence, with the figures of \a rules.
    [[nodiscard]] static QString ruleText(AttentionKind kind, const AttentionRules &rules);

private:
    struct Sample
    {
        qint64 atMs = 0;
        qint64 used = 0;
    };
    //! What was seen of one peer.
    struct Signs
    {
        qint64 doneMs = 0;     //!< it last did anything
        qint64 progressMs = 0; //!< it last changed something others can see: state, memory, a task, its summary
        qint64 askedMs = 0;    //!< first message to it that it gave no sign of life after; 0: none
        int asked = 0;
        bool spoke = false;
        QString talksTo; //!< whom its newest message went to
        QString summary;
        protocol::PeerStatus status = protocol::PeerStatus::Idle;
        store::PeerStats stats;
        qint64 contextSinceMs = 0;
        std::vector<Sample> context;
        qint64 floodSinceMs = 0;
        qint64 second = 0; //!< the newest of the counted ones
        std::vector<int> perSecond;
    };
    //! Two that write to each other in turn and to nobody else.
    struct Run
    {
        int turns = 0;
        qint64 firstMs = 0;
        qint64 lastMs = 0;
        QString lastSender;
    };
    using Pair = std::pair<QString, QString>;

    static Pair pairOf(const QString &a, const QString &b) { return a < b ? Pair(a, b) : Pair(b, a); }
    void noteTraffic(const store::MeshStore &store, const store::TrafficEntry &entry, qint64 nowMs);
    void turnTo(const QString &from, const QString &to);
    void noteRun(const QString &from, const QString &to, qint64 atMs);
    void noteSign(Signs &signs, qint64 atMs, bool progress);
    void noteRow(const store::MeshStore &store, const store::Timeline &timeline, qsizetype row);
    void notePeer(const store::Peer &peer, qint64 nowMs);
    void noteConversation(const store::MeshStore &store, const protocol::ConversationId &id);
    int perMinute(const Signs &signs, qint64 nowMs) const;
    void countSent(Signs &signs, qint64 atMs);
    void judge(const store::Peer &peer, Signs &signs, qint64 onlineSinceMs, qint64 nowMs,
               QList<AttentionItem> &items) const;
    [[nodiscard]] bool on(AttentionKind kind) const { return !m_rules.off.contains(kind); }

    AttentionRules m_rules;
    QHash<QString, Signs> m_signs;
    QHash<Pair, Run> m_runs;
    QHash<protocol::ConversationId, AttentionItem> m_waiting;
};

} // namespace mesh::items
