#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the fuzzers' seeds and the dictionary of the decoder's fuzzer.

usage: make_corpus.py <project folder> <corpus folder>

Of the recorded frames one of each shape is kept (wire type, direction and keys, lists cut to two elements, long strings
shortened), so that the seeds stay small. The dictionary holds every wire type and key that the frame headers name.
"""
import hashlib
import json
import pathlib
import re
import shutil
import sys

LONGEST_TEXT = 64
LONGEST_LIST = 2


def shortened(value):
    if isinstance(value, str):
        return value[:LONGEST_TEXT]
    if isinstance(value, list):
        return [shortened(one) for one in value[:LONGEST_LIST]]
    if isinstance(value, dict):
        return {key: shortened(one) for key, one in value.items()}
    return value


def shape(value):
    if isinstance(value, list):
        return [shape(one) for one in value]
    if isinstance(value, dict):
        return {key: shape(one) for key, one in sorted(value.items())}
    return type(value).__name__


def write(folder, text):
    folder.mkdir(parents=True, exist_ok=True)
    data = text.encode("utf-8", "surrogatepass")
    (folder / hashlib.sha1(data).hexdigest()[:16]).write_bytes(data)


def frames_of(project):
    shapes = set()
    for path in sorted((project / "tests/data/transcripts").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            if "raw" in record:
                yield record["raw"][:LONGEST_TEXT]
            frame = record.get("frame")
            if not isinstance(frame, dict) or "type" not in frame:
                continue
            frame = shortened(frame)
            known = json.dumps([record["dir"], frame["type"], frame.get("event"), shape(frame)])
            if known not in shapes:
                shapes.add(known)
                yield json.dumps(frame, separators=(",", ":"), ensure_ascii=False)


def invites_of(project):
    vectors = json.loads((project / "tests/data/crypto-vectors.json").read_text(encoding="utf-8"))
    links = {vectors["invite_v1"]["link"]}
    for path in sorted((project / "tests/data/transcripts").glob("*.jsonl")):
        links.update(re.findall(r'"invite_token":"([A-Za-z0-9_-]{20,})"', path.read_text(encoding="utf-8")))
    for link in sorted(links):
        token = link.rsplit("/", 1)[-1]
        yield from (token, "ic://join/" + token, "https://app.example.org/join/" + token,
                    "https://app.example.org/de/join/" + token, "claudemesh://join/" + token)
    yield from ("https://app.example.org/i/AbCd1234", "claudemesh://i/AbCd1234", "http://127.0.0.1:3000/en/i/AbCd1234")


def requests_of(project):
    calls = set()
    for path in sorted((project / "tests/data/transcripts").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            frame = record.get("frame")
            if record.get("peer") != "http" or record["dir"] != "out" or not isinstance(frame, dict):
                continue
            body = frame.get("body")
            body = body if isinstance(body, str) else json.dumps(shortened(body) if body is not None else {})
            fields = {"Host": "127.0.0.1", **frame.get("headers", {}), "Content-Length": str(len(body.encode()))}
            calls.add(frame["http"] + " HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in fields.items()) + "\r\n" + body)
    yield from sorted(calls)
    yield ("GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
    yield "GET /file/abc/name?until=9&sig=00 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"


def words_of(project):
    words = set()
    for path in (project / "models/protocol").glob("frames*.h"):
        words.update(re.findall(r'(?:kType\{|v\(|v\.\w+\()"(\w+)"', path.read_text(encoding="utf-8")))
    return sorted(words)


def main():
    project, corpus = map(pathlib.Path, sys.argv[1:3])
    for text in frames_of(project):
        write(corpus / "decoder", text)
    for text in invites_of(project):
        write(corpus / "invite", text)
    for text in requests_of(project):
        write(corpus / "http", text)
    for kept in sorted((project / "tests/fuzz/corpus").glob("*/*")):
        (corpus / kept.parent.name).mkdir(parents=True, exist_ok=True)
        shutil.copyfile(kept, corpus / kept.parent.name / kept.name)
    entries = ['"\\"%s\\""' % word for word in words_of(project)]
    entries += ['"\\"now\\""', '"\\"idle\\""', '"\\"type\\":"', '"null"', '"true"', '"\\\\ud83e"', '"\\\\u0000"', '"1e400"']
    (corpus / "decoder.dict").write_text("\n".join(entries) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
