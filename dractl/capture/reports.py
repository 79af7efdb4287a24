"""Names of node groups in the report of the Cluster Autoscaler, which is plain text."""

import re
from collections.abc import Mapping
from typing import Final

# Of old the name stands after `Name:`, since 1.30 it is a field of YAML.
_NAME: Final = re.compile(r"(?m)^([ \t-]*[Nn]ame:[ \t]*)(\S+)")


def node_groups(report: str) -> set[str]:
    """Return the names of node groups; clouds make URLs of some."""
    return {found[2] for found in _NAME.finditer(report)}


def with_node_groups(report: str, names: Mapping[str, str]) -> str:
    """Return the report with other names of node groups."""
    return _NAME.sub(lambda found: found[1] + names.get(found[2], found[2]), report)
