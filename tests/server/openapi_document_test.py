#!/usr/bin/env python3
"""Checks the rules that openapi.yaml keeps, so that clients can be generated from it and read:
openapi_document_test.py OPENAPI_FILE

Bodies and answers are named schemas with valid examples, every member and parameter has a
description, and every operation names its 4xx.
"""

import pathlib
import re
import sys

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

METHODS = ("get", "post", "put", "patch", "delete")
NAMED = re.compile(r"#/components/schemas/\w+\Z")

document = yaml.safe_load(pathlib.Path(sys.argv[1]).read_text())
store = jsonschema.RefResolver.from_schema(document)
faults = []


def resolve(value):
    while "$ref" in value:
        value = store.resolve(value["$ref"])[1]
    return value


def expect(condition, fault):
    if not condition:
        faults.append(fault)


def operations():
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def has_description(value):
    return bool(value.get("description") or resolve(value).get("description"))


def check_value(schema, value, where):
    for error in jsonschema.Draft202012Validator(schema, resolver=store).iter_errors(value):
        faults.append(f"{where}: the example is not valid: {error.message}")


def check_content(content, where):
    for kind, media in content.items():
        if not kind.endswith("json"):
            continue
        schema = media["schema"]
        expect(NAMED.match(schema.get("$ref", "")) or where.startswith("getOpenApi"),
               f"{where}: {kind} is not a schema with a name")
        if "example" in media:
            check_value(schema, media["example"], where)


def check_operation(path, method, operation):
    name = operation["operationId"]
    for member in ("summary", "tags"):
        expect(operation.get(member), f"{name} has no {member}")
    for tag in operation.get("tags", []):
        expect(any(known["name"] == tag for known in document["tags"]), f"{name}: tag {tag}")
    body = operation.get("requestBody")
    if body:
        check_content(resolve(body)["content"], name)
    for status, response in operation["responses"].items():
        check_content(resolve(response).get("content", {}), f"{name} {status}")
    for parameter in operation.get("parameters", []):
        expect(has_description(parameter), f"{name}: parameter {parameter} has no description")

    wanted = {"400"}
    is_public = operation.get("security") == []
    if not is_public:
        wanted |= {"401", "429"}
        if "security" not in operation:
            wanted.add("403")
        if method != "get":
            wanted |= {"413", "415"}
        if "{" in path and not path.startswith("/auth/"):
            wanted.add("404")
    missing = wanted - set(operation["responses"])
    expect(not missing, f"{name} does not name {', '.join(sorted(missing))}")
    schemes = operation.get("security", document["security"])
    for scheme in {name for choice in schemes for name in choice}:
        expect(scheme in document["components"]["securitySchemes"], f"{name}: {scheme}")


def check_schema(name, schema):
    if "properties" not in schema:
        return
    examples = schema.get("examples", [])
    expect(examples, f"{name} has no example")
    for example in examples:
        check_value(schema, example, name)
    for member, described in schema["properties"].items():
        where = f"{name}.{member}"
        expect(has_description(described), f"{where} has no description")
        nested = [described, described.get("items", {}), *described.get("oneOf", [])]
        expect(not any("properties" in value for value in nested),
               f"{where}: an object with members must be a schema with a name")
        for example in described.get("examples", []):
            check_value(described, example, where)


for operation in operations():
    check_operation(*operation)
components = document["components"]
for name, schema in components["schemas"].items():
    check_schema(name, schema)
for kind in ("parameters", "headers", "responses", "securitySchemes", "requestBodies"):
    for name, component in components[kind].items():
        expect(component.get("description"), f"{kind}/{name} has no description")
for name, response in components["responses"].items():
    check_content(response["content"], name)
text = pathlib.Path(sys.argv[1]).read_text()
for name in components["schemas"]:
    expect(f"#/components/schemas/{name}'" in text, f"{name} is not used")
ids = [operation["operationId"] for _, _, operation in operations()]
expect(len(ids) == len(set(ids)), "an operationId is used twice")
for fault in faults:
    print(fault)
print(f"openapi: {len(ids)} operations, {len(components['schemas'])} schemas, {len(faults)} faults")
sys.exit(1 if faults else 0)
