#!/bin/bash
# Some numbers crash RapidJSON's number reader (librescuestream/src/json/number.hpp): one file calls
# its parser, and so does one oracle of a fuzz target, both with numbers as texts.
#   json_reader.sh SOURCE_DIR
set -euo pipefail
cd "$1"

found=$(grep -rnE 'rapidjson/reader\.h|rapidjson::Reader|\bParse(Insitu|Stream)?[<(]' \
            librescuestream rescuestream-server rescuestream-cli examples tests \
            --include='*.cpp' --include='*.hpp' |
        grep -vE '^(librescuestream/src/json/document\.cpp|tests/fuzz/fuzz_auth_body\.cpp):' || true)
if [ -n "$found" ]; then
    printf 'Read JSON with json::parse (librescuestream/src/json/document.hpp) instead:\n%s\n' "$found"
    exit 1
fi
for file in librescuestream/src/json/document.cpp tests/fuzz/fuzz_auth_body.cpp; do
    grep -q 'kParseNumbersAsStringsFlag' "$file" || { echo "$file reads numbers"; exit 1; }
done
