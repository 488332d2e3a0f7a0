"""Reading YAML that people wrote: bounded, safe, and without the surprise of a name that comes twice."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Any, Final

import yaml

from weftend.errors import Code, Issue, WeftendError

MAX_BYTES: Final = 4 * 1024 * 1024
"""A YAML file is not larger, in bytes."""


class _Loader(yaml.SafeLoader):
    """PyYAML's safe loader, which lets the last of equal names win; this one refuses them."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Hashable] = set()
        for key, _ in node.value:
            name = self.construct_object(key, deep=True)
            if name in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{name!r} comes twice", key.start_mark)
            seen.add(name)
        return super().construct_mapping(node, deep=deep)


def read(path: Path, code: str = Code.STREAM_INVALID) -> Any:
    """The value in the YAML (or JSON) file ``path``: strings, numbers, booleans, null, lists and mappings.

    :class:`WeftendError` with ``code`` when the file is missing, larger than :data:`MAX_BYTES`, nested too deep,
    not YAML, or names a member twice; its path is ``file#line:N`` where the line is known.
    """
    try:
        data = path.read_bytes()
        if len(data) > MAX_BYTES:
            raise WeftendError(Issue(code, f"{path.name}#", f"larger than {MAX_BYTES} bytes"))
        return yaml.load(data, Loader=_Loader)  # noqa: S506 (a safe loader)
    except yaml.MarkedYAMLError as error:
        place = f"line:{error.problem_mark.line + 1}" if error.problem_mark else ""
        raise WeftendError(Issue(code, f"{path.name}#{place}", error.problem or "is not YAML")) from error
    except (yaml.YAMLError, RecursionError, UnicodeDecodeError, ValueError, TypeError) as error:
        raise WeftendError(Issue(code, f"{path.name}#", "is not YAML")) from error
    except OSError as error:
        message = error.strerror or type(error).__name__
        raise WeftendError(Issue(code, f"{path.name}#", message)) from error
