// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/fileflow.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDateTime>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>
#include <QtCore/QSaveFile>

#include <algorithm>
#include <utility>

#include "models/protocol/filecrypto.h"

namespace mesh::session {

using namespace Qt::StringLiterals;
using namespace protocol;
using protocol::commands::OfferFile;

namespace {

constexpr qint64 kKeyLifeMs = 30LL * 60 * 1000; // should the end of the key be lost, it ends by itself
constexpr qint64 kTellEveryMs = 100;
constexpr qsizetype kMaxUploadName = 100;

Error offerError(const char *code, const char *text)
{
    return {QString::fromLatin1(code), QCoreApplication::translate("mesh::session", text), ErrorBand::Persistent};
}

} // namespace

QString uploadName(const QString &name)
{
    QString out;
    for (const QChar c : name.right(kMaxUploadName)) {
        const bool plain = c.unicode() < 0x80 && (c.isLetterOrNumber() || c == u'.' || c == u'-' || c == u'_');
        out += plain ? c : u'_';
    }
    const bool onlyDots = std::all_of(out.cbegin(), out.cend(), [](QChar c) { return c == u'.'; });
    return onlyDots ? u"file"_s : out;
}

FileFlow::FileFlow(SessionPort &port, SendFlow &sending, const NameCache &names, const KeyPair &session,
                   const KeyPair &member)
    : m_port(port)
    , m_sending(sending)
    , m_names(names)
    , m_session(session)
    , m_member(member)
{
}

Expected<FileUpload> FileFlow::prepare(const OfferFile &offer) const
{
    FileUpload upload;
    upload.fileName = uploadName(offer.fileName);
    if (offer.contents.isEmpty() || offer.contents.size() > MaxFileBytes)
        return offerError("too_large",
                          QT_TRANSLATE_NOOP("mesh::session", "A file has at least one byte and at most 50 MiB."));
    const ConversationId &to = offer.message.conversation;
    if (to.kind == ConversationKind::Notes || to.kind == ConversationKind::System)
        return offerError("bad_message", "Nobody can be offered a file there.");
    if (to.kind != ConversationKind::Direct) {
        upload.targetSpec = to.kind == ConversationKind::Group ? u'@' + to.key
            : to.kind == ConversationKind::Topic               ? u'#' + to.key
                                                               : u"*"_s;
        // It stands in a header.
        const bool plain = std::all_of(upload.targetSpec.cbegin(), upload.targetSpec.cend(),
                                       [](QChar c) { return c.unicode() > 0x20 && c.unicode() < 0x7f; });
        if (!plain)
            return offerError("bad_message", "Nobody can be offered a file there.");
        upload.body = offer.contents;
        return upload;
    }
    const QString route = m_names.route(to.key);
    const auto peer = PublicKey::fromHex(route);
    if (!peer)
        return offerError("not_connected", QT_TRANSLATE_NOOP("mesh::session", "The key of this peer is not known."));
    Expected<EncryptedFile> sealed = encryptFile(offer.contents);
    if (!sealed)
        return sealed.error();
    const QString memberKey = m_names.memberKeyOf(route);
    upload.targetSpec = memberKey.isEmpty() ? route : memberKey; // a member is known although it is away
    upload.body = std::move(sealed->stored);
    upload.encrypted = true;
    upload.ownerKey = m_session.publicKey.hex();
    // Brokers look for the session's key, then for the member's, which still fits when the session is another one.
    QList<PublicKey> readers{*peer, m_session.publicKey, m_member.publicKey};
    if (const auto member = PublicKey::fromHex(memberKey))
        readers.append(*member);
    QStringList done;
    for (const PublicKey &reader : std::as_const(readers)) {
        if (done.contains(reader.hex()))
            continue;
        done.append(reader.hex());
        const Expected<QString> key = sealFileKey(sealed->key, reader);
        if (!key)
            return key.error();
        upload.sealedKeys.append(QJsonObject{{u"peerPubkey"_s, reader.hex()}, {u"sealedKey"_s, *key}});
    }
    return upload;
}

void FileFlow::offer(const OfferFile &offer, Finished finished)
{
    const QString id = offer.message.clientMessageId;
    if (id.isEmpty() || m_offers.contains(id)) {
        finished(offerError("bad_message", QT_TRANSLATE_NOOP("mesh::session", "The message has no usable id.")));
        return;
    }
    Expected<FileUpload> upload = prepare(offer);
    if (!upload) {
        finished(upload.error());
        return;
    }
    Offer &mine = m_offers[id];
    mine.command = offer;
    mine.command.contents.clear(); // what goes is in the upload
    mine.finished = std::move(finished);
    ApikeyCreate create;
    create.label = u"Claudemesh Desktop, one file"_s;
    create.capabilities = QStringList{u"send"_s};
    create.expiresAt =
        QDateTime::fromMSecsSinceEpoch(m_port.wallMs() + kKeyLifeMs, Qt::UTC).toString(Qt::ISODateWithMs);
    m_port.request(create, [this, id, upload = *std::move(upload)](const Answer &answer) mutable {
        const auto offer = m_offers.find(id);
        const auto *created = answer && *answer ? getIf<ApikeyCreated>(&**answer) : nullptr;
        if (offer == m_offers.end()) {
            if (created)
                m_port.request(ApikeyRevoke{created->id, {}}, [](const Answer &) {}); // cancelled meanwhile
            return;
        }
        if (!created) {
            end(id,
                answer ? Expected<void>(offerError(
                    "upload_failed", QT_TRANSLATE_NOOP("mesh::session", "The broker gave no key for the file.")))
                       : Expected<void>(answer.error()));
            return;
        }
        offer->keyId = created->id;
        upload.bearer = created->secret;
        begin(id, std::move(upload));
    });
}

void FileFlow::begin(const QString &id, FileUpload upload)
{
    m_toldAtMs = 0;
    const auto progress = [this, id](qint64 sent, qint64 total) {
        const qint64 now = m_port.monoMs();
        if (!m_offers.contains(id) || (sent < total && now - m_toldAtMs < kTellEveryMs))
            return;
        m_toldAtMs = now;
        m_port.emitEvent(events::FileOfferProgress{id, sent, total});
    };
    auto abort = this->upload(upload, progress, [this, id](const Expected<QString> &fileId) { uploaded(id, fileId); });
    if (const auto offer = m_offers.find(id); offer != m_offers.end())
        offer->abort = std::move(abort);
}

void FileFlow::uploaded(const QString &id, const Expected<QString> &fileId)
{
    const auto offer = m_offers.find(id);
    if (offer == m_offers.end())
        return;
    offer->abort = nullptr;
    if (!fileId) {
        end(id, fileId.error());
        return;
    }
    commands::SendMessage message = offer->command.message;
    message.text.replace("%1"_L1, *fileId);
    end(id, m_sending.submit(message));
}

//! The API key has done its work, whatever became of the file.
void FileFlow::end(const QString &id, const Expected<void> &outcome)
{
    const Offer offer = m_offers.take(id);
    if (!offer.keyId.isEmpty())
        m_port.request(ApikeyRevoke{offer.keyId, {}}, [](const Answer &) {});
    if (offer.finished)
        offer.finished(outcome);
}

Expected<QByteArray> FileFlow::opened(const QByteArray &stored, const QString &sealedKey) const
{
    for (const KeyPair *own : {&m_session, &m_member}) {
        if (const Expected<SecretBytes> key = openFileKey(sealedKey, *own))
            return decryptFile(stored, *key);
    }
    return offerError("cannot_open", QT_TRANSLATE_NOOP("mesh::session", "The file is sealed for others."));
}

void FileFlow::save(const commands::SaveFile &command, Finished finished)
{
    m_port.request(GetFile{command.fileId, {}}, [this, command, finished](const Answer &answer) {
        const auto *link = answer && *answer ? getIf<FileUrl>(&**answer) : nullptr;
        if (!link) {
            finished(answer ? offerError("not_found",
                                         QT_TRANSLATE_NOOP("mesh::session", "The broker gave no link to the file."))
                            : answer.error());
            return;
        }
        const auto write = [this, path = command.path, sealed = link->encrypted,
                            sealedKey = link->sealedKey.value_or(QString()),
                            finished](const Expected<QByteArray> &bytes) {
            const Expected<QByteArray> contents = bytes && sealed ? opened(*bytes, sealedKey) : bytes;
            if (!contents) {
                finished(contents.error());
                return;
            }
            QSaveFile file(path);
            const bool written = file.open(QIODevice::WriteOnly) && file.write(*contents) == contents->size();
            if (!written || !file.commit()) {
                const QString words = QCoreApplication::translate("mesh::session", "It cannot be written to %1: %2.");
                finished(Error{u"cannot_write"_s, words.arg(path, file.errorString()), ErrorBand::Persistent});
                return;
            }
            finished({});
        };
        download(QUrl(link->url, QUrl::StrictMode), link->encrypted, write);
    });
}

bool FileFlow::cancel(const QString &clientMessageId)
{
    const auto offer = m_offers.find(clientMessageId);
    if (offer == m_offers.end())
        return false;
    if (offer->abort)
        std::exchange(offer->abort, nullptr)();
    end(clientMessageId,
        Error{u"cancelled"_s, QCoreApplication::translate("mesh::session", "The file was not sent."),
              ErrorBand::Transient});
    return true;
}

void FileFlow::cancelAll()
{
    const QStringList ids = m_offers.keys();
    for (const QString &id : ids)
        cancel(id);
}

} // namespace mesh::session
