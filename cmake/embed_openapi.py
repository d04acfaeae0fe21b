"""Writes an OpenAPI file in YAML as C++: embed_openapi.py INPUT.yaml OUTPUT.cpp"""

import json
import sys

import yaml


def array(text):
    # Bytes, since compilers limit the length of one string literal.
    return ",".join(str(byte if byte < 128 else byte - 256) for byte in text.encode())


def main() -> None:
    source, target = sys.argv[1:3]
    with open(source, encoding="utf-8") as file:
        text = file.read()
    as_json = json.dumps(yaml.safe_load(text), ensure_ascii=False, separators=(",", ":"))
    with open(target, "w", encoding="utf-8") as file:
        file.write(
            '#include "openapi.hpp"\n\n'
            "namespace rescuestream::server {\nnamespace {\n\n"
            f"constexpr char kYaml[] = {{{array(text)}}};\n"
            f"constexpr char kJson[] = {{{array(as_json)}}};\n\n"
            "}  // namespace\n\n"
            "std::string_view openapi_yaml() noexcept { return {kYaml, sizeof(kYaml)}; }\n"
            "std::string_view openapi_json() noexcept { return {kJson, sizeof(kJson)}; }\n\n"
            "}  // namespace rescuestream::server\n"
        )


main()
