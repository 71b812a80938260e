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
constexpr double kLargestPeer = 1.3;    // beside one of average size
constexpr double kRoomForGroups = 0.12; // of the circle, shared between the gaps
constexpr double kLeastArc = 0.008;     // radians of a new group's arc
constexpr double kLeastArcShare = 0.2;  // of what a group of one gets in a fresh layout
constexpr int kFreeEvery = 9;
constexpr int kMostSearchRows = 16;
constexpr int kMostSearchColumns = 24;

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
    m_grid.clear();
    m_cell = 0;
    ++m_generation;
    if (byGroup.empty()) {
        m_rows = {kOuterRing, kSecondRing, kThirdRing};
        m_nodeRadius = m_leastRadius = kLargestRadius;
        return;
    }

    // In large sectors every ninth slot stays free for newcomers; small ones have their overflow row.
    const bool large = members.size() > kTwoRowsUpTo;
    const auto homeSlots = [large](qsizetype keys) { return int(large ? keys + (keys - 1) / (kFreeEvery - 1) : keys); };
    // Many groups must not eat the circle with gaps.
    const auto groups = double(byGroup.size());
    m_gap = std::min(kSectorGap, kTurn * 0.2 / groups);
    const double gap = m_gap + kTurn * kRoomForGroups / groups;
    const double usable = kTurn - gap * groups;
    double weight = 0;
    int slotCount = 0;
    for (const auto &[group, keys] : byGroup) {
        slotCount += homeSlots(keys.size());
        weight += std::max(double(homeSlots(keys.size())), kSmallestWeight);
    }
    m_pitch = chooseRows(slotCount, weight, usable);
    m_leastRadius = m_nodeRadius * kLeastShrink;
    const double overflowPitch = m_homeRows * m_pitch;

    // Rows go on from sector to sector, so that neighbours keep their distance across the gaps too.
    double angle = kStartAngle;
    double overflowFree = kStartAngle; // no overflow slot before this angle
    qint64 running = 0;
    for (const auto &[group, keys] : byGroup) {
        const int index = int(m_sectors.size());
        const int home = homeSlots(keys.size());
        m_sectors.emplace_back();
        m_sectors.back().group = group;
        m_sectors.back().startAngle = angle;
        m_sectors.back().span = m_pitch * std::max(double(home), kSmallestWeight);
        m_sectors.back().occupied = int(keys.size());
        m_sectorOf.insert(group, index);
        const double span = m_sectors.back().span;

        const double slotPitch = span / home;
        qsizetype next = 0;
        for (int i = 0; i < home; ++i, ++running) {
            const int row = int((running * m_stride) % m_homeRows);
            const int slot = addSlot(index, polar(angle + (i + 0.5) * slotPitch, m_rows[size_t(row)]));
            if (large && i % kFreeEvery == kFreeEvery - 1)
                continue;
            m_slots[size_t(slot)].key = keys[next++];
            m_slotOf.insert(m_slots[size_t(slot)].key, slot);
        }
        const double firstOverflow = std::max(overflowFree, angle);
        const int fit = int((angle + span - firstOverflow) / overflowPitch + 1e-9);
        for (int i = 0; i < fit; ++i)
            addSlot(index, polar(firstOverflow + (i + 0.5) * overflowPitch, m_rows[size_t(m_homeRows)]));
        if (fit > 0)
            overflowFree = firstOverflow + fit * overflowPitch;
        angle += span + gap;
    }
}

int GraphLayout::addSlot(int sector, QPointF position)
{
    const int index = int(m_slots.size());
    m_slots.push_back({sector, position, {}, {}});
    m_sectors[size_t(sector)].slots.push_back(index);
    if (m_cell > 0)
        noteInGrid(position);
    return index;
}

bool GraphLayout::add(const Member &member, Growth growth)
{
    if (m_slotOf.contains(member.key))
        return true;
    int sector = sectorIndex(member.group);
    if (sector < 0 && growth == Growth::Any)
        sector = openSector(member.group);
    if (sector < 0)
        return false;

    int chosen = -1;
    const auto last = m_lastSlotOf.constFind(member.key);
    if (last != m_lastSlotOf.cend()) {
        const Slot &slot = m_slots[size_t(*last)];
        if (slot.key.isEmpty() && slot.sector == sector)
            chosen = *last;
    }
    for (const int index : m_sectors[size_t(sector)].slots) {
        if (chosen >= 0)
            break;
        if (m_slots[size_t(index)].key.isEmpty())
            chosen = index;
    }
    if (chosen < 0 && growth == Growth::Any)
        chosen = findPlace(sector);
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

int GraphLayout::openSector(const QString &group)
{
    std::vector<int> order(m_sectors.size());
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(),
              [this](int a, int b) { return m_sectors[size_t(a)].startAngle < m_sectors[size_t(b)].startAngle; });
    double from = 0;
    double room = 0;
    for (size_t i = 0; i < order.size(); ++i) {
        const Sector &sector = m_sectors[size_t(order[i])];
        const bool last = i + 1 == order.size();
        const Sector &next = m_sectors[size_t(order[last ? 0 : i + 1])];
        const double end = sector.startAngle + sector.span;
        const double width = next.startAngle + (last ? kTurn : 0) - end - m_gap; // half a gap on either side
        if (width > room) {
            room = width;
            from = end + m_gap / 2;
        }
    }
    const double smallest = m_pitch * kSmallestWeight;
    // Wide enough for one peer, or a fair share of what it would have got.
    const double onePeer = 2 * kLargestPeer * m_nodeRadius / kOuterRing;
    if (room >= std::max(kLeastArc, std::min(smallest * kLeastArcShare, onePeer))) {
        Sector sector;
        sector.group = group;
        sector.startAngle = from;
        sector.span = std::min(room, std::max(smallest, room / 2)); // the rest is for the next one
        m_sectors.push_back(sector);
        m_sectorOf.insert(group, int(m_sectors.size()) - 1);
        return int(m_sectors.size()) - 1;
    }
    int widest = -1;
    for (size_t i = 0; i < m_sectors.size(); ++i) {
        if (m_sectors[i].occupied == 0 && (widest < 0 || m_sectors[i].span > m_sectors[size_t(widest)].span))
            widest = int(i);
    }
    if (widest < 0)
        return -1;
    Sector &sector = m_sectors[size_t(widest)];
    for (const int index : sector.slots) {
        m_lastSlotOf.remove(m_slots[size_t(index)].lastKey);
        m_slots[size_t(index)].lastKey.clear();
    }
    m_sectorOf.remove(sector.group);
    sector.group = group;
    m_sectorOf.insert(group, widest);
    return widest;
}

void GraphLayout::noteInGrid(QPointF position)
{
    m_grid[cellOf(int(std::floor(position.x() / m_cell)), int(std::floor(position.y() / m_cell)))].push_back(position);
}

double GraphLayout::distanceToNearest(QPointF at) const
{
    const int x = int(std::floor(at.x() / m_cell));
    const int y = int(std::floor(at.y() / m_cell));
    double least = m_cell; // whatever is not in the squares around is farther away
    for (int dx = -1; dx <= 1; ++dx) {
        for (int dy = -1; dy <= 1; ++dy) {
            const auto cell = m_grid.constFind(cellOf(x + dx, y + dy));
            if (cell == m_grid.cend())
                continue;
            for (const QPointF &other : *cell)
                least = std::min(least, std::hypot(other.x() - at.x(), other.y() - at.y()));
        }
    }
    return least;
}

int GraphLayout::findPlace(int sector)
{
    if (m_cell <= 0) {
        m_cell = 2 * kLargestPeer * m_nodeRadius;
        for (const Slot &slot : m_slots)
            noteInGrid(slot.position);
    }
    const double wanted = 2 * kLargestPeer * m_nodeRadius;
    const Sector &place = m_sectors[size_t(sector)];
    const double inner = m_rows.back();
    const int rows = std::clamp(int((kOuterRing - inner) / (wanted / 2) + 1e-9), 1, kMostSearchRows);
    const double step = (kOuterRing - inner) / rows;
    const double margin = std::min(place.span / 4, m_pitch / 4);
    const double width = place.span - 2 * margin;
    const int columns = std::clamp(int(width * kOuterRing / (wanted / 3)), 1, kMostSearchColumns);
    QPointF best;
    double farthest = 0;
    for (int row = 0; row <= rows && farthest < wanted; ++row) {
        for (int i = 0; i <= columns && farthest < wanted; ++i) {
            // From the middle to both ends.
            const double along = 0.5 + (i % 2 == 0 ? 0.5 : -0.5) * double((i + 1) / 2) / ((columns + 1) / 2);
            const QPointF at = polar(place.startAngle + margin + width * along, kOuterRing - row * step);
            const double distance = distanceToNearest(at);
            if (distance > farthest + 1e-9) {
                farthest = distance;
                best = at;
            }
        }
    }
    if (farthest < wanted) {
        const double radius = farthest / (2 * kLargestPeer);
        if (radius < m_leastRadius)
            return -1;
        m_nodeRadius = radius;
    }
    return addSlot(sector, best);
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
