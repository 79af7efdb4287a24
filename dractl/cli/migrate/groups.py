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
    """Return what is asked for, in the order of those who ask first."""
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
    return list(found.values())


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
