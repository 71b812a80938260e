// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/protocol/framecodec.h"
#include "tests/support/testprogram.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QSet>
#include <QtTest/QTest>

#include <algorithm>
#include <array>

namespace tst_transcripts {

using namespace Qt::StringLiterals;
using namespace mesh::protocol;

namespace {

//! Where a deliberately wrong frame of a recording is stopped.
enum class Stage { Decode, Encode };

struct Refusal
{
    QLatin1StringView file;
    int line;
    Stage stage;
    QLatin1StringView code;
    QLatin1StringView detail; //!< beginning of it
};

//! Frames that the probe sent wrong on purpose. All others must pass.
constexpr std::array refusals{
    // A stranger's attestation, and a session key in capitals.
    Refusal{"02-session-hello"_L1, 24, Stage::Encode, "refused"_L1, "The attestation is for other keys"_L1},
    Refusal{"02-session-hello"_L1, 42, Stage::Encode, "refused"_L1, "A key has 64"_L1},
    // A send without an id: its ack says "" and cannot be told from others.
    Refusal{"03-send-direct"_L1, 70, Stage::Encode, "refused"_L1, "A message needs an id"_L1},
    // A status that is none.
    Refusal{"05-priority-and-status"_L1, 68, Stage::Decode, "bad_field"_L1, "set_status.status: "_L1},
    // null as a state value, which is dropped without a word.
    Refusal{"07-state"_L1, 31, Stage::Encode, "refused"_L1, "State cannot be null"_L1},
    // Required fields left out.
    Refusal{"08-memory"_L1, 31, Stage::Decode, "bad_field"_L1, "remember.content: "_L1},
    Refusal{"17-webhooks"_L1, 18, Stage::Encode, "refused"_L1, "A webhook needs a name"_L1},
    Refusal{"21-apikeys"_L1, 27, Stage::Encode, "refused"_L1, "Which key?"_L1},
    Refusal{"25-moderation"_L1, 58, Stage::Encode, "refused"_L1, "Ban whom?"_L1},
    // Wrong handshakes: signature of the wrong length, no timestamp, session key "nope", no sessionId, no pid and cwd.
    Refusal{"26-errors-at-hello"_L1, 7, Stage::Encode, "refused"_L1, "A handshake needs a signature"_L1},
    Refusal{"26-errors-at-hello"_L1, 19, Stage::Encode, "refused"_L1, "A handshake needs a timestamp"_L1},
    Refusal{"26-errors-at-hello"_L1, 30, Stage::Encode, "refused"_L1, "A key has 64"_L1},
    Refusal{"26-errors-at-hello"_L1, 37, Stage::Decode, "bad_field"_L1, "hello.sessionId: "_L1},
    Refusal{"26-errors-at-hello"_L1, 38, Stage::Decode, "bad_field"_L1, "hello.pid: "_L1},
    // Types that do not exist, or that only brokers send.
    Refusal{"26-errors-at-hello"_L1, 43, Stage::Decode, "unknown_type"_L1, "mystery"_L1},
    Refusal{"27-errors-in-frames"_L1, 43, Stage::Decode, "unknown_type"_L1, "mystery_type"_L1},
    Refusal{"27-errors-in-frames"_L1, 44, Stage::Decode, "unknown_type"_L1, "ping"_L1},
    Refusal{"27-errors-in-frames"_L1, 45, Stage::Decode, "unknown_type"_L1, "typing"_L1},
    Refusal{"27-errors-in-frames"_L1, 46, Stage::Decode, "unknown_type"_L1, "read_receipt"_L1},
    Refusal{"27-errors-in-frames"_L1, 47, Stage::Decode, "unknown_type"_L1, "hello_ack"_L1},
    // Required fields left out.
    Refusal{"27-errors-in-frames"_L1, 48, Stage::Decode, "bad_field"_L1, "claim_task.taskId: "_L1},
    Refusal{"27-errors-in-frames"_L1, 49, Stage::Decode, "bad_field"_L1, "create_task.title: "_L1},
    Refusal{"27-errors-in-frames"_L1, 50, Stage::Decode, "bad_field"_L1, "send.targetSpec: "_L1},
    Refusal{"27-errors-in-frames"_L1, 51, Stage::Decode, "bad_field"_L1, "mcp_register.description: "_L1},
    Refusal{"27-errors-in-frames"_L1, 52, Stage::Decode, "bad_field"_L1, "peer_file_request.targetPubkey: "_L1},
    Refusal{"27-errors-in-frames"_L1, 54, Stage::Decode, "bad_field"_L1, "recall.query: "_L1},
    Refusal{"27-errors-in-frames"_L1, 55, Stage::Decode, "bad_field"_L1, "set_state.key: "_L1},
    Refusal{"27-errors-in-frames"_L1, 56, Stage::Decode, "bad_field"_L1, "topic_create.name: "_L1},
    Refusal{"27-errors-in-frames"_L1, 57, Stage::Decode, "bad_field"_L1, "get_skill.name: "_L1},
    // These three ended a broker, or blinded a mesh.
    Refusal{"35-schedule-without-message"_L1, 16, Stage::Decode, "bad_field"_L1, "schedule.message: "_L1},
    Refusal{"36-group-name-with-apostrophe"_L1, 15, Stage::Decode, "bad_field"_L1, "join_group.name: "_L1},
    Refusal{"39-poisoned-registry"_L1, 15, Stage::Decode, "bad_field"_L1, "mcp_register.tools: "_L1},
};

//! Texts that are no frame; recorded as they were sent.
struct RawText
{
    int line;
    QLatin1StringView code;
};
constexpr QLatin1StringView rawFile = "27-errors-in-frames"_L1;
constexpr std::array rawTexts{
    RawText{15, "not_json"_L1},   RawText{18, "not_json"_L1},   RawText{21, "not_object"_L1},
    RawText{24, "not_object"_L1}, RawText{27, "not_object"_L1}, RawText{30, "bad_field"_L1},
    RawText{33, "bad_field"_L1},  RawText{40, "not_json"_L1},
};

//! Recordings that hold HTTP exchanges beside, or instead of, frames.
const QSet<QString> httpFiles{u"00-enrolment-http"_s, u"05-priority-and-status"_s, u"17-webhooks"_s, u"31-files"_s,
                              u"32-grants"_s,         u"38-join-errors-http"_s};

struct Line
{
    QString file;
    int number = 0;
    QJsonObject object;

    QByteArray where(const QString &more = {}) const
    {
        return u"%1:%2 %3"_s.arg(file, QString::number(number), more).toUtf8();
    }
    QJsonObject frame() const { return object["frame"_L1].toObject(); }
    QByteArray frameText() const { return QJsonDocument(frame()).toJson(QJsonDocument::Compact); }
    bool isFrame() const { return object.contains("frame"_L1) && frame().contains("type"_L1); }
    bool isHttp() const { return object.contains("frame"_L1) && frame().contains("http"_L1); }
    bool fromClient() const { return object["dir"_L1] == "out"_L1; }
};

const Refusal *refusalOf(const Line &line)
{
    const auto it = std::find_if(refusals.begin(), refusals.end(), [&](const Refusal &one) {
        return line.fromClient() && line.number == one.line && line.file == one.file;
    });
    return it != refusals.end() ? it : nullptr;
}

QJsonObject parse(const QByteArray &text)
{
    return QJsonDocument::fromJson(text).object();
}

} // namespace

//! Every frame of the recordings of a real broker is decoded and encoded again.
class TestTranscripts final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void everyLineIsKnown();
    void brokerFramesRoundTrip();
    void clientFramesRoundTrip();
    void wrongFramesAreRefused();
    void rawTextsAreRefused();
    void httpIsNoFrame();

private:
    QList<Line> m_lines;
};

void TestTranscripts::initTestCase()
{
    const QDir folder(QStringLiteral(MESH_TEST_DATA "/transcripts"));
    const QStringList files = folder.entryList({u"*.jsonl"_s}, QDir::Files, QDir::Name);
    QCOMPARE(files.size(), 34);
    for (const QString &name : files) {
        QFile file(folder.filePath(name));
        QVERIFY2(file.open(QIODevice::ReadOnly), qPrintable(name));
        for (int number = 1; !file.atEnd(); ++number) {
            QJsonParseError problem;
            const QJsonDocument document = QJsonDocument::fromJson(file.readLine(), &problem);
            QVERIFY2(document.isObject(), qPrintable(name + u':' + QString::number(number)));
            m_lines.append({name.chopped(6), number, document.object()});
        }
    }
}

void TestTranscripts::everyLineIsKnown()
{
    int in = 0;
    int out = 0;
    for (const Line &line : std::as_const(m_lines)) {
        const QString dir = line.object["dir"_L1].toString();
        const bool known = line.isFrame() || line.isHttp() || line.object.contains("note"_L1)
            || line.object.contains("event"_L1) || line.object.contains("raw"_L1);
        QVERIFY2(known && (dir == "in"_L1 || dir == "out"_L1 || dir == "note"_L1), line.where().constData());
        in += line.isFrame() && dir == "in"_L1;
        out += line.isFrame() && dir == "out"_L1;
    }
    QCOMPARE(in, 945);
    QCOMPARE(out, 610);
}

void TestTranscripts::brokerFramesRoundTrip()
{
    for (const Line &line : std::as_const(m_lines)) {
        if (!line.isFrame() || line.fromClient())
            continue;
        const Expected<BrokerFrame> frame = decodeBrokerFrame(line.frameText());
        QVERIFY2(frame, line.where(frame ? QString() : frame.error().detail).constData());
        QVERIFY2(typeOf(*frame) == line.frame()["type"_L1].toString(), line.where().constData());
        QVERIFY2(parse(encode(*frame)) == line.frame(), line.where().constData());
        QVERIFY2(frameToJson(*frame) == line.frame(), line.where().constData());
    }
}

void TestTranscripts::clientFramesRoundTrip()
{
    for (const Line &line : std::as_const(m_lines)) {
        if (!line.isFrame() || !line.fromClient() || refusalOf(line))
            continue;
        const Expected<ClientFrame> frame = decodeClientFrame(line.frameText());
        QVERIFY2(frame, line.where(frame ? QString() : frame.error().detail).constData());
        QVERIFY2(typeOf(*frame) == line.frame()["type"_L1].toString(), line.where().constData());
        const Expected<QByteArray> bytes = encode(*frame);
        QVERIFY2(bytes, line.where(bytes ? QString() : bytes.error().detail).constData());
        QVERIFY2(parse(*bytes) == line.frame(), line.where().constData());
        QVERIFY2(frameToJson(*frame) == line.frame(), line.where().constData());
    }
}

void TestTranscripts::wrongFramesAreRefused()
{
    size_t seen = 0;
    for (const Line &line : std::as_const(m_lines)) {
        const Refusal *const wanted = refusalOf(line);
        if (!wanted)
            continue;
        ++seen;
        QVERIFY2(line.isFrame(), line.where().constData());
        const Expected<ClientFrame> frame = decodeClientFrame(line.frameText());
        QVERIFY2(frame.hasValue() == (wanted->stage == Stage::Encode), line.where().constData());
        const Error error = frame ? encode(*frame).error() : frame.error();
        QVERIFY2(error.code == wanted->code, line.where(error.code).constData());
        QVERIFY2(error.detail.startsWith(wanted->detail), line.where(error.detail).constData());
    }
    QCOMPARE(seen, refusals.size());
}

void TestTranscripts::rawTextsAreRefused()
{
    size_t seen = 0;
    for (const Line &line : std::as_const(m_lines)) {
        if (!line.object.contains("raw"_L1))
            continue;
        const QByteArray text = line.object["raw"_L1].toString().toUtf8();
        // The recorder writes a note in angle brackets in place of what was too long or binary.
        if (text.startsWith('<'))
            continue;
        const auto wanted =
            std::find_if(rawTexts.begin(), rawTexts.end(), [&](const RawText &one) { return one.line == line.number; });
        QVERIFY2(line.file == rawFile && wanted != rawTexts.end(), line.where().constData());
        const Expected<ClientFrame> frame = decodeClientFrame(text);
        QVERIFY2(!frame && frame.error().code == wanted->code, line.where().constData());
        ++seen;
    }
    QCOMPARE(seen, rawTexts.size());
}

void TestTranscripts::httpIsNoFrame()
{
    QSet<QString> files;
    for (const Line &line : std::as_const(m_lines)) {
        if (!line.isHttp())
            continue;
        files.insert(line.file);
        const Expected<BrokerFrame> frame = decodeBrokerFrame(line.frameText());
        QVERIFY2(!frame && frame.error().code == "bad_field"_L1, line.where().constData());
    }
    QCOMPARE(files, httpFiles);
}

MESH_TEST(TestTranscripts)

} // namespace tst_transcripts

#include "tst_transcripts.moc"
