"""Which permissions a command needs, as the role that gives them."""

from collections.abc import Iterator
from typing import Any

from dractl.cli.output import as_yaml
from dractl.live.kinds import NEEDS, Need
from dractl.manifests.access import reader, rule


def permissions(command: str) -> str:
    """Return the ClusterRole that lets somebody run a command, as YAML.

    One of a group is named with it: `migrate plan`.
    """
    need = NEEDS[command]
    name = f"dractl-{command.replace(' ', '-')}"
    return as_yaml(reader(name, list(_rules(need)), need.paths))


def _rules(need: Need) -> Iterator[dict[str, Any]]:
    verbs = ("list", "watch") if need.watches else ("list",)
    groups: dict[str, list[str]] = {}
    for kind in need.kinds:
        if kind.only is None:
            groups.setdefault(kind.group, []).append(kind.resource)
    for group, resources in groups.items():
        yield rule(resources, verbs, group)
    for kind in need.kinds:
        if kind.only is not None:
            named = {"resourceNames": [kind.only[1]]}
            yield {**rule((kind.resource,), verbs, kind.group), **named}
    for kind, further in (*need.changes.items(), *need.asks.items()):
        yield rule((kind.resource,), further, kind.group)
