"""The table of commands, and what starting the program costs in imports."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest

import weftend
from weftend.cli import main
from weftend.cli.root import COMMANDS, root

HEAVY = {"pydantic", "rich", "yaml", "sqlite3", "jsonschema", "platformdirs", "filelock", "asyncio"}


def modules_after(code: str) -> set[str]:
    """The top-level modules loaded in a fresh interpreter once ``code`` has run."""
    script = f"import sys\n{code}\nprint(*{{name.split('.')[0] for name in sys.modules}}, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True, timeout=60
    )
    return set(done.stderr.split())


def test_version_is_the_core_s(capfd):
    assert main(["--version"]) == 0
    assert capfd.readouterr() == (f"weftend {weftend.__version__}\n", "")


def test_version_loads_nothing_heavy():
    loaded = modules_after("from weftend.cli import main; main(['--version'])")
    assert "click" in loaded
    assert loaded & HEAVY == set()


def test_the_table_and_its_modules_load_nothing_heavy():
    loaded = modules_after("from weftend.cli import main; main(['--help'])")
    assert loaded & HEAVY == set()


def test_counting_over_a_shipped_stream_loads_nothing_heavy(tmp_path):
    (tmp_path / "report.xml").write_text('<testsuite><testcase name="a"/></testsuite>')
    asked = ["count", "telemetry.ci.tests.v0", str(tmp_path), "--json"]
    loaded = modules_after(f"from weftend.cli import main; assert main({asked}) == 0")
    assert loaded & HEAVY == set()


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_of_the_table_is_one_with_help(name):
    command = root.commands[name]
    assert isinstance(command, click.Command)
    assert command.name == name
    assert command.help


def test_python_dash_m_is_the_command():
    done = subprocess.run([sys.executable, "-m", "weftend", "--version"], check=True, capture_output=True)
    assert done.stdout == f"weftend {weftend.__version__}\n".encode()


def test_import_of_the_package_loads_nothing():
    loaded = modules_after("import weftend")
    assert "weftend" in loaded
    assert loaded & (HEAVY | {"click", "json"}) == set()


def test_an_unknown_attribute_is_told():
    with pytest.raises(AttributeError, match="nothing_here"):
        _ = weftend.nothing_here


def parameters(command: click.Command) -> Iterator[click.Parameter]:
    """Every parameter of a command and of the commands below it."""
    yield from command.params
    for below in command.commands.values() if isinstance(command, click.Group) else ():
        yield from parameters(below)


def test_no_path_is_judged_before_the_command_opens_it():
    """Else a file without permission would be a mistake on the command line, and not ``INPUT_UNREADABLE``."""
    paths = [item.type for item in parameters(root) if isinstance(item.type, click.Path)]
    assert len(paths) > 20
    assert [path for path in paths if path.readable or path.exists] == []


@pytest.mark.parametrize("option", ["--home", "--out"])
def test_an_empty_path_is_a_mistake_and_not_the_working_folder(option, tmp_path, monkeypatch, capfd):
    """What ``--home "$STATE"`` says where nobody has set the variable: it must not make a home of that folder."""
    monkeypatch.chdir(tmp_path)
    for command in (["telemetry-conduit", "release"], ["aggregate", "telemetry.ci.tests.v0", "reports"]):
        assert main([*command, "--apply", "--json", option, ""]) == 2
        [issue] = json.loads(capfd.readouterr().out)["issues"]
        assert (issue["code"], issue["path"]) == ("USAGE", f"argv#{option}")
    assert list(tmp_path.iterdir()) == []
