"""Writes an OpenAPI file in YAML as C++: embed_openapi.py INPUT.yaml OUTPUT.cpp"""

import json
import sys

import yaml


def main() -> None:
    source, target = sys.argv[1:3]
    with open(source, encoding="utf-8") as file:
        document = yaml.safe_load(file)
    # Bytes, since compilers limit the length of one string literal.
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    numbers = ",".join(str(byte if byte < 128 else byte - 256) for byte in text)
    with open(target, "w", encoding="utf-8") as file:
        file.write(
            '#include "openapi.hpp"\n\n'
            "namespace rescuestream::server {\nnamespace {\n\n"
            f"constexpr char kDocument[] = {{{numbers}}};\n\n"
            "}  // namespace\n\n"
            "std::string_view openapi_json() noexcept { return {kDocument, sizeof(kDocument)}; }\n\n"
            "}  // namespace rescuestream::server\n"
        )


main()
