"""Those who ask for the same and get the same, together."""

from dataclasses import dataclass, field

from dractl.migrate.answer import Meaning, Plan, Target, UserPlan


@dataclass
class Need:
    """A resource in one meaning, what replaces it, and who asks for it.

    `meaning` is None where it has several, of which somebody has to choose one.
    `evidence` is how it is known of any of the users.
    """

    resource: str
    meaning: Meaning | None
    target: Target | None
    users: list[UserPlan] = field(default_factory=list)
    evidence: dict[str, None] = field(default_factory=dict)


def needs(plan: Plan) -> list[Need]:
    """Return what is asked for, in order: what is held up first, what stays last.

    So are the users of each.
    """
    found: dict[object, Need] = {}
    for each in plan.users:
        for resource, first in each.meanings.items():
            is_doubtful = resource in each.doubtful
            meaning = None if is_doubtful else first
            target = None if is_doubtful else each.targets.get(resource)
            key = (resource, _sense(meaning), _sameness(target))
            need = found.setdefault(key, Need(resource, meaning, target))
            need.users.append(each)
            need.evidence |= dict.fromkeys(meaning.evidence if meaning else ())
    for need in found.values():
        need.users.sort(key=lambda each: each.route is not None)
    return sorted(found.values(), key=_rank)


def _rank(need: Need) -> int:
    if need.meaning is not None and need.target is None:
        return 2
    return 1 if all(each.route is not None for each in need.users) else 0


def _sense(meaning: Meaning | None) -> object:
    """Return what it is, wherever that is so and however it is known."""
    if meaning is None:
        return None
    return meaning.unit, meaning.profile, meaning.replicas, meaning.is_assumed


def _sameness(target: Target | None) -> object:
    if target is None:
        return None
    capacity = tuple(sorted(target.capacity.items()))
    return target.driver, target.device_class, target.expressions, capacity
