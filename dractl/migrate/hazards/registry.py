"""The table of hazards: every code once, with its severity and its manual."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from inspect import cleandoc
from textwrap import fill
from typing import Final, NamedTuple

from dractl.api.snapshot import Snapshot
from dractl.migrate.answer import Finding, Mention, Plan, Target, User, UserPlan
from dractl.migrate.evidence import Evidence
from dractl.migrate.inputs import Input, Order, Route
from dractl.migrate.users import twins
from dractl.model.workloads import Node
from dractl.rules.registry import Entry, Severity

Devices = tuple[str, tuple[str, ...]]
"""Which devices are meant: a class, and what is asked for beside it."""


def devices_of(target: Target) -> Devices:
    """Return which devices stand for a resource."""
    return target.device_class, target.expressions


@dataclass(frozen=True)
class Case:
    """All that hazards are told by; the plan's users have no routes yet."""

    plan: Plan
    inputs: Sequence[Input]
    snapshot: Snapshot
    evidence: Evidence

    @property
    def order(self) -> Order:
        """What is wished for."""
        return self.plan.order

    @property
    def users(self) -> tuple[UserPlan, ...]:
        """Who asks for what, and what replaces it."""
        return self.plan.users

    @property
    def mentions(self) -> tuple[Mention, ...]:
        """What else knows the resources by their names."""
        return self.plan.mentions

    @cached_property
    def by_resource(self) -> Mapping[str, tuple[UserPlan, ...]]:
        """The users of each resource."""
        found: dict[str, list[UserPlan]] = {}
        for each in self.users:
            for resource in each.user.resources:
                found.setdefault(resource, []).append(each)
        return {resource: tuple(listed) for resource, listed in found.items()}

    @cached_property
    def served(self) -> Mapping[str, frozenset[str]]:
        """The drivers that take over each resource; none of one that stays."""
        return {
            resource: frozenset(
                each.targets[resource].driver
                for each in listed
                if resource in each.targets
            )
            for resource, listed in self.by_resource.items()
        }

    @cached_property
    def first_by_target(self) -> Mapping[str, Mapping[Devices, UserPlan]]:
        """The first user of each resource, by the devices that are meant by it."""
        found: dict[str, dict[Devices, UserPlan]] = {}
        for each in self.users:
            for resource, target in each.targets.items():
                meant = found.setdefault(resource, {})
                meant.setdefault(devices_of(target), each)
        return found

    @cached_property
    def twins(self) -> Mapping[int, Input]:
        """What the cluster has of the objects of files, by the files' numbers."""
        return twins(self.inputs, self.order.namespace)

    @cached_property
    def nodes_with(self) -> Mapping[str, tuple[Node, ...]]:
        """The nodes on which a device plugin still offers each resource."""
        return {
            resource: tuple(
                node
                for node in self.snapshot.nodes
                if (amount := node.allocatable.get(resource)) and amount.nanos > 0
            )
            for resource in self.by_resource
        }

    def lives(self, user: User) -> bool:
        """Tell whether the user's object is in the cluster already."""
        return not user.input.is_file or user.input.number in self.twins


class Said(NamedTuple):
    """What a hazard says: see Finding. What is about a user has that as its subject."""

    message: str
    fix: str = ""
    where: str = ""
    route: Route | None = None
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Hazard(Entry):
    """A row of the table of hazards."""


OfUser = Callable[[Case, UserPlan], Iterator[Said]]
OfAll = Callable[[Case], Iterator[Said]]

_COLUMNS: Final = 80
HAZARDS: Final[dict[str, Hazard]] = {}
_OF_USERS: Final[list[tuple[Hazard, OfUser]]] = []
_OF_ALL: Final[list[tuple[Hazard, OfAll]]] = []


def of_user(code: str, severity: Severity) -> Callable[[OfUser], OfUser]:
    """Enter a function that looks at one user; its docstring becomes the manual.

    Raises ValueError for a code that is taken, or a function without a docstring.
    """

    def enter(function: OfUser) -> OfUser:
        _OF_USERS.append((listed(code, severity, function.__doc__), function))
        return function

    return enter


def of_all(code: str, severity: Severity) -> Callable[[OfAll], OfAll]:
    """Enter a function that looks at the whole, as `of_user` does for one."""

    def enter(function: OfAll) -> OfAll:
        _OF_ALL.append((listed(code, severity, function.__doc__), function))
        return function

    return enter


def listed(code: str, severity: Severity, manual: str | None) -> Hazard:
    """Return a new row of the table; raise ValueError where that cannot be."""
    # Manuals are printed: how their source is set is no part of them.
    paragraphs = [
        fill(each, _COLUMNS, break_on_hyphens=False)
        for each in cleandoc(manual or "").split("\n\n")
    ]
    if not paragraphs[0] or code in HAZARDS:
        raise ValueError(code)
    HAZARDS[code] = Hazard(code, severity, "\n\n".join(paragraphs))
    return HAZARDS[code]


@dataclass(frozen=True, slots=True)
class Found:
    """What endangers a migration as a whole, and its users, in their order."""

    of_all: tuple[Finding, ...]
    of_users: tuple[tuple[Finding, ...], ...]


def found(case: Case) -> Found:
    """Return what all hazards say.

    Of the route that is not wished for, only what closes it.
    """
    return Found(
        tuple(
            _finding(hazard, said)
            for hazard, look in _OF_ALL
            for said in look(case)
            if _matters(case, hazard, said)
        ),
        tuple(tuple(_of_one(case, each)) for each in case.users),
    )


def _matters(case: Case, hazard: Hazard, said: Said) -> bool:
    is_error = hazard.severity is Severity.ERROR
    return is_error or said.route in {None, case.order.route}


def _of_one(case: Case, each: UserPlan) -> Iterator[Finding]:
    user = each.user
    for hazard, examine in _OF_USERS:
        for said in examine(case, each):
            if _matters(case, hazard, said):
                place = said.where or user.input.place(user.steps)
                told = said._replace(subject=user.input.title, where=place)
                yield _finding(hazard, told)


def _finding(hazard: Hazard, said: Said) -> Finding:
    return Finding(
        code=hazard.code,
        severity=hazard.severity,
        message=said.message,
        subject=said.subject,
        where=said.where,
        fix=said.fix,
        route=said.route,
    )
