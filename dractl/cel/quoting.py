"""Values and paths written as CEL: the only place that puts text between quotes."""

import re
from collections.abc import Sequence
from typing import Final

_PLAIN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_RESERVED: Final = re.compile(
    r"as|break|const|continue|else|false|for|function|if|import|in|let|loop|package|"
    r"namespace|null|return|true|var|void|while"
)
_SHORT: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_LAST_OF_PLANE: Final = 0xFFFF


def quoted(text: str) -> str:
    """Return the text as a string literal of one line.

    A lone surrogate has no spelling in CEL; the literal is then one that does not
    compile.
    """
    return '"' + "".join(map(_character, text)) + '"'


def _character(each: str) -> str:
    if each in _SHORT:
        return _SHORT[each]
    if each.isprintable():
        return each
    code = ord(each)
    return f"\\u{code:04x}" if code <= _LAST_OF_PLANE else f"\\U{code:08x}"


def is_field(name: str) -> bool:
    """Tell whether the name can follow a dot."""
    return bool(_PLAIN.fullmatch(name)) and not _RESERVED.fullmatch(name)


def value_path(path: Sequence[str]) -> str:
    """Return how a value is read.

    The path is that of `paths`: `attributes` or `capacity`, the domain, the name.
    """
    where, name = _place(path)
    return f"{where}.{name}" if is_field(name) else f"{where}[{quoted(name)}]"


def optional_path(path: Sequence[str]) -> str:
    """Return how a value is read that may be missing."""
    where, name = _place(path)
    return f"{where}.?{name}" if is_field(name) else f"{where}[?{quoted(name)}]"


def value_test(path: Sequence[str]) -> str:
    """Return the test whether a device has the value, in the clearest spelling."""
    where, name = _place(path)
    return f"has({where}.{name})" if is_field(name) else f"{quoted(name)} in {where}"


def _place(path: Sequence[str]) -> tuple[str, str]:
    kind, domain, name = path
    return f"device.{kind}[{quoted(domain)}]", name
