"""Rules about expressions that compile, and select nothing or fail on some device."""

import re
from collections.abc import Iterator
from typing import Final

from dractl.catalogue.advice import Advice, advise
from dractl.catalogue.drivers import Drivers, drivers_of
from dractl.cel.errors import SelectorCompileError, SelectorEvalError
from dractl.cel.guard import guarded
from dractl.cel.nodes import Binary, Literal, Node, walk
from dractl.cel.parser import parse
from dractl.cel.paths import DEVICE_ALIASES, path_of
from dractl.cel.selector import Selector as Compiled
from dractl.cel.selector import compile_cached
from dractl.rules.advice import advice
from dractl.rules.path import Path
from dractl.rules.registry import Severity, Violation
from dractl.rules.subject import Selector, Subject
from dractl.rules.world import World

_DRIVER: Final = re.compile(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?", re.IGNORECASE)
_LONGEST_DRIVER: Final = 63
_DOMAIN: Final = 2  # attributes or capacity, then the domain
_MAPS: Final = frozenset({"attributes", "capacity"})


def _compiled(subject: Subject, selector: Selector) -> Compiled | None:
    """Return the expression as the API server reads it; None: it does not compile."""
    try:
        return compile_cached(selector.text, subject.environment)
    except SelectorCompileError:
        return None


def _expressions(subject: Subject) -> Iterator[tuple[Selector, Compiled]]:
    for selector in subject.selectors:
        found = _compiled(subject, selector)
        if found is not None:
            yield selector, found


def _trees(subject: Subject) -> Iterator[tuple[Selector, Node]]:
    """Yield the expressions as trees, also those that do not compile."""
    for selector in subject.selectors:
        found = _compiled(subject, selector)
        try:
            yield selector, found.root if found is not None else parse(selector.text)
        except SelectorCompileError:
            continue


def _named_drivers(root: Node) -> Iterator[Literal]:
    """Yield the names that `device.driver` is compared with."""
    for node in walk(root):
        if isinstance(node, Binary) and node.operator in {"==", "!=", "in"}:
            sides = (node.left, node.right)
            if any(path_of(side, DEVICE_ALIASES) == ("driver",) for side in sides):
                for side in sides:
                    for each in walk(side):
                        if isinstance(each, Literal) and isinstance(each.value, str):
                            yield each


@advice("cel-impossible-driver")
def driver_is_impossible(subject: Subject, _world: World) -> Iterator[Violation]:
    """A comparison with a text that no driver can have as its name.

    Names of drivers are DNS names such as `gpu.nvidia.com`: no slash, no blanks, 63
    characters at most. `nvidia.com/gpu` is the name of an extended resource. The
    comparison compiles, and holds for no device.
    """
    for selector, root in _trees(subject):
        for literal in _named_drivers(root):
            name = str(literal.value)
            if _DRIVER.fullmatch(name) and len(name) <= _LONGEST_DRIVER:
                continue
            domain, _, rest = name.partition("/")
            fix = f"{rest}.{domain}" if rest and _DRIVER.fullmatch(rest) else None
            yield Violation(
                "cel-impossible-driver",
                selector.path,
                f"no driver can have the name {name[:80]!r}, so this is never equal",
                fix=fix and f'device.driver == "{fix}", if that is the driver',
                span=(literal.start, literal.end),
            )


@advice("cel-impossible-domain")
def domain_is_impossible(subject: Subject, _world: World) -> Iterator[Violation]:
    """A look for attributes or capacity in a domain that cannot exist.

    The key of `device.attributes` and `device.capacity` is the part of the name before
    the slash, usually the driver: `device.attributes["gpu.nvidia.com"].model`, not
    `device.attributes["gpu.nvidia.com/model"]`. Reading below a domain that does not
    exist fails, and that stops the scheduling of the pod.
    """
    for selector, root in _trees(subject):
        for node in walk(root):
            path = path_of(node, DEVICE_ALIASES)
            if path is None or len(path) != _DOMAIN or path[0] not in _MAPS:
                continue
            if "/" not in path[1]:
                continue
            domain, _, name = path[1].partition("/")
            right = f'device.{path[0]}["{domain}"]'
            yield Violation(
                "cel-impossible-domain",
                selector.path,
                f"{path[1]!r} is no domain, which ends before the slash",
                fix=f"{right}.{name}" if name.isidentifier() else right,
                span=(node.start, node.end),
            )


@advice("cel-never-true")
def never_true(subject: Subject, world: World) -> Iterator[Violation]:
    """Expressions that together ask for two drivers at once, or for `false`.

    All expressions of the class and of the request have to hold for a device. Where
    the class takes devices of one driver and the request those of another, none is
    left.
    """
    if subject.is_class:
        compiled = [each for _, each in _expressions(subject)]
        if drivers_of(compiled) == frozenset() and compiled:
            yield _never(subject.selectors[0].path, None, "")
    for option in subject.options:
        own = [
            found
            for each in option.selectors
            if (found := _compiled(subject, each)) is not None
        ]
        drivers, given = drivers_of(own), world.drivers(option.device_class)
        if not own or not _exclude(drivers, given):
            continue
        path = next(option.selectors).path
        yield _never(path, given, option.device_class if drivers else "")


def _exclude(one: Drivers, other: Drivers) -> bool:
    if one is None:
        return False
    return not one or (other is not None and not one & other)


def _never(path: Path, given: Drivers, class_name: str) -> Violation:
    if not class_name:
        return Violation("cel-never-true", path, "this holds for no device at all")
    names = ", ".join(sorted(given or ()))
    return Violation(
        "cel-never-true",
        path,
        f"class {class_name} takes devices of {names or 'no driver'} only, which this "
        "excludes",
    )


@advice("cel-unguarded")
def class_is_unguarded(subject: Subject, _world: World) -> Iterator[Violation]:
    """An expression of a class that reads what other drivers' devices do not have.

    The scheduler evaluates the expressions of a class on every device of the cluster.
    Reading an attribute that a device lacks is an error, and one error stops the
    scheduling of the pod. Ask for the driver first, or for the value with `in`.
    """
    if not subject.is_class:
        return
    compiled = list(_expressions(subject))
    drivers: Drivers = None
    for selector, found in compiled:
        if drivers is None:
            better = _foreign(found)
            if better:
                yield Violation(
                    "cel-unguarded",
                    selector.path,
                    "fails on devices of other drivers, which stops the scheduling of "
                    "every pod that uses the class",
                    fix=better,
                    replacement=better,
                )
        drivers = drivers_of([each for _, each in compiled])


def _foreign(selector: Compiled) -> str | None:
    """Return the guarded form, unless the expression asks for the driver."""
    if any(_named_drivers(selector.root)):
        return None
    return guarded(selector.text, selector.root)


@advice("cel-may-be-missing", Severity.INFO)
def value_may_be_missing(subject: Subject, world: World) -> Iterator[Violation]:
    """An expression of a request that fails where a device lacks a value.

    That is no problem while every device of the class has the value. With a snapshot,
    `cel-fails` tells whether that is so; without one, this is only good to know. The
    guarded form selects the same devices and cannot fail.
    """
    if world.devices or not subject.is_claim:
        return
    for selector, compiled in _expressions(subject):
        better = guarded(selector.text, compiled.root)
        if better is not None:
            yield Violation(
                "cel-may-be-missing",
                selector.path,
                "fails on devices that lack a value, which stops the scheduling of the "
                "pod",
                fix=better,
                replacement=better,
            )


@advice("cel-fails")
def fails_on_a_device(subject: Subject, world: World) -> Iterator[Violation]:
    """An expression that fails on some device of the snapshot.

    One device on which an expression of the class or the request has no answer stops
    the scheduling of the pod, even where other devices would do. Usually the device
    lacks an attribute; the guarded form asks for it first.
    """
    if not world.devices:
        return
    if subject.is_class:
        yield from _failures(subject, subject.selectors, (), world)
    for option in subject.options:
        before = world.class_selectors(option.device_class) or ()
        yield from _failures(subject, tuple(option.selectors), before, world)


def _failures(
    subject: Subject,
    selectors: tuple[Selector, ...],
    before: tuple[Compiled, ...],
    world: World,
) -> Iterator[Violation]:
    passed = before
    for selector in selectors:
        compiled = _compiled(subject, selector)
        if compiled is None:
            return
        failing, example, message = failing_devices(world, passed, compiled)
        if failing:
            others = f" and {failing - 1} more" if failing > 1 else ""
            better = guarded(selector.text, compiled.root)
            yield Violation(
                "cel-fails",
                selector.path,
                f"fails on {example}{others}: {message}",
                fix=better,
                replacement=better,
            )
        passed = (*passed, compiled)


def failing_devices(
    world: World, before: tuple[Compiled, ...], selector: Compiled
) -> tuple[int, str, str]:
    """Return on how many devices a selector fails, the first one, and what CEL says."""
    key = (*(each.text for each in before), selector.text)
    found = world.failing.get(key)
    if found is None:
        found = world.failing[key] = _tried(world, before, selector)
    return found


def _tried(
    world: World, before: tuple[Compiled, ...], selector: Compiled
) -> tuple[int, str, str]:
    count, example, message = 0, "", ""
    for device in world.devices:
        try:
            if not all(each.matches(device) for each in before):
                continue
        except SelectorEvalError:
            continue  # told where that expression stands
        try:
            selector.matches(device)
        except SelectorEvalError as error:
            if not count:
                example, message = str(device.id), error.message
            count += 1
    return count, example, message


# -- what the catalogue of devices has to say


_CODES: Final = {
    "unknown-name": "cel-unknown-name",
    "unknown-driver": "cel-unknown-driver",
    "bad-literal": "cel-bad-literal",
    "other-type": "cel-other-type",
    "several-types": "cel-other-type",
}


def _told(subject: Subject, world: World, code: str) -> Iterator[Violation]:
    """Yield what the catalogue advises on expressions, under one code."""
    for selector, compiled in _expressions(subject):
        for each in _advice(compiled, world):
            if _CODES.get(each.code) == code:
                yield Violation(
                    code,
                    selector.path,
                    each.message,
                    fix=each.expression,
                    replacement=each.expression if each.is_certain else None,
                )


def _advice(compiled: Compiled, world: World) -> tuple[Advice, ...]:
    found = world.advice.get(compiled.text)
    if found is None:
        root, environment = compiled.root, compiled.environment
        found = advise(compiled.text, root, world.catalogue, environment)
        world.advice[compiled.text] = found
    return found


@advice("cel-unknown-name")
def name_is_unknown(subject: Subject, world: World) -> Iterator[Violation]:
    """An attribute or capacity that no device of the snapshot has.

    Often it is misspelt, or published under another domain. The name that comes
    nearest is given.
    """
    yield from _told(subject, world, "cel-unknown-name")


@advice("cel-unknown-driver")
def driver_is_unknown(subject: Subject, world: World) -> Iterator[Violation]:
    """A driver that publishes no devices in the snapshot."""
    yield from _told(subject, world, "cel-unknown-driver")


@advice("cel-bad-literal")
def literal_is_bad(subject: Subject, world: World) -> Iterator[Violation]:
    """A quantity or a version in a text that is none.

    `quantity("40GB")` and `semver("v1.2")` compile, and fail on every device, which
    stops the scheduling of the pod. Write `quantity("40G")` (or `40Gi`), and
    `semver("1.2.0")`.
    """
    yield from _told(subject, world, "cel-bad-literal")


@advice("cel-other-type")
def type_is_other(subject: Subject, world: World) -> Iterator[Violation]:
    """A comparison with a value of another type than devices publish.

    Attributes have a type: a string is never equal to an int, and comparing a version
    with a string is an error. Use `semver()` and `quantity()` where devices do.
    """
    yield from _told(subject, world, "cel-other-type")
