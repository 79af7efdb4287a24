"""Rules that only ask: with the effect None, a controller says whom it would evict."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Final

from dractl.model.devices import Taint
from dractl.model.names import SUBDOMAIN_BYTES
from dractl.model.taintrules import DeviceTaintRule
from dractl.taints.plan import Change, Plan, PlannedRule
from dractl.taints.rules import PREVIEW, Remarks, marked, rule_document

EFFECT: Final = "None"
_SUFFIX: Final = "-preview"
_DIGEST: Final = 32


def previewing(
    plan: Plan, known: Iterable[DeviceTaintRule], until: str
) -> Iterator[PlannedRule]:
    """Yield a rule that asks, under a name of its own, for each that is planned.

    `until` is when they are past their time, should anybody be kept from removing them.
    """
    standing = {each.name: each for each in known}
    for each in plan.rules:
        name = preview_name(each.name)
        taint = Taint(each.taint.key, each.taint.value, EFFECT)
        document = marked(
            rule_document(each.selector, taint, name), Remarks("", "", until)
        )
        document["metadata"]["labels"] |= {PREVIEW: "true"}
        before = standing.get(name)
        change = Change.CREATE if before is None else Change.CHANGE
        yield PlannedRule(name, each.selector, taint, change, document, before)


def preview_name(name: str) -> str:
    """Return the name of the rule that asks what the rule of that name would do."""
    if len(name) + len(_SUFFIX) <= SUBDOMAIN_BYTES:
        return f"{name}{_SUFFIX}"
    return f"{hashlib.sha256(name.encode()).hexdigest()[:_DIGEST]}{_SUFFIX}"
