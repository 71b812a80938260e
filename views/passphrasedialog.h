// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/secretbytes.h"

#include <QtWidgets/QDialog>

class QAction;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;

namespace mesh::views {

class Theme;

//! Asks for the passphrase of the sealed key file: a new one, twice, or the one that is in use.
class PassphraseDialog final : public QDialog
{
    Q_OBJECT
public:
    enum class Purpose { Create, Unlock };
    //! Shortest new passphrase, in characters.
    static constexpr int MinLength = 12;

    PassphraseDialog(Theme &theme, Purpose purpose, QWidget *parent = nullptr);
    ~PassphraseDialog() override;

    //! Hands the passphrase over once, as UTF-8, and wipes the fields.
    protocol::SecretBytes takePassphrase();

public Q_SLOTS:
    //! The passphrase did not open the file: says so, empties the field and lets the user try again.
    void showWrongPassphrase();
    //! Deriving the key takes a moment.
    void setBusy(bool busy);

Q_SIGNALS:
    //! The fields are in order and the user went on. Fetch it with takePassphrase(); close with accept().
    void passphraseEntered();

private:
    void refresh();
    void wipeFields();
    void restyle();
    void setHint(const QString &text, const QString &tone);

    Theme &m_theme;
    Purpose m_purpose;
    bool m_busy = false;

    QLabel *m_title = nullptr;
    QLabel *m_text = nullptr;
    QLineEdit *m_first = nullptr;
    QLineEdit *m_second = nullptr;
    QAction *m_reveal = nullptr;
    QProgressBar *m_strength = nullptr;
    QLabel *m_hint = nullptr;
    QPushButton *m_ok = nullptr;
    QPushButton *m_cancel = nullptr;
};

} // namespace mesh::views
