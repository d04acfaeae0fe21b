#!/usr/bin/env python3
"""Checks that rescuestream-server/docs/log-messages.md lists every message that the sources log at info and above, with
its level, and nothing else.  check_log_messages.py SOURCE_DIR

A message is a literal in a call of a logger. A placeholder of a formatted text is `…` in the page. A call whose message is
not a literal must be one of those in `INDIRECT`, which says where its literals are.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1]).resolve()
PAGE = ROOT / "rescuestream-server" / "docs" / "log-messages.md"
FOLDERS = ("librescuestream/src", "rescuestream-server/src")
NAMES = {"info": "info", "warning": "warn", "error": "error"}

CALL = re.compile(r"\blog(?:ger)?_?(?:\(\))?\s*(?:\.|->)\s*(info|warning|error|log)\s*\(")
LITERALS = re.compile(r'"(?:[^"\\]|\\.)*"(?:\s*"(?:[^"\\]|\\.)*")*')

# The argument of a call → (file, what precedes its literals there, level or None for that of the call).
INDIRECT = {
    "secret_note": [("rescuestream-server/src/data_directory.cpp", r"note = fmt::format\(")],
    "warning": [("rescuestream-server/src/data_directory.cpp", r"warnings\.push_back\(\s*fmt::format\(\s*"),
                ("librescuestream/src/settings/read.cpp", r"warnings\.push_back\(\s*fmt::format\(\s*"),
                ("librescuestream/src/settings/read.cpp", r"warning_about_directory\([^\"]*fmt::format\(\s*"),
                ("librescuestream/src/settings/secret_rules.cpp", r"warnings\.push_back\(\s*(?:fmt::format\()?")],
    "*open": [("librescuestream/src/settings/secret_rules.cpp", r"!is_open\) return std::nullopt;\s*return ")],
    "to_string(*transition.event)": [("librescuestream/src/support/events.cpp", r"case EventType::\w+:\s*return ")],
    "message": [("librescuestream/src/orchestrator/reconciler.cpp", r"\blog_step_failure\(d_\.logger,\s*"),
                ("librescuestream/src/orchestrator/reservation_check.cpp", r"\blog_step_failure\(d_\.logger,\s*")],
}

problems = []


def text_of(literals):
    """Joins adjacent literals, and replaces placeholders."""
    text = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', literals)).replace('\\"', '"')
    return re.sub(r"\{[^}]*\}", "…", text)


def arguments_at(source, start, count):
    """Returns the first `count` arguments of a call whose parenthesis ends before `start`."""
    found, depth, begin, position = [], 0, start, start
    while len(found) < count:
        literal = LITERALS.match(source, position)
        if literal:
            position = literal.end()
            continue
        character = source[position]
        if character in "([{":
            depth += 1
        elif character in ")]}" and depth:
            depth -= 1
        elif (character == "," and not depth) or character in ")]}":
            found.append(re.sub(r"\s+", " ", source[begin:position]).strip())
            begin = position + 1
            if character != ",":
                break
        position += 1
    return found


def logged():
    """Returns {(message, level)} of the sources."""
    messages = set()
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.[ch]pp")):
            source = path.read_text()
            calls = [(match[1], match.end()) for match in CALL.finditer(source)]
            if path.name == "logging.cpp":  # the logger's own lines
                calls += [("log", match.end()) for match in re.finditer(r"\bwrite\((?=LogLevel::)", source)]
            for method, start in calls:
                arguments = arguments_at(source, start, 2)
                level, argument = method, arguments[0]
                if method == "log":
                    named = re.search(r"LogLevel::k(\w+)", arguments[0])
                    level, argument = (named[1].lower() if named else "warning"), arguments[1]
                    if arguments[0].startswith("spdlog"):
                        continue
                literals = LITERALS.findall(argument)
                if literals:
                    messages |= {(text_of(each), NAMES[level]) for each in literals}
                    continue
                if argument not in INDIRECT:
                    problems.append(f"{path.relative_to(ROOT)}: where are the literals of {argument!r}?")
                for file, before in INDIRECT.get(argument, []):
                    other = (ROOT / file).read_text()
                    found = [LITERALS.match(other, match.end()) for match in re.finditer(before, other)]
                    if not any(found):
                        problems.append(f"{file} has no literals behind {before}")
                    messages |= {(text_of(each[0]), NAMES[level]) for each in found if each}
    return messages


def listed():
    """Returns {(message, level)} of the page."""
    rows = [(row[0] or row[1], row[2], row[3]) for row in re.findall(
        r"^\| (?:`` (.+?) ``|`(.+?)`) \| (info|warn|error) \| (.+) \|$", PAGE.read_text(), re.M)]
    for message, _, meaning in rows:
        if len(meaning) < 10:
            problems.append(f"the page does not say what {message!r} means")
    if len({message for message, _, _ in rows}) != len(rows):
        problems.append("the page lists a message twice")
    return {(message, level) for message, level, _ in rows}


in_sources, in_page = logged(), listed()
problems += [f"not in the page: {message!r} ({level})" for message, level in sorted(in_sources - in_page)]
problems += [f"in no source: {message!r} ({level})" for message, level in sorted(in_page - in_sources)]
for problem in problems:
    print(problem)
print(f"log messages: {len(in_sources)} in the sources, {len(in_page)} in the page, {len(problems)} problems")
sys.exit(1 if problems or len(in_sources) < 50 else 0)
