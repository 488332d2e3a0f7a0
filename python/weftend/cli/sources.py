"""What every command that reads CI reports or records takes, and the reading itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from weftend.cli import options
from weftend.cli.output import fail, say
from weftend.errors import Code, ExitStatus, Issue

if TYPE_CHECKING:
    from weftend.ci import Reading
    from weftend.fold import Stream

_PATH: Final = click.Path(path_type=Path, allow_dash=True)

_OPTIONS: Final = (
    click.argument("stream_id", metavar="STREAM"),
    click.argument("inputs", nargs=-1, metavar="INPUT...", type=_PATH),
    click.option(
        "--inputs-from",
        "listed",
        type=_PATH,
        metavar="FILE",
        help="Read the inputs that FILE lists, too: one a line; - is standard input.",
    ),
    click.option("--unit", type=click.Choice(["file", "dir", "field"]), help="What one run is."),
    click.option(
        "--format",
        "document_format",
        type=click.Choice(["junit", "go-test", "sarif", "github", "ndjson"]),
        help="What every document is; otherwise it is recognised.",
    ),
    click.option(
        "--slow", type=click.FloatRange(min=0.001, max=1e9), metavar="SECONDS", help="When a test is slow."
    ),
    click.option(
        "--strict", is_flag=True, help="Stop at the first file that cannot be read; nothing is done."
    ),
    click.option(
        "--streams",
        "definitions",
        metavar="FILE",
        multiple=True,
        type=_PATH,
        help="More stream definitions.",
    ),
    click.option(
        "--vocabulary", metavar="[MAP=]FILE", multiple=True, help="Registered names of the stream's maps."
    ),
    options.contracts,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line asks to be read, and for which stream."""

    stream_id: str
    inputs: tuple[Path, ...]
    listed: Path | None
    unit: str | None
    document_format: str | None
    slow: float | None
    strict: bool
    definitions: tuple[Path, ...]
    vocabulary: tuple[str, ...]
    extra: Path | None
    """Compiled contracts beside the shipped ones."""

    def definition(self, contribution: str | None = None) -> dict[str, Any]:
        """The compiled definition of the stream, with the vocabularies and settings that were asked for.

        Raises:
            WeftendError: ``STREAM_INVALID`` where there is no such stream, or with everything wrong with it.
        """
        from weftend.contracts import active
        from weftend.contracts.definitions import chosen

        settings = {} if self.slow is None else {"slowMs": round(self.slow * 1000)}
        in_force = active(self.extra)
        return chosen(self.stream_id, in_force, self.definitions, self.vocabulary, contribution, settings)


@dataclass(frozen=True, slots=True)
class Read:
    """What was read, and the stream it was read for."""

    definition: dict[str, Any]
    """The stream's compiled definition."""
    stream: Stream
    reading: Reading

    @property
    def units(self) -> str:
        """What is counted, in the plural: the stream's own word."""
        return str(self.definition["unit"]["plural"])

    @property
    def unit_rule(self) -> str | None:
        """What one unit is, where that could be chosen; a workflow run is always itself."""
        return None if self.definition["reader"] == "jobs" else self.reading.unit_rule


def takes_inputs(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give ``command`` the arguments and options of :class:`Asked`, as its first argument."""

    @wraps(command)
    def asking(**given: Any) -> Any:
        asked = Asked(**{name: given.pop(name) for name in Asked.__dataclass_fields__})
        return command(asked, **given)

    decorated: Callable[..., Any] = asking
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated


def read(asked: Asked, contribution: str | None = None) -> Read:
    """Read everything that was asked for, showing progress at a terminal.

    Raises:
        WeftendError: ``USAGE`` and ``STREAM_INVALID``; what was refused, under ``--strict`` or when there is
            nothing at all to read. Exit status 2; nothing was written.
    """
    from weftend import ci
    from weftend.canonical import canonicalize
    from weftend.cli.progress import reading
    from weftend.fold import Stream

    definition = asked.definition(contribution)
    stream = Stream(canonicalize(definition))
    inputs = list(_inputs(asked))
    with reading() as progress:
        read = ci.read(
            stream,
            inputs,
            unit=asked.unit,
            format=asked.document_format,
            strict=asked.strict,
            progress=progress,
        )
    _refuse_if_nothing(read, strict=asked.strict)
    return Read(definition, stream, read)


def _inputs(asked: Asked) -> Iterator[Path]:
    """The inputs, given and listed; at least one."""
    yield from asked.inputs
    if asked.listed is not None:
        with click.open_file(str(asked.listed), encoding="utf-8", errors="surrogateescape") as lines:
            yield from (Path(line) for line in lines.read().splitlines() if line)
    elif not asked.inputs:
        message = "say what to read: files, folders, patterns, - for standard input, or --from-store"
        fail(Issue(Code.USAGE, "argv#INPUT...", message))


def recorded(asked: Asked) -> tuple[dict[str, Any], dict[str, Any]]:
    """The definition and the contracts in force for ``--from-store``, which takes no inputs beside it.

    Raises:
        WeftendError: ``USAGE`` where there are inputs; ``STREAM_INVALID`` as :meth:`Asked.definition`.
    """
    from weftend.contracts import active

    if asked.inputs or asked.listed is not None:
        fail(
            Issue(Code.USAGE, "argv#--from-store", "--from-store reads the local store, and no inputs beside")
        )
    return asked.definition(), active(asked.extra)


def _refuse_if_nothing(read: Reading, *, strict: bool) -> None:
    """Under ``--strict`` any refusal is one of the command; so is naming only what is not there."""
    issues = read.issues
    missing = all(issue.code == Code.INPUT_NOT_FOUND for issue in issues.issues)
    if issues.issues and (strict or (missing and read.counts.documents == 0)):
        fail(issues)


def status_of(read: Read, status: ExitStatus = ExitStatus.DONE) -> ExitStatus:
    """The exit status: that part of the input was refused outranks whatever else there is to say."""
    return ExitStatus.PARTIAL if read.reading.counts.refused else status


def tell(read: Read) -> None:
    """Say on stderr what was read and what was not; silent under ``--json``."""
    from weftend.report.reading import lines

    for line in lines(read.reading, read.units):
        say(line)
