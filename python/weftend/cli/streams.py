"""``weftend streams``: which streams there are, what one of them says, and whether a definition is one."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import click

from weftend.cli import options
from weftend.cli.options import AnyPath
from weftend.cli.output import emit, emit_json, machine
from weftend.errors import ExitStatus

READS_INPUTS: Final = frozenset({"tests", "findings", "jobs", "ndjson"})
"""The readers that read what a command line names; each knows which maps it fills."""
MOST_KEYS: Final = 12
"""Keys of an enum that are shown one by one."""

_files = click.option(
    "--streams",
    metavar="FILE",
    multiple=True,
    type=AnyPath(),
    help="More definitions.",
)
_contracts = click.option(
    "--contracts",
    metavar="FILE",
    type=AnyPath(),
    help="Compiled contracts of your own.",
)
_vocabulary = click.option(
    "--vocabulary", metavar="[MAP=]FILE", multiple=True, help="Registered names of the stream's maps."
)
_json = click.option("--json", "_json", is_flag=True, help="One JSON document on stdout, nothing on stderr.")


@click.group("streams", short_help="Show and check stream definitions.")
def streams() -> None:
    """Show and check stream definitions: units, maps, vocabularies, floors and caps."""


@streams.command("list", short_help="List every stream.")
@_files
@_contracts
@_json
def list_streams(streams: tuple[Path, ...], contracts: Path | None, _json: bool) -> None:
    """List every stream: the shipped ones, those of --contracts, and those of --streams."""
    from weftend.contracts import active
    from weftend.contracts.definitions import from_file

    in_force = active(contracts)
    definitions = [*in_force["streams"], *(item for path in streams for item in from_file(path, in_force))]
    summaries = [_summary(definition) for definition in definitions]
    if machine.get():
        emit_json({"streams": summaries})
    else:
        emit("".join(map(_line, summaries)).encode())


def _summary(definition: dict[str, Any]) -> dict[str, Any]:
    """What a list shows of one stream; :class:`WeftendError` where its reader cannot fill one of its maps."""
    from weftend.fold import Stream

    stream = Stream(_canonical(definition))
    if definition["reader"] in READS_INPUTS:
        from weftend import ci

        ci.unit_rule(stream)
    return {
        "streamId": stream.id,
        "version": definition["version"],
        "title": definition["title"],
        "unit": definition["unit"]["name"],
        "contribution": stream.contribution,
        "floor": definition["floor"],
        "digest": stream.digest,
        "maps": [_map_summary(item) for item in definition["maps"]],
    }


def _map_summary(item: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": item["name"],
        "kind": item["kind"],
        "clamp": item["clamp"],
        "vocabulary": item["vocabulary"]["type"],
        "keys": len(item["vocabulary"]["keys"]),
    }


def _line(summary: dict[str, Any]) -> str:
    maps = ", ".join(item["name"] for item in summary["maps"])
    return f"{summary['streamId']}\n  {summary['title']}\n  per {summary['unit']}: {maps}\n"


def _canonical(definition: dict[str, Any]) -> bytes:
    from weftend.canonical import canonicalize

    return canonicalize(definition)


@streams.command("show", short_help="Show one stream, or its compiled definition.")
@click.argument("stream")
@_files
@_contracts
@_vocabulary
@options.contribution
@options.slow
@_json
def show(
    stream: str,
    streams: tuple[Path, ...],
    contracts: Path | None,
    vocabulary: tuple[str, ...],
    contribution: str | None,
    slow: float | None,
    _json: bool,
) -> None:
    """Show one stream; with --json its compiled definition, whose digest is the pathDigest of its releases."""
    from weftend.contracts import active
    from weftend.contracts.definitions import chosen
    from weftend.fold import Stream

    definition = chosen(stream, active(contracts), streams, vocabulary, contribution, options.settings(slow))
    loaded = Stream(_canonical(definition))
    if machine.get():
        emit(_canonical(definition) + b"\n")
    else:
        emit(_page(definition, loaded.digest).encode())


def _page(definition: dict[str, Any], digest: str) -> str:
    floor, caps = definition["floor"], definition["caps"]
    promise = "map by map" if definition["contribution"] == "every-map" else "for the release as a whole"
    lines = [
        f"{definition['streamId']} (version {definition['version']})",
        f"  {definition['title']}",
        f"  unit          {definition['unit']['name']}, read by {definition['reader']}",
        f"  contribution  {definition['contribution']}: the promise holds {promise}",
        f"  floor         {floor['default']} where nobody asks, {floor['least']} at least",
        f"  caps          {caps['maxBucketsPerChunk']:,} buckets and {caps['maxChunkBytes']:,} bytes a chunk,"
        f" {caps['maxChunks']:,} chunks, {caps['maxWindowTicks']:,} units a window",
        f"  goes after    {caps['ttlSeconds']:,} ticks",
        f"  refs          {', '.join(definition['refs']) or 'none'}",
        *(f"  setting       {name} = {value}" for name, value in definition.get("settings", {}).items()),
        f"  digest        {digest}",
        "",
        *map(_map_line, definition["maps"]),
    ]
    return "\n".join(lines) + "\n"


def _map_line(item: dict[str, Any]) -> str:
    vocabulary = item["vocabulary"]
    names = vocabulary["keys"]
    if vocabulary["type"] == "registered":
        keys = f"{len(names):,} registered names under {vocabulary['grammar']}"
    elif len(names) > MOST_KEYS:
        keys = f"{len(names)} keys: {', '.join(names[:2])}, ... {', '.join(names[-2:])}"
    else:
        keys = f"keys: {', '.join(names)}"
    clamp = f", clamp {item['clamp']}" if item["kind"] == "sum" else ""
    return f"  {item['name']:<16} {item['kind']}{clamp}, {keys}"


@streams.command("check", short_help="Check definitions and their vocabularies.")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=AnyPath())
@_contracts
@_vocabulary
@_json
def check(
    files: tuple[Path, ...], contracts: Path | None, vocabulary: tuple[str, ...], _json: bool
) -> ExitStatus:
    """Check definitions in YAML or compiled form, with their vocabularies; everything wrong is said at once."""
    from weftend.cli.definitions import given
    from weftend.cli.output import report
    from weftend.contracts import active
    from weftend.errors import Issue, IssueList, WeftendError

    in_force = active(contracts)
    issues: list[Issue] = []
    summaries: list[dict[str, Any]] = []
    for path in files:
        try:
            summaries += [_summary(definition) for definition in given([path], vocabulary, in_force)]
        except WeftendError as error:
            issues += [_placed(issue, path) for issue in error.issues.issues]
    found = IssueList.of(issues)
    if machine.get():
        emit_json({"streams": summaries, **found.as_dict()})
    else:
        emit("".join(f"{item['streamId']} {item['digest']}\n" for item in summaries).encode())
        report(found)
    return ExitStatus.INVALID if issues else ExitStatus.DONE


def _placed(issue: Any, path: Path) -> Any:
    """The issue with the file that it is about, where the core could only know the place."""
    from weftend.errors import Issue

    file, _, place = issue.path.partition("#")
    return Issue(issue.code, f"{file or path.name}#{place}", issue.message)
