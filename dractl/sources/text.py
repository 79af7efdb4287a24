"""Documents from text that is JSON or YAML."""

from typing import Final

from dractl.sources.documents import Loaded
from dractl.sources.json_text import NotJson, read_json

_LONGEST_FLOW_YAML: Final = 1 << 22


def read_text(text: str, source: str, *, is_json: bool = False) -> Loaded:
    """Read all documents of the text; `source` names it in places and problems.

    Text that starts like JSON is tried as JSON first, and as YAML where that fails,
    unless `is_json` says that nothing else is meant.
    """
    if is_json or text.lstrip()[:1] in {"{", "["}:
        try:
            return read_json(text, source)
        except NotJson as error:
            # Nobody writes megabytes of YAML in braces; that is damaged JSON.
            if is_json or len(text) > _LONGEST_FLOW_YAML:
                loaded = Loaded([], [])
                loaded.report(error.message, error.where)
                return loaded
    # PyYAML takes a while to import, and a JSON snapshot does not need it.
    from dractl.sources.yaml_text import read_yaml

    return read_yaml(text, source)
