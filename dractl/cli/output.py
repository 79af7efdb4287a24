"""Results as JSON and YAML: safe for a terminal, exact for a program."""

import json
import re
from collections.abc import Mapping
from typing import Final, Literal

OutputFormat = Literal["table", "wide", "json", "yaml", "name", "claims"]
AnswerFormat = Literal["table", "wide", "json", "yaml", "name"]

# A letter first, nothing special after: only some words mean something else to YAML.
_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*", re.ASCII)
# With double quotes inside, as CEL has them: easier to read in single ones.
_SINGLE: Final = re.compile(r"""[ -&(-~]*"[ -&(-~]*""", re.ASCII)
_RESERVED: Final = frozenset(
    {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}
)


def as_json(document: Mapping[str, object]) -> str:
    """Return one JSON document in ASCII; what a terminal would obey is escaped."""
    # JSON may carry DEL as it is; terminals and log viewers should not get it.
    return json.dumps(document, indent=2).replace("\x7f", "\\u007f") + "\n"


def as_yaml(document: Mapping[str, object]) -> str:
    """Return one YAML document in ASCII, in which every ambiguous string is quoted."""
    import yaml

    # The C one where there is one: three times as fast. A base class that is chosen
    # when the program runs is beyond mypy.
    base: type[yaml.SafeDumper] = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

    class Dumper(base):  # type: ignore[misc, valid-type]
        """Quotes more than PyYAML does, as kubectl reads more words as values."""

        def ignore_aliases(self, data: object) -> bool:
            """Write everything out: anchors are not for people."""
            del data
            return True

    def text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
        plain = _PLAIN.fullmatch(value) and value.lower() not in _RESERVED
        style = None if plain else "'" if _SINGLE.fullmatch(value) else '"'
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)

    Dumper.add_representer(str, text)
    return yaml.dump(document, Dumper=Dumper, sort_keys=False, width=4096)
