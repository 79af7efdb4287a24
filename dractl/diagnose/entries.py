"""The claims that a pod names: which of them exist, and which are yet to be made.

Follows Kubernetes 1.36: the resourceclaim controller, and PreEnqueue and PreFilter of
the scheduler's dynamicresources plugin.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from dractl.diagnose.world import World
from dractl.model.claims import ClaimSpec, ResourceClaim, ResourceClaimTemplate
from dractl.model.workloads import Pod, PodClaim
from dractl.solver.subjects import made_for


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of `spec.resourceClaims`, and what stands behind it.

    `named` is the claim's name, None if it has none yet. `is_needless`: the controller
    decided that no claim is needed.
    """

    entry: PodClaim
    named: str | None
    claim: ResourceClaim | None
    template: ResourceClaimTemplate | None
    is_needless: bool = False

    @property
    def is_unmade(self) -> bool:
        """Whether it is from a template, and no claim has been made."""
        return (
            self.entry.template is not None
            and self.claim is None
            and self.named is None
            and not self.is_needless
        )

    @property
    def spec(self) -> ClaimSpec | None:
        """What is asked for: by the claim, or by the template for a claim to come."""
        if self.claim is not None:
            return self.claim.spec
        return self.template.spec if self.template is not None else None


def is_stored(pod: Pod) -> bool:
    """Tell whether controllers have had a chance to see the pod.

    Pods from a manifest have no uid; for these, claims are made up.
    """
    return bool(pod.meta.uid)


def entries(world: World, pod: Pod) -> Iterator[Entry]:
    """Yield the pod's entries in their order."""
    snapshot = world.snapshot
    namespace = pod.meta.namespace
    for each in pod.claims:
        template = (
            None
            if each.template is None
            else snapshot.template_by_key.get((namespace, each.template))
        )
        if each.claim is not None:
            claim = snapshot.claim_by_key.get((namespace, each.claim))
            yield Entry(each, each.claim, claim, None)
            continue
        made, is_needless = made_for(pod, each, snapshot)
        if isinstance(made, ResourceClaim):
            yield Entry(each, made.meta.name, made, template)
        else:
            yield Entry(each, made, None, template, is_needless)
