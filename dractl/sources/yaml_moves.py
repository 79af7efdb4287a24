"""Fields that move between mappings of a YAML text."""

from collections.abc import Mapping

from dractl.sources.yaml_tree import MERGE, Node


class Moves:
    """Which keys of a mapping go into a new one, and which come out of one that goes.

    `groups` has new keys with those that move into them, `lifted` keys that go with
    those that come out, `inserted` new keys with values from nowhere.
    """

    def __init__(
        self, node: Node, old: Mapping[str, object], new: Mapping[str, object]
    ) -> None:
        gone = [key.key for key, _ in node.entries if key.key not in new]
        gone = [key for key in gone if key != MERGE]
        self.groups: dict[str, list[str]] = {}
        self.lifted: dict[str, list[str]] = {}
        self.moved: set[str] = set()
        added = [key for key in new if key not in old]
        for key in added:
            inner = new[key]
            if isinstance(inner, Mapping):
                taken = [
                    each for each in gone if each in inner and each not in self.moved
                ]
                if taken:
                    self.groups[key] = taken
                    self.moved.update(taken)
        for key in gone:
            entry = node.entry(key)
            if key in self.moved or entry is None or entry[1].form != "map":
                continue
            inner_keys = [each.key for each, _ in entry[1].entries]
            if lifted := [each for each in inner_keys if each in added]:
                self.lifted[key] = lifted
        placed = {
            *self.groups,
            *(each for keys in self.lifted.values() for each in keys),
        }
        self.inserted = [key for key in added if key not in placed]

    def group_at(self, key: str) -> str | None:
        """Return the group that starts where this key stands."""
        return next(
            (name for name, keys in self.groups.items() if keys[0] == key), None
        )

    def added_in(self, group: str, new: Mapping[str, object]) -> Mapping[str, object]:
        """Return what the group has beside the keys that move into it."""
        inner = new[group]
        assert isinstance(inner, Mapping)
        return {key: inner[key] for key in inner if key not in self.groups[group]}
