// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QPointer>
#include <QtCore/QTimer>
#include <QtGui/QImage>
#include <QtGui/QRegion>
#include <QtWidgets/QWidget>

#include <memory>
#include <utility>

#include "graph/graphstyle.h"
#include "models/items/graphmodel.h"

namespace mesh::items {
class FocusState;
}

namespace mesh::graph {

class ArrangementStore;
class FrameClock;
class GraphScene;
struct FrozenGraph;

//! What one frame cost on the GUI thread and on the raster worker, for benchmarks and the status line. Milliseconds.
struct FrameCost
{
    double background = 0;
    double trails = 0; //!< blit of the trail layer
    double nodes = 0;
    double dots = 0;
    double overlay = 0;
    double worker = 0; //!< fade and new edges, on the raster thread
    double total() const { return background + trails + nodes + dots + overlay; }
};

//! How much one frame had to do. All of it is bounded, however much arrives.
struct FrameWork
{
    int lines = 0;   //!< new lines that were handed to the raster worker
    int waiting = 0; //!< new lines that wait for a later frame
    int dots = 0;
    int labels = 0; //!< that a place was looked for
};

//! The radial graph of one mesh: groups as arcs, peers as shapes, messages as dots that leave fading trails.
//! Draws nothing and asks for no frames while it is hidden or nothing moves.
class GraphView final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(GraphView)

public:
    //! \a clock is borrowed and must outlive the view.
    explicit GraphView(FrameClock &clock, QWidget *parent = nullptr);
    ~GraphView() override;

    void setModel(items::GraphModel *model); //!< borrowed; nullptr: empty
    items::GraphModel *model() const { return m_model; }
    void setFocusState(items::FocusState *focus); //!< borrowed; nullptr: keeps a selection of its own
    void setStyleTokens(const GraphStyle &style);
    //! No travelling dots; edges light up and fade in steps; no easing.
    void setReducedMotion(bool on);

    //! Where pins, collapsed groups, zoom and the part shown are kept (borrowed; nullptr: nowhere).
    void setArrangementStore(ArrangementStore *store);
    //! Names the mesh that the model shows from now on: what was arranged for it is restored. Empty: none.
    void showMesh(const QString &meshId);
    //! Keeps the arrangement now; otherwise it is kept a moment after each change.
    void keepArrangement();

    QString selectedPeer() const;
    void selectPeer(const QString &key); //!< empty: none
    QString hoveredPeer() const;
    //! The selected line between two peers; two empty keys: none.
    std::pair<QString, QString> selectedEdge() const;
    void selectEdge(const QString &from, const QString &to);
    //! As a double click does: opens the chat of a peer (peerActivated()), expands a collapsed group.
    void activatePeer(const QString &key);

    //! Follows the selected peer, whoever that is, until panned or told otherwise.
    void setFollowing(bool on);
    bool isFollowing() const;
    //! The legend as a panel that explains everything, instead of one line.
    void setLegendShownWhole(bool on);
    bool isLegendShownWhole() const;

    //! Zoom relative to "everything fits"; 1 after fit().
    double zoom() const;
    void zoomBy(double factor, QPointF at); //!< \a at stays where it is (widget coordinates)
    void fit();

    //! Peer at a widget position, empty if none.
    QString peerAt(QPointF position) const;
    //! Centre of a peer in widget coordinates; (-1,-1) if it is not there.
    QPointF peerPosition(const QString &key) const;

    //! The box of a peer with its label, in widget coordinates; null if it is not seen.
    QRectF peerBox(const QString &key) const;
    //! What stands on the view besides the graph (legend, notes, minimap), in widget coordinates: not to be covered.
    QList<QRectF> chrome() const;
    //! Something else covers \a area; the minimap makes room while it would lie below it. Null: nothing does.
    void setCoveredArea(const QRectF &area);
    //! Where the pointer was last over the view.
    QPointF pointerPosition() const { return m_pointerAt; }

    //! Line at a widget position, two empty keys if there is none.
    std::pair<QString, QString> edgeAt(QPointF position) const;
    //! The curve of a line at \a t from 0 (sender) to 1, in widget coordinates; (-1,-1) if there is no such line.
    QPointF edgePosition(const QString &from, const QString &to, double t) const;

    //! What is shown as pixels, \a scale times as fine as logical pixels (0.25 to 8).
    QImage picture(double scale) const;
    //! What is shown as an SVG of shapes and texts. \return false if \a device cannot be written.
    bool writeSvg(QIODevice *device) const;
    //! Asks for a file and writes a PNG or SVG there, as savePictureTo().
    void savePicture();
    //! Writes what is shown now as an SVG if \a path ends so, else as a PNG of twice the size. Drawn and written on
    //! another thread, however large the mesh is; pictureSaved() tells the end. One at a time: false while one is
    //! saved.
    bool savePictureTo(const QString &path);
    bool isSavingPicture() const { return m_savingPicture; }

    //! What is aggregated, left out or dropped now, in words; empty if nothing is.
    QString honesty() const;

    //! Cost of the newest painted frame.
    FrameCost lastCost() const;
    //! Work of the newest frame.
    FrameWork lastWork() const;
    //! Messages that the view did not draw as a dot of their own because there were too many at once.
    qint64 dotsMerged() const;
    //! Dots under way now.
    int dotCount() const;
    //! True while the trail layer still shows or draws something.
    bool trailsVisible() const;
    //! Waits until the raster worker has nothing left to do (screenshots, tests).
    void finishRaster();

    QSize sizeHint() const override { return {820, 620}; }
    QSize minimumSizeHint() const override { return {240, 200}; }

Q_SIGNALS:
    void peerActivated(const QString &key);                    //!< double click or Enter: open the chat
    void peerSelected(const QString &key);                     //!< also when it is clicked again; empty: cleared
    void edgeHovered(const QString &from, const QString &to);  //!< empty: none any more
    void edgeSelected(const QString &from, const QString &to); //!< as peerSelected()
    void viewMoved();                                          //!< another part is shown, or chrome() is elsewhere
    void findRequested();                                      //!< F: put the cursor into the filter
    void followingChanged(bool on);
    //! \a sentence: what became of savePictureTo(), for the user.
    void pictureSaved(bool ok, const QString &sentence);

protected:
    bool event(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;

private:
    void onFrame(qint64 nowNs);
    void paintAll();
    std::shared_ptr<FrozenGraph> frozen(double ratio, bool vector) const;
    void onPictureSaved(const QString &path, const QString &problem);
    void onNodesChanged(bool placesMoved);
    void onPulses(const QList<items::GraphPulse> &pulses);
    void onSummaryChanged();
    //! Paints at the next turn, and asks for frames if something moves now.
    void wake();
    void hover(const QString &key);
    void hoverNothing();
    void tellSelectedPeer();
    void refreshHover(QPointF at);
    void walk(QPointF step);
    void togglePin();
    void toggleGroup(const QString &group);
    //! The sum of what is shown, in words.
    QString description() const;
    void describe();
    void arranged();
    bool pressOnChrome(QPointF at);
    QImage pixelsOf(const QPainter &painter) const;

    FrameClock &m_clock;
    std::unique_ptr<GraphScene> m_scene;
    QPointer<items::GraphModel> m_model;
    QPointer<items::FocusState> m_focus;
    ArrangementStore *m_arrangements = nullptr;
    QString m_meshId;
    QTimer m_keepTimer;
    QTimer m_describeTimer; // the sum of what changed, in words, twice a second at most
    bool m_repaint = false;
    bool m_allAsked = false; // by us, of the next paint
    QRegion m_movedRegion;   // what the next paint is asked for, if that is only what moved
    QPointF m_pressAt;
    QPointF m_lastAt;
    QPointF m_pointerAt;
    QList<QRectF> m_shownChrome;
    std::pair<double, QPointF> m_shownPart; //!< zoom and pan of the newest frame
    QString m_pressedPeer;                  //!< the peer under the pressed button
    bool m_pressed = false;
    bool m_dragging = false;
    bool m_onMinimap = false; //!< the press began there
    bool m_focusByKey = false;
    bool m_savingPicture = false;
    bool m_tellingFocus = false; //!< the change of FocusState is our own
};

} // namespace mesh::graph
