// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHash>
#include <QtCore/QList>
#include <QtCore/QPointF>
#include <QtCore/QString>

#include <vector>

namespace mesh::items {

//! Where peers sit in the radial graph: pure geometry, no window, no time.
//!
//! World coordinates: the centre is (0,0), the group arcs have radius 1, y points down, angles are radians and grow
//! clockwise from three o'clock. Each group owns a sector; a sector has slots; a peer holds one slot for as long as it
//! is there, and nothing but reset() moves it.
//!
//! A newcomer takes the slot it had before, else a gap, else a slot that was left free for growth, else any place of
//! its sector that is far enough from all others; for the last of these the peers may become smaller. A new group takes
//! the widest room between two arcs, else the sector of a group that nobody is in any more.
class GraphLayout
{
public:
    static constexpr double kArcRadius = 1.0;
    static constexpr double kSectorGap = 0.105;  //!< radians between two arcs, besides the room for new groups
    static constexpr double kStartAngle = -0.21; //!< where the first sector begins
    static constexpr double kOuterRing = 0.815;  //!< radius of the first row
    static constexpr double kInnerLimit = 0.34;  //!< no row is deeper: the centre belongs to the mesh's name
    static constexpr double kLeastShrink = 0.6;  //!< peers become no smaller than this share of what reset() gave them

    struct Member
    {
        QString key;
        QString group; //!< empty: no group
    };

    struct Sector
    {
        QString group; //!< empty: peers without a group
        double startAngle = 0;
        double span = 0;        //!< radians
        std::vector<int> slots; //!< in the order in which they are given away
        int occupied = 0;
        double midAngle() const { return startAngle + span / 2; }
    };

    //! Lays everything out afresh from \a members, in their order within each group; groups are sorted by name, the
    //! group of those without one comes last. The same members give the same layout.
    void reset(const QList<Member> &members);

    //! What a newcomer may take.
    enum class Growth {
        Prepared, //!< a free slot of a group that is there
        Any       //!< also a place that must be looked for, and a new sector
    };
    //! Gives \a member a slot; nobody else moves. \return false if there is none for it: call reset() with everybody.
    bool add(const Member &member, Growth growth = Growth::Any);
    //! Frees the slot of \a key; it is remembered for its return.
    void remove(const QString &key);
    //! Whether \a key left a slot that nobody took since.
    bool remembers(const QString &key) const { return m_lastSlotOf.contains(key); }

    bool contains(const QString &key) const { return m_slotOf.contains(key); }
    //! Place of \a key; (0,0) if it has none.
    QPointF position(const QString &key) const;
    int sectorOf(const QString &key) const; //!< -1 if it has no place

    //! In the order they were made; their angles need not ascend.
    const std::vector<Sector> &sectors() const { return m_sectors; }
    int sectorIndex(const QString &group) const { return m_sectorOf.value(group, -1); }
    //! Radii of the rows that peers sit on, from the outside; the overflow row is the last.
    const std::vector<double> &rows() const { return m_rows; }
    //! Radius of a peer of average size, world units. Twice 1.3 times this is less than the distance of any two slots.
    double nodeRadius() const { return m_nodeRadius; }
    //! Grows with each reset().
    int generation() const { return m_generation; }
    qsizetype size() const { return m_slotOf.size(); }

private:
    struct Slot
    {
        int sector = 0;
        QPointF position;
        QString key;     //!< empty: free
        QString lastKey; //!< who left it
    };

    //! Sets rows, stride and node radius. \return radians for a unit of weight.
    double chooseRows(int count, double weight, double usableAngle);
    double minimalDistance(int rows, int stride, double pitch, double step) const;
    int addSlot(int sector, QPointF position);
    int openSector(const QString &group);
    //! A place of \a sector that is far enough from every slot; -1 if there is none.
    int findPlace(int sector);
    double distanceToNearest(QPointF at) const;
    static quint64 cellOf(int x, int y) { return (quint64(quint32(x)) << 32) | quint32(y); }
    void noteInGrid(QPointF position);

    std::vector<Sector> m_sectors;
    std::vector<Slot> m_slots;
    std::vector<double> m_rows;
    QHash<QString, int> m_sectorOf;
    QHash<QString, int> m_slotOf;
    QHash<QString, int> m_lastSlotOf;
    QHash<quint64, std::vector<QPointF>> m_grid; //!< slots by square, made when a place is first looked for
    double m_cell = 0;                           //!< side of those squares; 0: not made
    double m_nodeRadius = 0.064;
    double m_leastRadius = 0;
    double m_gap = kSectorGap;
    double m_pitch = 0; //!< radians of a unit of weight
    int m_homeRows = 2;
    int m_stride = 1;
    int m_generation = 0;
};

} // namespace mesh::items
