"""Who uses a driver while it is upgraded, and what would become of them."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from shlex import quote
from typing import Final

from dractl.diagnose.words import listed
from dractl.doctor.answer import Finding, Skipped
from dractl.doctor.upgrade.question import DriverQuestion, subject_of
from dractl.doctor.upgrade.registry import DRIVERS, Stage
from dractl.rules.check import check
from dractl.rules.registry import Severity
from dractl.rules.subject import entries, mapping, text
from dractl.rules.world import World
from dractl.vendors.history import Release

_FEW: Final = 5
_HELM: Final = "meta.helm.sh/release-name"
_OPAQUE: Final = frozenset(
    {"parameters-field-unknown", "parameters-kind-unknown", "parameters-value-unknown"}
)


@DRIVERS.point("claims-in-use", Severity.INFO, Stage.NODES)
def who_uses_it(question: DriverQuestion) -> Iterator[Finding | Skipped]:
    """Claims hold devices of the driver.

    Pods that run keep their devices through an upgrade in place. While the driver is
    away, new pods stay in ContainerCreating, and pods that are deleted stay
    Terminating. If the driver is removed instead, with its claims still prepared,
    nobody unprepares them, and these pods stay Terminating for good.
    """
    pods = question.users
    if not question.claims:
        return
    nodes = Counter(each.node_name for each in pods.values() if each.node_name)
    where = listed(
        (f"{name} ({number})" for name, number in sorted(nodes.items())), _FEW
    )
    yield Finding(
        "claims-in-use",
        Severity.INFO,
        f"claims that hold its devices: {len(question.claims)}; pods that use them: "
        f"{len(pods)}{f' on {where}' if where else ''}",
        f"driver {question.driver}",
        fix="upgrade in place; before the driver is removed, these pods have to end",
        evidence={
            "claims": ["/".join(each.meta.key) for each in question.claims],
            "pods": ["/".join(key) for key in sorted(pods)],
            "nodes": dict(sorted(nodes.items())),
        },
    )


@DRIVERS.point("pod-terminating", Severity.ERROR, Stage.PLAN)
def nobody_is_going(question: DriverQuestion) -> Iterator[Finding | Skipped]:
    """A pod with devices of the driver is being deleted.

    The kubelet asks the driver to unprepare its claims before the pod is gone. While
    the driver is replaced it cannot, and a driver that is removed never will.
    """
    if why := question.case.lack_of("Pod"):
        yield Skipped("pod-terminating", why)
    for (space, name), pod in sorted(question.users.items()):
        if pod.meta.deletion_timestamp is not None:
            yield Finding(
                "pod-terminating",
                Severity.ERROR,
                "it is being deleted, and still has devices of the driver",
                f"Pod/{space}/{name}",
                f"node {pod.node_name}" if pod.node_name else "",
                "wait until it is gone, before the driver's pod there is replaced",
                (
                    (
                        f"kubectl wait pod {quote(name)} -n {quote(space)} "
                        "--for=delete --timeout=5m"
                    ),
                ),
            )


@DRIVERS.point("admin-claims", Severity.INFO, Stage.NODES)
def nobody_watches(question: DriverQuestion) -> Iterator[Finding | Skipped]:
    """Claims with admin access see the devices of the driver.

    Monitoring has them, mostly. They do not count as users of a device, and stay
    prepared through an upgrade like others.
    """
    found = [
        "/".join(each.meta.key)
        for each in question.claims
        if each.allocation is not None
        and any(
            one.admin_access and one.device.driver == question.driver
            for one in each.allocation.results
        )
    ]
    if found:
        yield Finding(
            "admin-claims",
            Severity.INFO,
            f"{listed(found, _FEW)} have admin access to its devices",
            f"driver {question.driver}",
            evidence={"claims": found},
        )


@DRIVERS.point("parameters-refused", Severity.ERROR, Stage.OBJECTS)
def parameters_are_known(question: DriverQuestion) -> Iterator[Finding | Skipped]:
    """Configuration for the driver has a field, kind or value that it does not know.

    Drivers decode it strictly, and only after the pod has been scheduled: it then stays
    in ContainerCreating. The kinds are those of the driver's newest version, less the
    fields of which it is known that the target lacks them.
    """
    world = World()
    later = question.history.later(question.target)
    for document, where in _documents(question):
        if not _speaks_of(document, question.driver):
            continue
        configured = _configured(document, question.driver)
        for release in later:
            for name in sorted(_new_fields(configured, release)):
                yield Finding(
                    "parameters-refused",
                    Severity.ERROR,
                    f"{name} is known from {release.version} on",
                    subject_of(document),
                    where,
                    f"leave it out, or upgrade to {release.version}",
                )
        for each in check(document, question.snapshot.profile, world).violations:
            if each.code in _OPAQUE:
                yield Finding(
                    "parameters-refused",
                    Severity.ERROR,
                    f"{each.path}: {each.message}",
                    subject_of(document),
                    where,
                    each.fix or "write what the driver's version knows",
                )


@DRIVERS.point("class-of-other-release", Severity.WARNING, Stage.CHART)
def classes_are_of_the_release(
    question: DriverQuestion,
) -> Iterator[Finding | Skipped]:
    """A DeviceClass of the driver belongs to another release of Helm.

    Helm refuses to install a chart with an object that another release owns. That is
    what is left when a driver was uninstalled in part, or installed by another chart.
    """
    own = {each.release for each in question.daemons if each.release}
    for given in question.documents:
        document = given.value
        if document.get("kind") != "DeviceClass" or not _speaks_of(
            document, question.driver
        ):
            continue
        owner = text(mapping(document, "metadata", "annotations"), _HELM)
        if owner and own and owner not in own:
            name = text(mapping(document, "metadata"), "name")
            yield Finding(
                "class-of-other-release",
                Severity.WARNING,
                f"it is owned by Helm's release {owner}, and the driver by "
                f"{listed(sorted(own))}",
                f"DeviceClass/{name}",
                fix="let the driver's release own it, or delete it just before the "
                "upgrade",
                commands=(
                    (
                        f"kubectl annotate deviceclass {quote(name)} --overwrite "
                        f"{_HELM}={quote(min(own))}"
                    ),
                ),
            )


def _documents(question: DriverQuestion) -> Iterator[tuple[dict[str, object], str]]:
    """Yield what may hold configuration: what is stored, and what is given."""
    for each in question.documents:
        if text(each.value, "apiVersion").startswith("resource.k8s.io/"):
            yield dict(each.value), ""
    for each in question.manifests:
        yield dict(each.value), each.where


def _speaks_of(document: object, driver: str) -> bool:
    """Tell whether a class selects or configures a driver, or a claim configures it."""
    specs = (mapping(document, "spec"), mapping(document, "spec", "spec"))
    selectors = [
        text(mapping(each, "cel"), "expression")
        for spec in specs
        for each in entries(spec, "selectors")
    ]
    quoted = (f'"{driver}"', f"'{driver}'")
    return bool(_configured(document, driver)) or any(
        name in each for each in selectors for name in quoted
    )


def _configured(document: object, driver: str) -> list[Mapping[str, object]]:
    """Return the parameters for a driver in a class, a claim or a template."""
    return [
        mapping(config, "opaque", "parameters")
        for spec in (mapping(document, "spec"), mapping(document, "spec", "spec"))
        for holder in (spec, mapping(spec, "devices"))
        for config in entries(holder, "config")
        if text(mapping(config, "opaque"), "driver") == driver
    ]


def _new_fields(
    configured: Sequence[Mapping[str, object]], release: Release
) -> frozenset[str]:
    """Return the fields of parameters that are new in a version."""
    return frozenset(
        ".".join((*folder, name))
        for *folder, name in release.parameters
        if any(name in mapping(each, *folder) for each in configured)
    )
