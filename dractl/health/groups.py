"""Devices that are told together: those of which the same is said."""

from collections.abc import Iterable
from dataclasses import dataclass

from dractl.health.answer import Level, Sign, State, User
from dractl.model.devices import DeviceId


@dataclass(frozen=True, slots=True)
class Group:
    """Devices of one driver of which the same signs tell, in the order of the answer.

    Of each sign it is the earliest that counts.
    """

    level: Level
    signs: tuple[Sign, ...]
    states: tuple[State, ...]

    @property
    def first(self) -> State:
        """The first of them."""
        return self.states[0]

    @property
    def pools(self) -> tuple[str, ...]:
        """Their pools, each once."""
        subjects = (each.subject for each in self.states)
        return tuple(
            dict.fromkeys(each.pool for each in subjects if isinstance(each, DeviceId))
        )

    @property
    def nodes(self) -> tuple[str, ...]:
        """Their nodes, each once."""
        return tuple(dict.fromkeys(node for each in self.states for node in each.nodes))

    @property
    def users(self) -> tuple[User, ...]:
        """The pods that have them, each once."""
        found = {id(user.pod): user for each in self.states for user in each.users}
        return tuple(found.values())


def grouped(states: Iterable[State]) -> tuple[Group, ...]:
    """Return the groups in the order of their first devices."""
    found: dict[object, list[State]] = {}
    for each in states:
        subject = each.subject
        of = subject.driver if isinstance(subject, DeviceId) else subject
        key = (each.level, of, tuple(sign.key for sign in each.signs))
        found.setdefault(key, []).append(each)
    return tuple(_group(same) for same in found.values())


def _group(states: list[State]) -> Group:
    first = states[0]
    signs = [
        min((each.signs[place] for each in states), key=lambda sign: sign.since or "~")
        for place in range(len(first.signs))
    ]
    return Group(first.level, tuple(signs), tuple(states))
