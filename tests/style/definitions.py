#!/usr/bin/env python3
"""What X.hpp declares, X.cpp defines: lists every function that a header declares and that a source
file of another name defines.
definitions.py SOURCE_DIR

A header and its source file have the same name and stand in the same folder. A public header, in
include/, has its source file anywhere in src/ of its part.
"""

import collections
import pathlib
import re
import sys

source_dir = pathlib.Path(sys.argv[1]).resolve()
PARTS = ("librescuestream", "rescuestream-server", "rescuestream-cli")

# Headers that list the entry points of their folder, so that one file can include all of them. Each
# function stands in the source file that its name contains.
LISTS = {
    "rescuestream-server/src/filters/list.hpp": "make_{}_filter",
    "rescuestream-server/src/metrics/families.hpp": "write_{}",
    "rescuestream-cli/src/commands/commands.hpp": "add_{}_commands",
    "rescuestream-cli/src/doctor/checks/checks.hpp": "check_{}",
    "rescuestream-cli/src/admin/direct_roles.hpp": "make_{}",
    "rescuestream-cli/src/admin/http_roles.hpp": "make_{}",
}

Declaration = collections.namedtuple("Declaration", "name parameters")

NOT_A_NAME = {"if", "for", "while", "switch", "return", "catch", "sizeof", "decltype", "noexcept",
              "requires", "alignas", "static_assert", "throw", "operator"}
TYPE_WORDS = {"int", "char", "bool", "double", "float", "long", "short", "unsigned", "signed", "void",
              "auto", "const"}


def blank(match):
    """Returns the newlines of what is removed, or an empty string literal."""
    text = match.group(0)
    return '""' if text[0] in "\"'R" else "\n" * text.count("\n")


def code_of(path):
    """Returns the text of a file without comments, texts and preprocessor lines."""
    text = re.sub(r'R"(\w*)\(.*?\)\1"|//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|(?<!\w)\'(?:\\.|[^\'\\\n])+\'',
                  blank, path.read_text(), flags=re.S)
    return re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", "", text, flags=re.M)


def statements_of(code):
    """Yields (kind, scope, text): each statement at namespace or class scope, with the names of the
    namespaces and classes around it. Kind: "class" (its head), "function" (has a body), "plain"."""
    scope = []
    begin = at = 0
    parentheses = 0
    while at < len(code):
        character = code[at]
        if character in "([":
            parentheses += 1
        elif character in ")]":
            parentheses -= 1
        elif character == ";" and parentheses == 0:
            yield "plain", tuple(scope), code[begin:at]
            begin = at + 1
        elif character == "}":
            if scope:
                scope.pop()
            begin = at + 1
        elif character == ":" and re.fullmatch(r"\s*(public|protected|private)\s*", code[begin:at]):
            begin = at + 1
        elif character == "{" and parentheses > 0:
            at = end_of_braces(code, at)
            continue
        elif character == "{":
            head = code[begin:at].strip()
            space = re.search(r"\bnamespace\b\s*((?:\w+|::)*)$", head)
            kind = re.match(r"(?:template\s*<.*?>\s*)?(?:class|struct|union)\s+((?:\w+|::)+)[^()]*$",
                            head, re.S)
            if space:
                scope.append(space.group(1) or "(anonymous)")
                begin = at + 1
            elif kind and "=" not in head:
                yield "class", tuple(scope), kind.group(1)
                scope.append(kind.group(1))
                begin = at + 1
            else:
                end = end_of_braces(code, at)
                # `: member_{value}` before a constructor's body, or an initial value.
                is_body = re.search(r"\)[^()=]*$", head) and not re.search(
                    r"\)\s*:\s[^{}]*[\w>]$|\)\s*:\s.*,[^()]*[\w>]$", head, re.S)
                if is_body:
                    yield "function", tuple(scope), head
                    begin = end
                else:
                    # Blanked, so that the statement goes on to its end.
                    code = code[:at] + "()" + " " * max(end - at - 2, 0) + code[end:]
                at = end
                continue
        at += 1


def end_of_braces(code, at):
    depth = 0
    while at < len(code):
        if code[at] == "{":
            depth += 1
        elif code[at] == "}":
            depth -= 1
            if depth == 0:
                return at + 1
        at += 1
    return at


def parameter_types(text):
    """Returns the types of a parameter list without names, default values and qualifications."""
    types = []
    depth = 0
    part = ""
    for character in text + ",":
        depth += character in "(<[{"
        depth -= character in ")>]}"
        if character == "," and depth == 0:
            if part.strip():
                types.append(part)
            part = ""
        else:
            part += character
    result = []
    for each in types:
        each = re.sub(r"=.*", "", each, flags=re.S)
        tokens = re.findall(r"\w+|::|[^\s\w]", re.sub(r"(\w+\s*::\s*)+", "", each))
        if len(tokens) > 1 and re.match(r"[A-Za-z_]", tokens[-1]) and tokens[-1] not in TYPE_WORDS \
                and tokens[-2] not in ("const", "struct", "class"):
            tokens.pop()
        result.append(" ".join(tokens))
    return tuple(result)


def function_of(text):
    """Returns the Declaration of a statement that declares or defines a function, or None."""
    text = re.sub(r"\[\[.*?\]\]", "", text, flags=re.S)
    text = re.sub(r"^\s*template\s*<.*?>\s*(?=\w)", "", text, flags=re.S).strip()
    if re.match(r"(using|typedef|friend|static_assert|enum|extern)\b", text):
        return None
    found = re.search(r"((?:\w+\s*(?:<[^<>()]*>)?\s*::\s*)*(?:~?\w+|operator\s*(?:\(\)|[^\s\w(]+|\w+)))\s*\(",
                      text)
    while found and found.group(1).split("::")[-1].strip() in NOT_A_NAME - {"operator"}:
        return None
    if not found or "=" in text[:found.start()].replace("operator=", ""):
        return None
    depth, at = 1, found.end()
    while at < len(text) and depth:
        depth += text[at] == "("
        depth -= text[at] == ")"
        at += 1
    name = re.sub(r"<[^<>]*>|\s", "", found.group(1))
    if not text[:found.start()].strip() and "::" not in name and "~" not in name \
            and not name.startswith("operator") and not re.match(r"[A-Z]", name):
        return None  # a call, of a macro
    return Declaration(name, parameter_types(text[found.end():at - 1]))


def qualified(scope, name):
    """Without the project's own namespaces, which `using` and nested names leave out."""
    parts = [part for each in [*scope, name] for part in each.split("::") if part]
    return "::".join(parts)


def belongs(name, header, source):
    """Returns whether `source` may define the function that `header` declares."""
    entry_point = LISTS.get(header.relative_to(source_dir).as_posix())
    if entry_point and header.parent == source.parent \
            and name.endswith("::" + entry_point.format(source.stem)):
        return True
    if header.stem != source.stem:
        return False
    return header.parent == source.parent or "include" in header.relative_to(source_dir).parts


headers = collections.defaultdict(set)  # function → headers that declare it
classes = {}  # qualified name of a class → header
files = 0
for part in PARTS:
    for path in sorted((source_dir / part).rglob("*.hpp")):
        files += 1
        for kind, scope, text in statements_of(code_of(path)):
            if kind == "class":
                classes[qualified(scope, text)] = path
            elif kind == "plain":
                function = function_of(text)
                if function:
                    headers[qualified(scope, function.name), function.parameters].add(path)

findings = []
definitions = 0
for part in PARTS:
    for path in sorted((source_dir / part).rglob("*.cpp")):
        files += 1
        for kind, scope, text in statements_of(code_of(path)):
            if kind == "plain" and not text.rstrip().endswith("default"):
                continue
            function = function_of(text) if kind != "class" else None
            if function is None or "(anonymous)" in scope:
                continue
            name = qualified(scope, function.name)
            owner = name.rpartition("::")[0]
            declared = {classes[owner]} if owner in classes \
                else headers.get((name, function.parameters), set())
            if not declared:
                continue
            definitions += 1
            if not any(belongs(name, header, path) for header in declared):
                names = sorted(header.relative_to(source_dir).as_posix() for header in declared)
                findings.append(f"{path.relative_to(source_dir).as_posix()}: {name} is declared in "
                                + ", ".join(names))

if files < 100 or definitions < 500:
    sys.exit(f"definitions: found only {files} files and {definitions} definitions")
for finding in findings:
    print(finding)
print(f"definitions: {files} files, {definitions} definitions, {len(findings)} findings")
sys.exit(1 if findings else 0)
