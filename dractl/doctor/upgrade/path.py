"""The way from one version of a driver to another: order, charts, checkpoints."""

import re
from collections.abc import Iterator
from shlex import quote

from dractl.diagnose.words import counted
from dractl.doctor.answer import Finding, Skipped
from dractl.doctor.upgrade.question import DriverQuestion
from dractl.doctor.upgrade.registry import DRIVERS, Stage
from dractl.rules.registry import Severity
from dractl.vendors.history import version


@DRIVERS.point("version-unknown", Severity.INFO, Stage.PLAN)
def version_is_known(question: DriverQuestion) -> Iterator[Finding | Skipped]:
    """Which version of the driver runs, or which is to come, is not known.

    The version is read from the image and the labels of DaemonSets whose names look
    like the driver's; --from states it. Without it, everything up to the target counts
    as new. Without a target, only what does not depend on it is looked at.
    """
    now, then = question.versions
    if now is None:
        yield Finding(
            "version-unknown",
            Severity.INFO,
            f"{question.current[:40]!r} is no version"
            if question.current
            else "no DaemonSet that looks like the driver's tells its version",
            f"driver {question.driver}",
            fix="state it with --from",
        )
    if then is None:
        yield Finding(
            "version-unknown",
            Severity.INFO,
            "which version is the newest is not known here",
            f"driver {question.driver}",
            fix="state the target with --to, and read the notes of its release",
        )
    elif question.history.newest and then > (
        question.history.version(question.history.newest) or then
    ):
        yield Finding(
            "version-unknown",
            Severity.INFO,
            f"{question.target} is newer than {question.history.newest}, the newest "
            "that is known here",
            f"driver {question.driver}",
            fix="read the notes of its release",
        )


@DRIVERS.point("driver-absent", Severity.WARNING, Stage.PLAN)
def driver_is_there(question: DriverQuestion) -> Iterator[Finding | Skipped]:
    """Nothing of the driver is in the cluster.

    It publishes no devices, and no DaemonSet looks like it. What is said is then about
    its versions and the manifests that are given with -f.
    """
    if not question.slices and not question.daemons:
        yield Finding(
            "driver-absent",
            Severity.WARNING,
            "it publishes nothing, and no DaemonSet looks like it",
            f"driver {question.driver}",
            fix="see that this is the right cluster",
        )


@DRIVERS.point("already-there", Severity.INFO, Stage.PLAN)
def target_differs(question: DriverQuestion) -> Iterator[Finding | Skipped]:
    """The driver has the version of the target already."""
    if question.is_there:
        yield Finding(
            "already-there",
            Severity.INFO,
            f"it is {question.current} already",
            f"driver {question.driver}",
        )


@DRIVERS.point("downgrade", Severity.ERROR, Stage.PLAN, stops=True)
def target_is_newer(question: DriverQuestion) -> Iterator[Finding | Skipped]:
    """The target is older than what runs.

    Calendar versions of NVIDIA's driver are older than 0.4: 25.3 was later called 0.1,
    25.8 0.2 and 25.12 0.3. A version that cannot read the checkpoint of a newer one
    does not start on nodes with prepared claims ("checkpoint is corrupted").
    """
    now, then = question.versions
    if now is None or then is None or then >= now:
        return
    back = question.history.between(question.target, question.current)
    why = [each.one_way for each in back if each.one_way]
    yield Finding(
        "downgrade",
        Severity.ERROR if why else Severity.WARNING,
        f"{question.target} is older than {question.current}"
        + (f", and there is no way back: {'; '.join(why)}" if why else ""),
        f"driver {question.driver}",
        fix="stay with what runs, or drain all claims of the driver first and install "
        "the older version anew",
        evidence={"current": question.current, "target": question.target},
    )


@DRIVERS.point("chart-renamed", Severity.ERROR, Stage.CHART)
def chart_is_the_same(question: DriverQuestion) -> Iterator[Finding | Skipped]:
    """The chart of the target has another name.

    Without the old name in nameOverride, the first upgrade makes objects beside those
    that are there: two DaemonSets then serve one driver. The version has to be named,
    since the newest in a registry may be a calendar version. It is a warning where it
    is not known whether what runs is older.
    """
    helm = next((each.release for each in question.daemons if each.release), "")
    space = next((each.namespace for each in question.daemons), "NAMESPACE")
    for each in question.releases:
        if each.chart:
            release = quote(helm) if helm else "RELEASE"
            yield Finding(
                "chart-renamed",
                _if_older(question),
                f"the chart {each.was} is called {each.chart} since {each.version}",
                f"driver {question.driver}",
                fix="upgrade with nameOverride the first time, and name the version",
                commands=(
                    (
                        f"helm upgrade {release} REPOSITORY/{each.chart} "
                        f"-n {quote(space)} --version {quote(question.target)} "
                        f"--reset-then-reuse-values --set nameOverride={each.was}"
                    ),
                ),
                evidence={"was": each.was, "chart": each.chart},
            )


@DRIVERS.point("crds-first", Severity.ERROR, Stage.OBJECTS)
def definitions_are_there(question: DriverQuestion) -> Iterator[Finding | Skipped]:
    """CRDs have to be applied by hand before the chart.

    Helm installs CRDs once and never upgrades them. The pods of the new version would
    write fields that the old definitions drop. It is a warning where it is not known
    whether what runs is older.
    """
    for each in question.releases:
        if each.crds:
            yield Finding(
                "crds-first",
                _if_older(question),
                f"{each.version} needs {each.crds} in their new form",
                f"driver {question.driver}",
                fix="apply the CRDs of the target's chart",
                commands=(
                    (
                        f"helm show crds REPOSITORY/{each.chart or 'CHART'} "
                        f"--version {quote(question.target)} | "
                        "kubectl apply --server-side -f -"
                    ),
                ),
            )


@DRIVERS.point("no-way-back", Severity.WARNING, Stage.PLAN)
def can_go_back(question: DriverQuestion) -> Iterator[Finding | Skipped]:
    """After the upgrade there is no way back while claims are prepared.

    The new version writes its checkpoint on each node in a form that the old one does
    not read. Try it on one node first. What is in the checkpoint of a node cannot be
    seen through the API: claims that are allocated tell that there is something in it.
    """
    for each in question.releases:
        if each.one_way:
            number = len(question.claims)
            held = f"; {counted(number, 'claim')} in it now" * bool(number)
            repairs = f"; {each.repairs}" if each.repairs else ""
            yield Finding(
                "no-way-back",
                Severity.WARNING,
                f"{each.version}: {each.one_way}{held}",
                f"driver {question.driver}",
                fix=f"upgrade one node first{repairs}",
                evidence={"version": each.version, "claims": len(question.claims)},
            )


@DRIVERS.point("driver-notes", Severity.INFO, Stage.PLAN)
def nothing_else_changes(question: DriverQuestion) -> Iterator[Finding | Skipped]:
    """What else is different in the versions on the way.

    Only what is known of the driver's sources and documents; its release notes say
    more.
    """
    for each in question.releases:
        for note in each.notes:
            yield Finding(
                "driver-notes",
                Severity.INFO,
                f"{each.version}: {note}",
                f"driver {question.driver}",
            )


@DRIVERS.point("device-names", Severity.WARNING, Stage.NODES)
def names_stay(question: DriverQuestion) -> Iterator[Finding | Skipped]:
    """Devices get other names while claims hold them.

    Allocations name devices by driver, pool and device. A claim whose device has got
    another name keeps working until its pod ends, if the driver still finds it in its
    checkpoint; the scheduler takes the device under its new name as free and gives it
    out twice.
    """
    for each in question.releases:
        held = [
            claim
            for claim in question.claims
            if claim.allocation is not None
            and any(
                one.device.driver == question.driver
                and re.fullmatch(each.named, one.device.device)
                for one in claim.allocation.results
            )
        ]
        if each.names and held:
            yield Finding(
                "device-names",
                Severity.INFO if each.gated else Severity.WARNING,
                f"{each.version}: {each.names}; {counted(len(held), 'claim')} "
                f"{'hold' if len(held) > 1 else 'holds'} devices by their old names",
                f"driver {question.driver}",
                fix="before a node is upgraded, drain the pods that have its devices",
                evidence={"claims": len(held)},
            )


@DRIVERS.point("kernel-driver-old", Severity.ERROR, Stage.NODES)
def kernel_driver_is_new_enough(
    question: DriverQuestion,
) -> Iterator[Finding | Skipped]:
    """The kernel's driver on a node is older than the DRA driver needs.

    The devices tell its version. After it is changed, the pod of the DRA driver has to
    start again: it keeps the old library open, and publishes old or no devices.
    """
    least = version(question.history.kernel)
    name = question.history.kernel_attribute
    if least is None:
        return
    old: dict[str, str] = {}
    for device in question.published_by(name.partition("/")[0]):
        found = device.attributes.get(name)
        value = version(str(found.value)) if found is not None else None
        if value is not None and value < least:
            old[device.id.pool] = str(found.value) if found else ""
    if old:
        yield Finding(
            "kernel-driver-old",
            Severity.ERROR,
            f"the kernel's driver is older than {question.history.kernel} in "
            f"{counted(len(old), 'pool')}, such as {min(old)} ({old[min(old)]})",
            f"driver {question.driver}",
            fix="upgrade the kernel's driver on these nodes first, then start the pod "
            "of the DRA driver again",
            evidence={"pools": sorted(old), "least": question.history.kernel},
        )


def _if_older(question: DriverQuestion) -> Severity:
    """Return how severe it is that a version on the way wants something done."""
    is_known = question.versions[0] is not None
    return Severity.ERROR if is_known else Severity.WARNING
