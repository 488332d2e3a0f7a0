"""``weftend verify``: read the files, let the reference decide, show the verdicts."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click

from weftend.cli import definitions
from weftend.cli.exits import system_issue
from weftend.cli.inputs import read_input
from weftend.cli.output import emit, emit_json, machine, report
from weftend.errors import ExitStatus, Issue, IssueList, WeftendError
from weftend.reference.streams import forms
from weftend.reference.verify import PROMISES, Against, Verdict, verify_snapshot, verify_store
from weftend.report.printable import printable


def _digest(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    if value is not None and re.fullmatch(r"sha256:[0-9a-f]{64}", value) is None:
        raise click.BadParameter("a digest is sha256: and 64 lower-case hexadecimal digits")
    return value


@click.command("verify", short_help="Check snapshots without trusting their maker.")
@click.argument("snapshots", metavar="SNAPSHOT...", nargs=-1, required=True)
@click.option("--store", metavar="FILE", help="Also hold each snapshot against this conduit store.")
@click.option("--head", metavar="DIGEST", callback=_digest, help="The chunkId that must be the newest.")
@click.option("--streams", metavar="FILE", multiple=True, help="A stream definition: YAML, or compiled.")
@click.option(
    "--vocabulary",
    metavar="[MAP=]FILE",
    multiple=True,
    help="Names that were registered; where they changed along the chain, each file.",
)
@click.option("--json", "_json", is_flag=True, help="One JSON document on stdout, nothing on stderr.")
def verify(
    snapshots: tuple[str, ...],
    store: str | None,
    head: str | None,
    streams: tuple[str, ...],
    vocabulary: tuple[str, ...],
    _json: bool,
) -> ExitStatus:
    """Check snapshots without trusting their maker.

    Canonical bytes, schema, privacy, every chunkId, the chain from its anchor, windows, floors and caps; with
    the stream's definition also vocabulary, clamps and promise. SNAPSHOT may be - for standard input. Exit
    status: 0 verified, 1 a preview, 2 a file that cannot be read, 3 something does not hold.
    """
    against, issues = _against(store, head, streams, vocabulary)
    verdicts = []
    for file in snapshots:
        try:
            verdicts.append(verify_snapshot(_read(file), file, against))
        except WeftendError as error:
            issues += error.issues.issues
    found = IssueList.of([*issues, *(issue for verdict in verdicts for issue in verdict.issues)])
    if machine.get():
        emit_json({"snapshots": [verdict.as_dict() for verdict in verdicts], **found.as_dict()})
    else:
        emit("".join(map(_words, verdicts)).encode("utf-8", "backslashreplace"))
        report(found)
    return _status(verdicts, issues)


def _against(
    store: str | None, head: str | None, streams: tuple[str, ...], vocabulary: tuple[str, ...]
) -> tuple[Against, list[Issue]]:
    """What the options say to hold snapshots against, and what is wrong with the store."""
    from weftend.contracts import active, load

    in_force = active()
    given: list[dict[str, Any]] = []
    if streams or vocabulary:
        given = _given([Path(file) for file in streams], vocabulary, in_force)
    known = [*in_force["streams"], *(item for item in load()["streams"] if item not in in_force["streams"])]
    value, issues = verify_store(_read(store), store) if store is not None else (None, ())
    against = Against(
        given=[stream for definition in given for stream in forms(definition)],
        shipped=[stream for definition in known for stream in forms(definition)],
        head=head,
        store=None if issues else value,
    )
    return against, list(issues)


def _given(files: list[Path], vocabulary: tuple[str, ...], in_force: dict[str, Any]) -> list[dict[str, Any]]:
    """The definitions that the options say: with all vocabularies together, and with each by itself.

    Names change along a chain, so of several files each may be that of other chunks.
    """
    given = definitions.given(files, vocabulary, in_force)
    if len(vocabulary) > 1:
        given += [item for one in vocabulary for item in definitions.given(files, [one], in_force)]
    return given


def _read(file: str) -> bytes:
    """The bytes of a file, or of standard input for ``-``; ``INPUT_*`` when that cannot be."""
    try:
        return read_input(file)
    except (OSError, ValueError) as error:
        system = error if isinstance(error, OSError) else OSError(None, str(error), file)
        raise WeftendError(system_issue(system)) from error


def _status(verdicts: list[Verdict], issues: list[Issue]) -> ExitStatus:
    """The gravest of what was found: broken, then unreadable, then a preview."""
    unreadable = [issue for issue in issues if issue.code.startswith("INPUT_")]
    if len(unreadable) < len(issues) or any(verdict.status == "refused" for verdict in verdicts):
        return ExitStatus.INTEGRITY
    if unreadable:
        return ExitStatus.INVALID
    preview = any(verdict.preview for verdict in verdicts)
    return ExitStatus.NOTHING_RELEASED if preview else ExitStatus.DONE


def _words(verdict: Verdict) -> str:
    """A verdict for people: what it is, what was verified from where, and what was not."""
    title = {
        "verified": "verified",
        "preview": "a preview that was never released: do not share it",
        "refused": "does not hold, see the issues",
    }[verdict.status]
    if verdict.stream is None:
        return f"{printable(verdict.file)}: {title}\n"
    first, last = verdict.ticks
    anchor = verdict.anchor or "the beginning of the stream"
    lines = [
        ("stream", verdict.stream),
        ("chunks", f"{verdict.chunks:,}, of {last - first:,} {verdict.unit} (ticks {first} to {last})"),
        ("anchor", anchor + (" (nothing before it is verified)" if verdict.anchor else "")),
        ("head", verdict.head or "none"),
        ("floor", f"{verdict.floor} {verdict.unit}" if verdict.floor is not None else "none"),
        *(("promise", f"{name}: {PROMISES.get(name, 'unknown')}") for name in verdict.promises),
        ("checked", ", ".join(verdict.checked)),
        *(("not checked", words) for words in verdict.unchecked),
    ]
    shown = (f"  {name:<12}{printable(text)}\n" for name, text in lines)
    return f"{printable(verdict.file)}: {title}\n" + "".join(shown)
