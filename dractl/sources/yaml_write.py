"""Values as YAML text, in which every ambiguous string is quoted."""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Final

# A letter first, nothing special after: only some words mean something else to YAML.
_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*", re.ASCII)
_RESERVED: Final = frozenset(
    {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}
)
_WIDE: Final = 1 << 20
_LONE: Final = re.compile("[\ud800-\udfff]")  # halves of pairs, as JSON may hold
_ENDINGS: Final = {"|": "\n", "|-": "", ">": "\n", ">-": ""}


def block(value: object) -> str:
    """Return a value over several lines, without indentation or a final line break."""
    import yaml

    dumper = _dumper(blocks=True)
    dumped: str = yaml.dump(value, Dumper=dumper, sort_keys=False, width=_WIDE)
    return dumped.removesuffix("\n").removesuffix("\n...")


def one_lined(document: Mapping[str, object]) -> str:
    """Return a document in ASCII; line breaks in strings are spelled out."""
    import yaml

    dumper = _dumper(blocks=False)
    dumped: str = yaml.dump(document, Dumper=dumper, sort_keys=False, width=4096)
    return dumped


def inline(value: object) -> str:
    """Return a value on one line, which may stand anywhere."""
    if isinstance(value, str):
        return word(value)
    if isinstance(value, Mapping):
        inner = (f"{word(key)}: {inline(each)}" for key, each in value.items())
        return "{" + ", ".join(inner) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(inline, value)) + "]"
    return json.dumps(value)


def word(text: str) -> str:
    """Return a string as a scalar, quoted if it could be taken for something else."""
    if _PLAIN.fullmatch(text) and text.lower() not in _RESERVED:
        return text
    return f"'{text}'" if _has_quotes(text) else json.dumps(text)


def like(text: str, value: object) -> str:
    """Return a value in the quotes of what it replaces, or as a block like that."""
    quote = text[:1]  # null may have no text
    return quoted(quote, value) or literal(text, value) or inline(value)


def quoted(quote: str, value: object) -> str | None:
    """Return a string in these quotes; None if it is none, or does not fit there."""
    if quote == "'" and isinstance(value, str) and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    if quote == '"' and isinstance(value, str) and value.isascii():
        return json.dumps(value)
    return None


@cache
def _dumper(*, blocks: bool) -> type:
    import yaml

    # The C one where there is one: three times as fast. A base class that is chosen
    # when the program runs is beyond mypy.
    base: type[yaml.SafeDumper] = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

    class Dumper(base):  # type: ignore[misc, valid-type]
        """Quotes more than PyYAML does, and writes everything out."""

        def ignore_aliases(self, data: object) -> bool:
            del data
            return True

    def text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
        value = _LONE.sub("\ufffd", value)  # YAML cannot spell them; Go reads that
        style: str | None = '"'
        if word(value) == value:
            style = None
        elif blocks and _reads_well(value):
            style = "|"
        elif _has_quotes(value):
            style = "'"
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)

    Dumper.add_representer(str, text)
    return Dumper


def _has_quotes(text: str) -> bool:
    """Tell whether the text, such as CEL, is better written in single quotes."""
    return '"' in text and "'" not in text and text.isascii() and text.isprintable()


def _reads_well(text: str) -> bool:
    """Tell whether the text is better written line by line, as long CEL is."""
    lines = text.split("\n")
    return (
        len(lines) > 1
        and text.isascii()
        and text.replace("\n", "").isprintable()
        and not text.startswith((" ", "\n"))
        and all(line == line.rstrip() for line in lines)
    )


def literal(text: str, value: object) -> str | None:
    """Return a value as a block, with the comment of the block that it replaces.

    None: the text is no such block, or the value would not fit into it.
    """
    head, _, body = text.partition("\n")
    ending = _ENDINGS.get(head.partition("#")[0].rstrip())
    if ending is None or not isinstance(value, str) or not value.endswith(ending):
        return None
    lines = value.removesuffix("\n").split("\n")
    indent = " " * (len(body) - len(body.lstrip(" ")))
    if not indent or not lines[0].strip() or lines[0][0].isspace():
        return None
    if not all(line.replace("\t", " ").isprintable() for line in lines):
        return None
    if len(lines) > 1:
        head = f"|{head[1:]}"  # folding would join them
    return "\n".join([head, *(f"{indent}{line}" if line else "" for line in lines)])
