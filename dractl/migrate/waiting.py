"""What is said of pods that find no place while nodes change."""

from collections.abc import Collection, Sequence

from dractl.migrate.pods import Copies, suits
from dractl.migrate.projected import several
from dractl.model.workloads import Node, Pod


def waiting(
    user: Copies, pod: Pod, count: int, out: Sequence[str], others: Collection[Node]
) -> str:
    """Say how many of a user's pods wait, until when, and what room would help.

    `pod` is one of them, `others` are nodes with what it asks for that are not out.
    """
    title = user.plan.user.input.title
    pods = f"{count} pods" if count > 1 else "a pod"
    if user.is_everywhere:
        return f"{pods} of {title} will wait on changed nodes until all nodes are done"
    verb = "are" if len(out) > 1 else "is"
    until = f"{pods} of {title} will wait until {several(out)} {verb} back"
    fitting = [each for each in others if suits(pod, each)]
    if not fitting:
        return f"{until}: no other node suits them"
    amounts: dict[str, int] = {}
    for each in user.plan.user.asks:
        amounts[each.resource] = amounts.get(each.resource, 0) + each.amount * count
    spare = " and ".join(f"{n} more of {name}" for name, n in amounts.items())
    where = several([each.name for each in fitting])
    return f"{until}: those that suit them are full; {spare} on {where} would do"
