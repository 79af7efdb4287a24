"""Hazards of DeviceClasses that stand for extended resources."""

from collections.abc import Iterator
from itertools import islice

from dractl.migrate.answer import UserPlan
from dractl.migrate.hazards.registry import Case, Said, devices_of, of_user
from dractl.migrate.inputs import Route
from dractl.rules.registry import Severity


@of_user("class-name-clash", Severity.ERROR)
def class_name_clash(case: Case, each: UserPlan) -> Iterator[Said]:
    """Another DeviceClass has the name of the extended resource already.

    Nothing forbids that. The scheduler takes the newest class with the name, of equally
    old ones the first by name, so that a new class takes pods away from the old one
    without a word, in all namespaces. Take the name from the other class first, or
    leave pods of this meaning to claims.
    """
    for resource, target in each.targets.items():
        if target.keeper is None:
            continue
        others = sorted(
            found.name
            for found in case.snapshot.classes
            if found.extended_resource_name == resource and found.name != target.keeper
        )
        if others:
            yield Said(
                f"DeviceClass {others[0]} has the name {resource} already; the class "
                f"{target.keeper} would take all its pods over, or lose to it",
                f"take extendedResourceName from {others[0]} first, or use claims",
                route=Route.EXTENDED,
            )


@of_user("one-name-two-meanings", Severity.ERROR)
def one_name_two_meanings(case: Case, each: UserPlan) -> Iterator[Said]:
    """Users mean different devices by the same extended resource.

    Only one DeviceClass can stand for a name in a cluster, and it is the same for all
    namespaces and nodes. With the name alone, some would get devices that they do not
    mean. Claims can tell them apart.
    """
    for resource, target in each.targets.items():
        others = (
            other
            for meant, other in case.first_by_target[resource].items()
            if meant != devices_of(target)
        )
        for other in islice(others, 1):
            yield Said(
                f"{other.user.input.title} means other devices by {resource}, but one "
                "class stands for the name",
                "use claims",
                route=Route.EXTENDED,
            )
