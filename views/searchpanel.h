// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QTimer>
#include <QtWidgets/QWidget>

#include <functional>
#include <optional>

#include "models/protocol/clock.h"
#include "models/store/searchplan.h"

class QLabel;
class QLineEdit;
class QListView;
class QToolButton;

namespace mesh::store {
class MeshStore;
}
namespace mesh::items {
class SearchResultsModel;
}

namespace mesh::views {

class Theme;

//! Searches what is stored, as one types: everything, or the conversation that is open. It asks by the function it was
//! given, and is told by showPage(); what is not the answer to its last question is ignored.
class SearchPanel final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SearchPanel)

public:
    //! Begins a search and returns its number, or 0 where nothing is stored.
    using Searcher = std::function<quint64(const store::SearchPlan &)>;

    SearchPanel(Theme &theme, const protocol::Clock &clock, Searcher searcher, QWidget *parent = nullptr);
    ~SearchPanel() override;

    //! All meshes that are open; asked for before each search.
    void setStoresProvider(std::function<QList<const store::MeshStore *>()> stores);
    //! The conversation that "here" means; nothing: only everything can be searched.
    void setConversation(const std::optional<store::SearchPlace> &place);
    //! Puts the keyboard into the line, and searches everything or \a here.
    void begin(bool here);
    //! What the journal found.
    void showPage(const store::SearchPage &page);
    //! How much of an older journal is indexed, in percent.
    void setIndexed(int percent);
    //! The index was made anew: what is asked for is asked again.
    void repeat();
    //! Goes to the next older (1) or newer (-1) hit.
    void step(int direction);

    [[nodiscard]] items::SearchResultsModel *model() const { return m_model; }

Q_SIGNALS:
    void hitActivated(const mesh::store::SearchHit &hit);
    //! Escape in an empty line.
    void leaveRequested();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    void build();
    void restyle();
    void setHere(bool here);
    void ask(bool further = false);
    void activate(int row);
    void refreshStatus();
    [[nodiscard]] QString scopeText() const;

    Theme &m_theme;
    Searcher m_searcher;
    std::function<QList<const store::MeshStore *>()> m_stores;
    items::SearchResultsModel *m_model = nullptr;
    QLineEdit *m_line = nullptr;
    QToolButton *m_everything = nullptr;
    QToolButton *m_here = nullptr;
    QLabel *m_problem = nullptr;
    QListView *m_list = nullptr;
    QLabel *m_empty = nullptr;
    QLabel *m_status = nullptr;
    std::optional<store::SearchPlace> m_place;
    store::SearchPlan m_plan; //!< of the last question
    store::SearchPage m_page; //!< the newest answer to it
    quint64 m_request = 0;    //!< 0: nothing is asked
    bool m_further = false;   //!< the question was for older hits
    int m_indexed = 100;
};

} // namespace mesh::views
