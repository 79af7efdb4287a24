"""Pods that wait alike: of them, one stands for all."""

from collections.abc import Iterable, Sequence

from dractl.diagnose.answer import PodReport


def alike(reports: Iterable[PodReport]) -> Sequence[Sequence[PodReport]]:
    """Return the pods, those of a namespace together that wait for the same alike.

    They have an owner, wants and causes in common. A pod without causes is alone.
    """
    groups: dict[object, list[PodReport]] = {}
    for number, each in enumerate(reports):
        same = _sameness(each) if each.causes else number
        groups.setdefault(same, []).append(each)
    return list(groups.values())


def _sameness(report: PodReport) -> object:
    return (
        report.pod.meta.namespace,
        report.owner,
        tuple((each.code, each.request, each.nodes) for each in report.causes),
        tuple(each.wants for each in report.links),
    )
