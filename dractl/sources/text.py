"""Documents from text that is JSON or YAML."""

from dractl.sources.documents import Loaded
from dractl.sources.json_text import read_json


def read_text(text: str, source: str, *, is_json: bool = False) -> Loaded:
    """Read all documents of the text; `source` names it in places and problems.

    Text that starts like JSON is tried as JSON first, and as YAML where that fails,
    unless `is_json` says that nothing else is meant.
    """
    if is_json or text.lstrip()[:1] in {"{", "["}:
        loaded = read_json(text, source)
        if is_json or loaded.documents or not loaded.problems:
            return loaded
    # PyYAML takes a while to import, and a JSON snapshot does not need it.
    from dractl.sources.yaml_text import read_yaml

    return read_yaml(text, source)
