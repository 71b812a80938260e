// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/graphlayout.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numbers>
#include <numeric>

namespace mesh::items {

namespace {

constexpr double kTurn = 2 * std::numbers::pi;
constexpr double kSecondRing = 0.645;       // second row while two rows are enough
constexpr double kThirdRing = 0.475;        // their overflow row: clear of the name in the centre
constexpr double kLargestRadius = 0.064;    // of a peer of average size
constexpr double kRadiusPerDistance = 0.34; // largest peers are 1.3 times as big and still leave a tenth free
constexpr double kRadiusPerFewDistance = 0.38;
constexpr int kTwoRowsUpTo = 26;
constexpr int kMostRows = 48;
constexpr double kSmallestWeight = 1.7; // a group of one still gets an arc that can be read

QPointF polar(double angle, double radius)
{
    return {std::cos(angle) * radius, std::sin(angle) * radius};
}

} // namespace

double GraphLayout::minimalDistance(int rows, int stride, double pitch, double step) const
{
    // Slots are a lattice: slot s sits at angle s*pitch in row s*stride mod rows. Distances are smallest on the inner
    // rows.
    double least = std::numeric_limits<double>::max();
    for (int ahead = 1; ahead <= rows; ++ahead) {
        const int shift = (ahead * stride) % rows;
        // From a row that does not wrap round, and from one that does.
        for (const int rowsApart : {shift, rows - shift}) {
            if (rowsApart == rows && shift != 0)
                continue;
            const int apart = shift == 0 ? 0 : rowsApart;
            const double inner = kOuterRing - step * (rows - 1);
            const double along = ahead * pitch * (inner + step * apart / 2);
            least = std::min(least, std::hypot(along, apart * step));
        }
    }
    return least;
}

double GraphLayout::chooseRows(int count, double weight, double usableAngle)
{
    if (count <= kTwoRowsUpTo) {
        const double pitch = usableAngle / weight;
        const double step = kOuterRing - kSecondRing;
        m_homeRows = 2;
        m_stride = 1;
        m_rows = {kOuterRing, kSecondRing, kThirdRing};
        const double least =
            std::min({minimalDistance(2, 1, pitch, step), kSecondRing - kThirdRing, 2 * pitch * kThirdRing});
        m_nodeRadius = std::min(kLargestRadius, kRadiusPerFewDistance * least);
        return pitch;
    }
    double best = 0;
    double bestPitch = usableAngle / weight;
    for (int rows = 2; rows <= kMostRows; ++rows) {
        const double step = (kOuterRing - kInnerLimit) / rows; // one row more than home rows: the overflow
        if (step < best)
            break;
        // Filled up to whole rounds, the lattice closes where the last sector meets the first.
        const int filler = (rows - count % rows) % rows;
        const double pitch = usableAngle / (weight + filler);
        const double overflow = std::min(step, rows * pitch * (kOuterRing - step * rows));
        for (int stride = 1; stride <= std::max(1, rows / 2); ++stride) {
            if (std::gcd(stride, rows) != 1)
                continue;
            const double least = std::min(minimalDistance(rows, stride, pitch, step), overflow);
            if (least > best) {
                best = least;
                bestPitch = pitch;
                m_homeRows = rows;
                m_stride = stride;
            }
        }
    }
    const double step = (kOuterRing - kInnerLimit) / m_homeRows;
    m_rows.clear();
    for (int row = 0; row <= m_homeRows; ++row)
        m_rows.push_back(kOuterRing - step * row);
    m_nodeRadius = std::min(kLargestRadius, kRadiusPerDistance * best);
    return bestPitch;
}

void GraphLayout::reset(const QList<Member> &members)
{
    struct Less
    {
        bool operator()(const QString &a, const QString &b) const
        {
            if (a.isEmpty() != b.isEmpty())
                return b.isEmpty(); // those without a group come last
            const int order = a.compare(b, Qt::CaseInsensitive);
            return order != 0 ? order < 0 : a < b;
        }
    };
    std::map<QString, QList<QString>, Less> byGroup;
    for (const Member &member : members)
        byGroup[member.group].append(member.key);

    m_sectors.clear();
    m_slots.clear();
    m_sectorOf.clear();
    m_slotOf.clear();
    m_lastSlotOf.clear();
    ++m_generation;
    if (byGroup.empty()) {
        m_rows = {kOuterRing, kSecondRing, kThirdRing};
        m_nodeRadius = kLargestRadius;
        return;
    }

    // Many groups must not eat the circle with gaps.
    const double gap = std::min(kSectorGap, kTurn * 0.2 / double(byGroup.size()));
    const double usable = kTurn - gap * double(byGroup.size());
    double weight = 0;
    for (const auto &[group, keys] : byGroup)
        weight += std::max(double(keys.size()), kSmallestWeight);
    const double pitch = chooseRows(int(members.size()), weight, usable);
    const double overflowPitch = m_homeRows * pitch;

    // Rows go on from sector to sector, so that neighbours keep their distance across the gaps too.
    double angle = kStartAngle;
    double overflowFree = kStartAngle; // no overflow slot before this angle
    qint64 running = 0;
    for (const auto &[group, keys] : byGroup) {
        Sector sector;
        sector.group = group;
        sector.startAngle = angle;
        sector.homeSlots = int(keys.size());
        sector.occupied = sector.homeSlots;
        sector.span = pitch * std::max(double(sector.homeSlots), kSmallestWeight);
        sector.firstSlot = int(m_slots.size());
        const int index = int(m_sectors.size());
        m_sectorOf.insert(group, index);

        const double slotPitch = sector.span / sector.homeSlots;
        for (int i = 0; i < sector.homeSlots; ++i, ++running) {
            const int row = int((running * m_stride) % m_homeRows);
            Slot slot;
            slot.sector = index;
            slot.position = polar(angle + (i + 0.5) * slotPitch, m_rows[size_t(row)]);
            slot.key = keys[i];
            m_slotOf.insert(slot.key, int(m_slots.size()));
            m_slots.push_back(slot);
        }
        const double firstOverflow = std::max(overflowFree, angle);
        const int fit = int((angle + sector.span - firstOverflow) / overflowPitch + 1e-9);
        for (int i = 0; i < fit; ++i) {
            Slot slot;
            slot.sector = index;
            slot.position = polar(firstOverflow + (i + 0.5) * overflowPitch, m_rows[size_t(m_homeRows)]);
            m_slots.push_back(slot);
            ++sector.overflowSlots;
        }
        if (fit > 0)
            overflowFree = firstOverflow + fit * overflowPitch;
        m_sectors.push_back(sector);
        angle += sector.span + gap;
    }
}

bool GraphLayout::add(const Member &member)
{
    if (m_slotOf.contains(member.key))
        return true;
    const int sector = sectorIndex(member.group);
    if (sector < 0)
        return false;

    int chosen = -1;
    const auto last = m_lastSlotOf.constFind(member.key);
    if (last != m_lastSlotOf.cend()) {
        const Slot &slot = m_slots[size_t(*last)];
        if (slot.key.isEmpty() && slot.sector == sector)
            chosen = *last;
    }
    const Sector &place = m_sectors[size_t(sector)];
    const int end = place.firstSlot + place.homeSlots + place.overflowSlots;
    for (int i = place.firstSlot; chosen < 0 && i < end; ++i) {
        if (m_slots[size_t(i)].key.isEmpty())
            chosen = i;
    }
    if (chosen < 0)
        return false;
    Slot &slot = m_slots[size_t(chosen)];
    m_lastSlotOf.remove(slot.lastKey);
    slot.lastKey.clear();
    slot.key = member.key;
    m_slotOf.insert(member.key, chosen);
    ++m_sectors[size_t(sector)].occupied;
    return true;
}

void GraphLayout::remove(const QString &key)
{
    const auto it = m_slotOf.constFind(key);
    if (it == m_slotOf.cend())
        return;
    const int index = *it;
    m_slotOf.erase(it);
    Slot &slot = m_slots[size_t(index)];
    --m_sectors[size_t(slot.sector)].occupied;
    slot.lastKey = slot.key;
    slot.key.clear();
    m_lastSlotOf.insert(slot.lastKey, index);
}

QPointF GraphLayout::position(const QString &key) const
{
    const int slot = m_slotOf.value(key, -1);
    return slot < 0 ? QPointF() : m_slots[size_t(slot)].position;
}

int GraphLayout::sectorOf(const QString &key) const
{
    const int slot = m_slotOf.value(key, -1);
    return slot < 0 ? -1 : m_slots[size_t(slot)].sector;
}

} // namespace mesh::items
