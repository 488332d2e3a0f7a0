"""CI reports of every format in which every field, attribute and name is a canary, but for what is an enum.

Each function makes one report; reports differ, so that each is a unit. A few names are registered (:data:`REGISTERED`),
so that something of every map is released.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from planting import Planter

REGISTERED = {
    "failingTests": "pkg.Suite::flop",
    "slowTests": "pkg.Suite::flop",
    "flakyTests": "pkg.Suite::flop",
    "failureTypes": "AssertionError",
    "tools": "linter",
    "rules": "R1",
    "runners": "ubuntu-latest",
}
"""Map → a name that its vocabulary has, and every report."""

SUITE = (
    "name",
    "tests",
    "failures",
    "errors",
    "skipped",
    "disabled",
    "time",
    "timestamp",
    "hostname",
    "id",
    "package",
    "file",
)
CASE = ("file", "line", "assertions", "status", "result", "group", "url", "timestamp", "hostname")
TYPED = ("message", "type")


def junit(plant: Planter) -> str:
    """A report of two known cases and canaries in every attribute, text, comment and instruction."""
    odd = "".join(
        _element(plant, "testcase", ("name", "classname", "time", *CASE), _children(plant, tag))
        for tag in ("failure", "error", "skipped", "flakyFailure", "rerunFailure", "flakyError", "rerunError")
    )
    known = [
        '<testcase classname="pkg.Suite" name="flop" time="12"><failure type="AssertionError"/></testcase>',
        '<testcase classname="pkg.Suite" name="flop" time="0.5"/>',
    ]
    properties = "".join(_element(plant, "property", ("name", "value"), "") for _ in range(3))
    nested = _element(plant, "testsuite", SUITE, odd)
    slow = f'<testcase name={quoteattr(plant.text())} time="12"/>'
    inside = f"<properties>{properties}</properties>{nested}{slow}{''.join(known)}{_texts(plant)}"
    suite = _element(plant, "testsuite", SUITE, inside + _element(plant, plant.name(), (), _texts(plant)))
    declaration = f'<?xml version="1.0"?><!--{_comment(plant)}--><?{plant.name()} {plant.name()}?>'
    return declaration + _element(plant, "testsuites", SUITE, suite)


def _children(plant: Planter, tag: str) -> str:
    """What became of a case, and everything that runners put beside it."""
    trace = _element(plant, "stackTrace", (), _texts(plant))
    outputs = "".join(_element(plant, name, (), _texts(plant)) for name in ("system-out", "system-err"))
    return _element(plant, tag, TYPED, _texts(plant) + trace) + outputs


def _element(plant: Planter, tag: str, names: tuple[str, ...], inside: str) -> str:
    """An element whose attributes, and one more of an unknown name, are canaries."""
    attributes = "".join(f" {name}={quoteattr(plant.text())}" for name in (*names, plant.name()))
    return f"<{tag}{attributes}>{inside}</{tag}>"


def _texts(plant: Planter) -> str:
    """Canaries of every kind as text, as CDATA, and in a comment."""
    kinds = [plant.text() for _ in range(14)]
    return f"{escape(' '.join(kinds))}<![CDATA[{plant.text()}]]><!--{_comment(plant)}-->"


def _comment(plant: Planter) -> str:
    return plant.text().replace("--", "- -")


def go_test(plant: Planter) -> str:
    """A stream with canaries in every member of every event, and in lines that are no events."""
    events: list[dict[str, Any]] = [
        {"Action": "run", "Package": "pkg.Suite", "Test": "flop"},
        {"Action": "fail", "Package": "pkg.Suite", "Test": "flop", "Elapsed": 12},
        {"Action": "pass", "Package": "pkg.Suite", "Test": "flop", "Elapsed": 0.5},
    ]
    flaky = {"Package": plant.text(), "Test": plant.text(), "Elapsed": 12}
    events += [flaky | {"Action": "fail"}, flaky | {"Action": "pass"}]
    for action in ("run", "output", "pass", "fail", "skip", "run", "attr", "build-output", "bench"):
        names = ("Time", "Package", "Test", "Output", "ImportPath", "FailedBuild", "Key", "Value")
        events.append({"Action": action, "Elapsed": plant.number()} | {name: plant.text() for name in names})
        events.append({"Action": action, "Package": plant.text()})
    events += [{"Action": plant.text(), "Package": plant.text(), "Test": plant.text()}]
    lines = [json.dumps(event | {plant.text(): plant.text()}) for event in events]
    other = [f"{plant.text()} {plant.text()}" for _ in lines]
    return "\n".join(line for pair in zip(lines, other, strict=True) for line in pair)


def sarif(plant: Planter) -> str:
    """A log with canaries in every member that tools write, and in unknown ones."""
    location = {
        "physicalLocation": {
            "artifactLocation": {"uri": "", "uriBaseId": ""},
            "region": {"startLine": 1, "snippet": {"text": ""}},
        }
    }
    result = {
        "ruleId": "",
        "guid": "",
        "correlationGuid": "",
        "message": {"text": "", "markdown": "", "arguments": [""]},
        "locations": [location],
        "partialFingerprints": {"primary": ""},
        "codeFlows": [{"threadFlows": [{"locations": [location]}]}],
        "stacks": [{"frames": [location]}],
        "fixes": [{"description": {"text": ""}}],
        "workItemUris": [""],
        "hostedViewerUri": "",
        "rule": {"id": "", "guid": ""},
        "webRequest": {"target": "", "headers": {"Cookie": ""}},
        "suppressions": [{"justification": ""}],
    }
    driver = {
        "name": "",
        "fullName": "",
        "organization": "",
        "informationUri": "",
        "version": "",
        "guid": "",
        "product": "",
        "rules": [
            {
                "id": "",
                "name": "",
                "guid": "",
                "helpUri": "",
                "shortDescription": {"text": ""},
                "defaultConfiguration": {"level": "note"},
            }
        ],
    }
    run = {
        "tool": {"driver": driver, "extensions": [driver]},
        "invocations": [
            {
                "executionSuccessful": True,
                "commandLine": "",
                "arguments": [""],
                "account": "",
                "machine": "",
                "processId": 1,
                "workingDirectory": {"uri": ""},
                "environmentVariables": {"PATH": "", "TOKEN": ""},
                "startTimeUtc": "",
                "exitCodeDescription": "",
                "toolExecutionNotifications": [
                    {"message": {"text": ""}, "exception": {"message": "", "stack": {"frames": [location]}}}
                ],
            }
        ],
        "versionControlProvenance": [
            {"repositoryUri": "", "revisionId": "", "branch": "", "mappedTo": {"uri": ""}}
        ],
        "originalUriBaseIds": {"ROOT": {"uri": ""}},
        "artifacts": [{"location": {"uri": ""}, "contents": {"text": ""}, "hashes": {"sha-256": ""}}],
        "automationDetails": {"id": "", "guid": "", "correlationGuid": "", "description": {"text": ""}},
        "baselineGuid": "",
        "logicalLocations": [{"name": "", "fullyQualifiedName": ""}],
        "results": [result],
        "columnKind": "",
        "properties": {"tags": [""]},
    }
    planted = plant.in_place_of({"$schema": "", "version": "2.1.0", "runs": [run]}, {"version", "level"})
    known = {"ruleId": "R1", "level": "error", "message": {"text": plant.text()}}
    planted["runs"].append({"tool": {"driver": {"name": "linter"}}, "results": [known]})
    return json.dumps(planted, ensure_ascii=False)


PERSON = {
    "login": "",
    "id": 1,
    "node_id": "",
    "avatar_url": "",
    "url": "",
    "type": "",
    "email": "",
    "name": "",
}
REPOSITORY = {
    "id": 1,
    "full_name": "",
    "name": "",
    "private": True,
    "owner": PERSON,
    "html_url": "",
    "default_branch": "",
}
COMMIT = {"id": "", "tree_id": "", "message": "", "timestamp": "", "author": PERSON, "committer": PERSON}


def github(plant: Planter) -> str:
    """A workflow run, a job of it, and a check run, of a repository whose every member is a canary."""
    repository = plant.text()
    run_id = plant.number()
    run = {
        "id": 1,
        "name": "",
        "node_id": "",
        "head_branch": "",
        "head_sha": "",
        "path": "",
        "display_title": "",
        "run_number": 1,
        "workflow_id": 1,
        "check_suite_id": 1,
        "url": "",
        "html_url": "",
        "pull_requests": [{"head": {"ref": "", "sha": ""}}],
        "actor": PERSON,
        "triggering_actor": PERSON,
        "referenced_workflows": [{"path": "", "sha": ""}],
        "head_commit": COMMIT,
        "repository": REPOSITORY,
        "status": "completed",
        "conclusion": "failure",
        "event": "push",
        "updated_at": "",
        "run_started_at": "",
        "created_at": "",
    }
    job = {
        "id": 1,
        "run_id": 1,
        "status": "completed",
        "conclusion": "success",
        "name": "",
        "labels": ["", ""],
        "runner_name": "",
        "runner_id": 1,
        "runner_group_name": "",
        "head_sha": "",
        "head_branch": "",
        "workflow_name": "",
        "url": "",
        "steps": [{"name": "", "number": 1}],
    }
    check = {
        "id": 1,
        "status": "completed",
        "conclusion": "neutral",
        "name": "",
        "head_sha": "",
        "external_id": "",
        "details_url": "",
        "pull_requests": [],
        "output": {"title": "", "summary": "", "text": "", "annotations_url": ""},
        "app": {"slug": "", "owner": PERSON},
        "check_suite": {
            "id": 1,
            "head_branch": "",
            "head_sha": "",
            "status": "completed",
            "conclusion": "success",
        },
    }
    keep = {"status", "conclusion", "event"}
    values = []
    for name, record in (("workflow_run", run), ("workflow_job", job), ("check_run", check)):
        payload = plant.in_place_of(
            {"action": "", name: record, "repository": REPOSITORY, "sender": PERSON}, keep
        )
        payload["repository"]["full_name"] = repository
        values.append(payload)
    values[0]["workflow_run"]["id"] = values[1]["workflow_job"]["run_id"] = run_id
    values[1]["workflow_job"]["labels"].append("ubuntu-latest")
    odd = plant.in_place_of({"workflow_run": run, "repository": REPOSITORY}, {"status"})
    return "\n".join(json.dumps(value) for value in [*values, odd])


OWN = """
id: telemetry.own.builds.v0
version: 1
title: Builds
about: A unit is one build.
unit: {name: build, plural: builds, field: /build/id}
reader: ndjson
maps:
  outcomes: {kind: partition, about: How it ended., key: /outcome, keys: {enum: [failed, passed]}}
  tools: {kind: set, about: Tools., key: /tool, keys: {registered: true, grammar: label}}
  hits: {kind: sum, about: Hits., clamp: 9, key: /cache/layer, amount: /cache/hits, keys: {enum: [disk]}}
"""


def ndjson(plant: Planter) -> str:
    """Three lines of one build, whose identity, keys and other members are canaries."""
    build = plant.text()
    odd = plant.in_place_of(
        {
            "outcome": "",
            "tool": "",
            "cache": {"layer": "", "hits": 1},
            "host": "",
            "branch": "",
            "trace": [""],
        }
    )
    odd["cache"]["hits"] = 2
    known = plant.in_place_of({"note": ""}) | {
        "outcome": "passed",
        "tool": "linter",
        "cache": {"layer": "disk", "hits": 3},
    }
    lines = [record | {"build": {"id": build, plant.text(): plant.text()}} for record in (odd, known)]
    return "\n".join(json.dumps(line) for line in lines)


FORMATS: dict[str, tuple[str, str, Callable[[Planter], str]]] = {
    "junit": ("telemetry.ci.tests.v0", ".xml", junit),
    "go-test": ("telemetry.ci.tests.v0", ".json", go_test),
    "sarif": ("telemetry.ci.findings.v0", ".sarif", sarif),
    "github": ("telemetry.ci.jobs.v0", ".json", github),
    "ndjson": ("telemetry.own.builds.v0", ".ndjson", ndjson),
}
"""Format → stream, how its files are called, and what makes a report."""
