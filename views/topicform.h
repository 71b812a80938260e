// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtWidgets/QWidget>

#include "models/protocol/frames.h"

class QCheckBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QRadioButton;

namespace mesh::views {

class Theme;

//! What a new topic is to be.
class TopicForm final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(TopicForm)

public:
    explicit TopicForm(Theme &theme, QWidget *parent = nullptr);

    //! Empties it and puts the keyboard into the name.
    void begin();
    //! The broker was asked and has not answered yet.
    void setBusy(bool busy);
    void setOnline(bool online);
    //! What was last asked for was not to be encrypted.
    [[nodiscard]] bool wantsClear() const;

Q_SIGNALS:
    void createRequested(const mesh::protocol::TopicCreate &frame);
    void cancelled();

private:
    void check();
    void create();

    Theme &m_theme;
    bool m_busy = false;
    bool m_online = false;
    QLineEdit *m_name = nullptr;
    QLineEdit *m_description = nullptr;
    QRadioButton *m_encrypted = nullptr;
    QRadioButton *m_clear = nullptr;
    QCheckBox *m_private = nullptr;
    QLabel *m_formHint = nullptr;
    QPushButton *m_create = nullptr;
};

} // namespace mesh::views
