"""What changes do to anchors, and to the aliases and merges that refer to them."""

from collections.abc import Mapping, Sequence
from typing import Final

from dractl.sources.yaml_layout import Unwritable
from dractl.sources.yaml_tree import MERGE, Node

_GONE: Final = object()
_Fields = Mapping[str, object]


class Merges:
    """The anchors whose values have changed so far, in the order of the text."""

    def __init__(self) -> None:
        self._now: dict[str, object] = {}

    def changed(self, node: Node, value: object) -> None:
        """Note that a node has another value."""
        if node.anchor:
            self._now[node.anchor] = value

    def gone(self, node: Node, *, but: Node | None = None) -> None:
        """Note that a node goes, with all in it.

        `but` is a part that stays; of the node itself, that is its anchor.
        """
        stays = set[int]()
        if but is node:
            stays = {id(node)}
        elif but is not None:
            stays = {id(each) for each in but.within()}
        for each in node.within():
            if each.anchor and each.form != "alias" and id(each) not in stays:
                self._now[each.anchor] = _GONE

    def now(self, alias: Node, value: object) -> object:
        """Return what an alias stands for now; it stood for the value."""
        return self._now.get(alias.anchor, value)

    def concern(self, node: Node) -> bool:
        """Tell whether a part of the document refers to what has changed."""
        if not self._now:
            return False
        return any(
            each.form == "alias" and each.anchor in self._now for each in node.within()
        )

    def spread(self, node: Node, old: _Fields, new: _Fields) -> _Fields | None:
        """Return the fields to write in place of merges; None: these can stay.

        Raises Unwritable where merged fields would have to move into a new mapping.
        """
        given = self._given(node, old)
        if given is not None and given.keys() <= new.keys():
            return None
        own = _own(node)
        merged = [key for key in old if key not in own]
        gone = [key for key in merged if key not in new]
        added = [new[key] for key in new if key not in old]
        if any(isinstance(e, Mapping) and not e.keys().isdisjoint(gone) for e in added):
            raise Unwritable
        return {key: new[key] for key in merged if key in new}

    def inserted(
        self, node: Node, old: _Fields, new: _Fields, inserted: Sequence[str]
    ) -> list[str]:
        """Return the fields to add, given those that are new by their names."""
        own = _own(node)
        given = self._given(node, old)
        if given is None or not given.keys() <= new.keys():
            return list(inserted)  # all that was merged is written out
        kept = [key for key in inserted if key not in given or given[key] != new[key]]
        more = [key for key in old if key in new and key not in own]
        return kept + [
            key for key in more if key not in given or given[key] != new[key]
        ]

    def _given(self, node: Node, old: _Fields) -> _Fields | None:
        """Return what merges give the mapping beside its own; None: not known."""
        own = _own(node)
        merges = [value for key, value in node.entries if key.key == MERGE]
        if not any(map(self.concern, merges)):
            return {key: value for key, value in old.items() if key not in own}
        now = self._now.get(merges[0].anchor)
        if len(merges) > 1 or not isinstance(now, Mapping):
            return None
        return {key: value for key, value in now.items() if key not in own}


def _own(node: Node) -> set[str]:
    return {key.key for key, _ in node.entries}
