// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/namelikeness.h"

#include <algorithm>
#include <array>
#include <utility>

#include "models/items/displaytext.h"
#include "models/store/meshstore.h"

namespace mesh::items {

using namespace Qt::StringLiterals;

namespace {

//! Letters that look like a Latin one or like each other, after case folding.
constexpr std::array kLookAlikes{
    // Cyrillic
    std::pair{u'\u0430', u'a'}, std::pair{u'\u0432', u'b'}, std::pair{u'\u0435', u'e'}, std::pair{u'\u043A', u'k'},
    std::pair{u'\u043C', u'm'}, std::pair{u'\u043D', u'h'}, std::pair{u'\u043E', u'o'}, std::pair{u'\u0440', u'p'},
    std::pair{u'\u0441', u'c'}, std::pair{u'\u0442', u't'}, std::pair{u'\u0443', u'y'}, std::pair{u'\u0445', u'x'},
    std::pair{u'\u0455', u's'}, std::pair{u'\u0456', u'l'}, std::pair{u'\u0458', u'j'}, std::pair{u'\u04BB', u'h'},
    std::pair{u'\u0501', u'd'}, std::pair{u'\u051B', u'q'}, std::pair{u'\u051D', u'w'}, std::pair{u'\u04CF', u'l'},
    // Greek
    std::pair{u'\u03B1', u'a'}, std::pair{u'\u03B9', u'l'}, std::pair{u'\u03BA', u'k'}, std::pair{u'\u03BD', u'v'},
    std::pair{u'\u03BF', u'o'}, std::pair{u'\u03C1', u'p'}, std::pair{u'\u03C4', u't'}, std::pair{u'\u03C5', u'u'},
    std::pair{u'\u03C7', u'x'}, std::pair{u'\u03B5', u'e'},
    // Latin
    std::pair{u'\u0131', u'l'}, std::pair{u'\u0251', u'a'}, std::pair{u'\u0261', u'g'}, std::pair{u'0', u'o'},
    std::pair{u'1', u'l'}, std::pair{u'i', u'l'}, std::pair{u'|', u'l'}, std::pair{u'!', u'l'}, std::pair{u'$', u's'},
    std::pair{u'5', u's'}};

} // namespace

QString nameSkeleton(QStringView name)
{
    const QString plain = oneLine(name, kMaxDisplayName).normalized(QString::NormalizationForm_KD).toCaseFolded();
    QString out;
    out.reserve(plain.size());
    for (const QChar c : plain) {
        if (c.isMark() || c.isSpace() || (c.isPunct() && c != u'!') || c.category() == QChar::Other_Format)
            continue;
        const auto *found = std::find_if(kLookAlikes.begin(), kLookAlikes.end(),
                                         [c](const auto &pair) { return c == QChar(pair.first); });
        out += found == kLookAlikes.end() ? c : QChar(found->second);
    }
    return out.replace("rn"_L1, "m"_L1).replace("vv"_L1, "w"_L1);
}

void NameLikeness::note(const store::ChangeSet &changes)
{
    m_dirty = m_dirty || changes.reset || changes.connection || !changes.peersAdded.isEmpty()
        || !changes.peersChanged.isEmpty() || !changes.peersRemoved.isEmpty() || !changes.verified.isEmpty();
}

void NameLikeness::clear()
{
    m_dirty = true;
    m_skeletons.clear();
    m_imitated.clear();
}

void NameLikeness::build(const store::MeshStore &store) const
{
    struct First
    {
        bool unverified = true;
        qint64 seenMs = 0;
        QString memberKey;
        QString name;
        QString key;
    };
    QHash<QString, QString> skeletons;
    const auto skeletonOf = [&](const QString &name) {
        const auto kept = m_skeletons.constFind(name);
        const QString skeleton = kept != m_skeletons.cend() ? *kept : nameSkeleton(name);
        skeletons.insert(name, skeleton);
        return skeleton;
    };
    QHash<QString, First> firsts;
    const auto &connection = store.connection();
    if (!connection.displayName.isEmpty())
        firsts.insert(skeletonOf(connection.displayName),
                      {false, -1, connection.ownMemberKey, connection.displayName, connection.ownKey});
    const auto counts = [](const store::Peer &peer) { return !peer.self && !peer.name.isEmpty() && !peer.stub; };
    const auto isVerified = [&](const store::Peer &peer) {
        return !peer.memberKey.isEmpty() && store.verifications().value(peer.memberKey).verified;
    };
    for (const store::Peer &peer : store.peers()) {
        if (!counts(peer))
            continue;
        First &first = firsts[skeletonOf(peer.name)];
        // Whose safety number was compared is the true one, however early the other came.
        const bool unverified = !isVerified(peer);
        if (first.key.isEmpty()
            || std::tie(unverified, peer.firstSeenMs, peer.key) < std::tie(first.unverified, first.seenMs, first.key))
            first = {unverified, peer.firstSeenMs, peer.memberKey, peer.name, peer.key};
    }
    m_imitated.clear();
    for (const store::Peer &peer : store.peers()) {
        if (!counts(peer))
            continue;
        const QString skeleton = skeletons.value(peer.name);
        const First first = firsts.value(skeleton);
        const bool same = first.key == peer.key || (!peer.memberKey.isEmpty() && peer.memberKey == first.memberKey);
        if (!skeleton.isEmpty() && !same && !isVerified(peer))
            m_imitated.insert(peer.key, displayName(first.name, first.key));
    }
    m_skeletons = skeletons;
    m_dirty = false;
}

QString NameLikeness::imitated(const store::MeshStore &store, const QString &key) const
{
    if (m_dirty)
        build(store);
    return m_imitated.value(key);
}

} // namespace mesh::items
