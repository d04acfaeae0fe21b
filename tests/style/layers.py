#!/usr/bin/env python3
"""Every part of the library and of the server includes only parts of a lower layer, a library of
another project is included in one place, and MediaMTX's words are known in one place.
layers.py SOURCE_DIR

See docs/architecture.md of the library. Also: the facade, stream_orchestrator.hpp, is included by
programs and by its own implementation; no part of the library and no other public header needs it.
"""

import pathlib
import re
import sys

source_dir = pathlib.Path(sys.argv[1]).resolve()
library = source_dir / "librescuestream"

# Part of src/ → the parts that it may include besides itself and the public headers. Each part is
# below the parts that follow it, and includes none of those.
MAY_INCLUDE = {
    # Text, time, addresses, cryptography, checks of texts: it knows no JSON and no table of fields.
    "support": set(),
    # Reading and writing of JSON; it knows no record.
    "json": {"support"},
    # The members of each record: tables of fields, their limits, the record's JSON.
    "fields": {"support", "json"},
    "rules": {"support"},
    # The text and the signatures of playback tokens.
    "tokens": {"support", "json"},
    # The stream of HTTP clients that call programs which may be hostile.
    "http": {"support"},
    "media": {"support", "json", "http"},
    "storage": {"support", "json", "fields", "rules", "tokens"},
    "orchestrator": {"support", "json", "fields", "rules", "tokens"},
    # Of the programs, not of the library: a target of its own.
    "settings": {"support", "rules", "orchestrator"},
}
# Backends, which only the functions that open one of them may include.
OPENERS = {"storage/storage.cpp", "storage/copy/open_endpoint.cpp"}

# What the media server in memory uses of the client that it replaces.
SHARED = {"media/mediamtx/words.hpp"}

# MediaMTX's words for what feeds and reads a path: parsed once, in media/mediamtx/words.cpp.
MEDIA_MTX_WORD = re.compile(
    r'"(rtmps?Conn|rtsps?Session|srtConn|(webRTC|hls|moq)Session|hlsMuxer|\w+Source)"')

FACADE = "rescuestream/stream_orchestrator.hpp"
FACADE_PARTS = {"orchestrator/impl.hpp", "orchestrator/stream_orchestrator.cpp"}

# Header of another library → the only folders of src/ that may include it.
ONE_PLACE = {
    r"pqxx/|libpq": "storage/postgres/",
    r"sqlite3\.h": "storage/sqlite/",
    r"httplib\.h": ("media/mediamtx/", "http/"),
    r"rapidjson/": "json/",
    r"toml\+\+/": "settings/",
}

findings = []
files = 0

for place, (part, lower) in enumerate(MAY_INCLUDE.items()):
    for other in lower - set(list(MAY_INCLUDE)[:place]):
        findings.append(f"{part}: may include {other}, which is not below it")
for folder in (library / "src").iterdir():
    if folder.is_dir() and folder.name not in MAY_INCLUDE:
        findings.append(f"{folder.name}: has no place in the order of the layers")


def includes(path):
    for line in path.read_text().splitlines():
        match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if match:
            yield match.group(2), match.group(1) == '"'


for path in sorted((library / "include").rglob("*.hpp")):
    files += 1
    for included, is_ours in includes(path):
        if included == FACADE:
            findings.append(f"{path.name}: includes the facade")
        elif is_ours and not included.startswith("rescuestream/"):
            findings.append(f"{path.name}: includes {included}, which is not installed")

for path in sorted([*(library / "src").rglob("*.hpp"), *(library / "src").rglob("*.cpp")]):
    files += 1
    name = path.relative_to(library / "src").as_posix()
    part = name.split("/")[0]
    for included, is_ours in includes(path):
        if included == FACADE and name not in FACADE_PARTS:
            findings.append(f"{name}: includes the facade instead of what it needs")
        included_part = included.split("/")[0]
        if is_ours and included_part in MAY_INCLUDE and included_part != part \
                and included_part not in MAY_INCLUDE.get(part, set()):
            findings.append(f"{name}: includes {included}, which is not in a lower layer")
        if is_ours and name not in OPENERS:
            for backends in (["storage/memory/", "storage/sqlite/", "storage/postgres/"],
                             ["media/mediamtx/", "media/fake/"]):
                for backend in backends:
                    if included.startswith(backend) and not name.startswith(backend) \
                            and included not in SHARED:
                        findings.append(f"{name}: includes {included} of another backend")
        for pattern, place in ONE_PLACE.items():
            if not is_ours and re.match(pattern, included) and not name.startswith(place):
                findings.append(f"{name}: includes <{included}>, which belongs in {place}")

for part in ("librescuestream", "rescuestream-server", "rescuestream-cli"):
    for path in sorted((source_dir / part).rglob("*.[ch]pp")):
        name = path.relative_to(source_dir).as_posix()
        if "/media/mediamtx/" in name:
            continue
        code = re.sub(r"//.*", "", path.read_text())
        for word in MEDIA_MTX_WORD.findall(code):
            findings.append(f"{name}: uses MediaMTX's word {word[0]}; media/mediamtx parses it")

# The server: HTTP itself knows no route, no application and no setting of it. cpp-httplib is there
# in the carriers only.
server = source_dir / "rescuestream-server/src"
HTTP_MAY_INCLUDE = re.compile(r"(http|support)/|rescuestream/(address_range|result|logger|secret|time)\.hpp$")
for path in sorted([*server.rglob("*.hpp"), *server.rglob("*.cpp")]):
    files += 1
    name = path.relative_to(server).as_posix()
    for included, is_ours in includes(path):
        if name.startswith("http/") and is_ours and not HTTP_MAY_INCLUDE.match(included):
            findings.append(f"{name}: includes {included}, which is not in a lower layer")
        if included == "httplib.h" and not name.startswith("carrier/"):
            findings.append(f"{name}: includes <{included}>, which belongs in carrier/")
        if re.match(r"curl/|zlib\.h", included) and not name.startswith("telemetry/"):
            findings.append(f"{name}: includes <{included}>, which belongs in telemetry/")

if files < 100:
    sys.exit(f"layers: found only {files} files")
for finding in findings:
    print(finding)
print(f"layers: {files} files, {len(findings)} findings")
sys.exit(1 if findings else 0)
