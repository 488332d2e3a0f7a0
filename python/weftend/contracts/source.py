"""One contracts folder while it is being compiled: where files are, and the issues found so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from weftend.contracts import yamlfile
from weftend.errors import Code, Issue, IssueList, WeftendError
from weftend.models.strict import Strict
from weftend.models.violations import issues_of

S = TypeVar("S", bound=Strict)


@dataclass
class Source:
    """A folder, the compiled contracts that it builds upon, and the issues of all its files together."""

    folder: Path
    base: dict[str, Any] | None = None
    issues: list[Issue] = field(default_factory=list)

    def model(self, model: type[S], name: str) -> S | None:
        """The YAML file ``name`` as ``model``; ``None``, with issues, when it is absent or is none."""
        value = self.value(name)
        if value is None:
            return None
        try:
            return model.model_validate(value)
        except ValidationError as error:
            self.take(issues_of(error, Code.CONTRACT_INVALID, name))
            return None

    def value(self, name: str) -> Any:
        """The raw value of the YAML file ``name``; ``None`` when it is absent or cannot be read."""
        path = self.folder / name
        if not path.exists():
            return None
        try:
            value = yamlfile.read(path, Code.CONTRACT_INVALID)
        except WeftendError as error:
            self.take(error.issues, name)
            return None
        if value is None:
            self.refuse(Code.CONTRACT_INVALID, name, "", "is empty")
        return value

    def refuse(self, code: Code, file: str, place: str, message: str) -> None:
        """Note one issue."""
        self.issues.append(Issue(code, f"{file}#{place}", message))

    def take(self, issues: IssueList, file: str | None = None) -> None:
        """Note the issues of one file, under the file's name within the folder."""
        for issue in issues.issues:
            place = issue.path.partition("#")[2]
            self.issues.append(issue if file is None else Issue(issue.code, f"{file}#{place}", issue.message))

    def inherited(self, name: str) -> list[Any]:
        """The list ``name`` of the compiled contracts underneath; empty where there are none."""
        return list(self.base[name]) if self.base else []
