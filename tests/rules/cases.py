"""Every rule of the API server, with a place where it is broken.

A row: the rule, a valid object, a place in it and what to put there, where the server
reports that, and its reason. Rows of newer rules name the release.
"""

from typing import Final

from tests.rules.case import DEVICE, EXACTLY, R0, Case
from tests.rules.cases_of_claims import CLAIMS, CLASSES
from tests.rules.cases_of_slices import ALLOCATABLE, CAPACITIES, SLICES
from tests.rules.documents import (
    ABSENT,
    CLAIM,
    CLASS,
    GROUP_OF_PODS,
    POD,
    POOLS,
    RULE,
    SLICE,
    TEMPLATE,
)

_USED: Final = "spec.containers.0.resources.claims"

_METADATA: Final = (
    Case("meta-name-required", CLASS, "metadata.name", "", "Required"),
    Case("meta-name-format", CLAIM, "metadata.name", "A_b", "Invalid"),
    Case("meta-generate-name", CLAIM, "metadata.generateName", "A-b-", "Invalid"),
    Case("meta-namespace", CLAIM, "metadata.namespace", "a.b", "Invalid"),
    Case("meta-generation", SLICE, "metadata.generation", -1, "Invalid"),
    Case("meta-labels", RULE, "metadata.labels", {"a b": "c"}, "Invalid"),
    Case("meta-labels", RULE, "metadata.labels", {"a": "b c"}, "Invalid"),
    Case("meta-annotations", RULE, "metadata.annotations", {"a b": ""}, "Invalid"),
    Case(
        "meta-annotations", RULE, "metadata.annotations", {"a": "b" * 262144}, "TooLong"
    ),
    Case(
        "meta-owners", CLAIM, "metadata.ownerReferences",
        [{"apiVersion": "v1", "kind": "Pod", "name": "p"}], "Invalid",
        "metadata.ownerReferences.uid",
    ),
    Case("meta-finalizers", CLAIM, "metadata.finalizers", ["/x"], "Invalid"),
    Case(
        "meta-finalizers", CLAIM, "metadata.finalizers", ["x"], "Invalid",
        "metadata.finalizers[0]",
    ),
    Case("template-meta-fields", TEMPLATE, "spec.metadata.name", "x", "Forbidden"),
    Case("template-meta-labels", TEMPLATE, "spec.metadata.labels", {"": ""}, "Invalid"),
    Case(
        "template-meta-annotations", TEMPLATE, "spec.metadata.annotations",
        {"a b": ""}, "Invalid",
    ),
)  # fmt: skip

_DECODING: Final = (
    Case("unknown-field", CLAIM, f"{R0}.deviceClass", "x", "BadRequest"),
    Case("wrong-type", CLAIM, f"{EXACTLY}.count", "1", "BadRequest"),
    Case("wrong-type", CLAIM, f"{EXACTLY}.count", 2**63, "BadRequest"),
    Case("wrong-type", SLICE, f"{DEVICE}.name", 1, "BadRequest"),
    Case("wrong-type", SLICE, "spec.devices", {}, "BadRequest"),
    Case("wrong-type", SLICE, "spec.pool", [], "BadRequest"),
    Case("wrong-type", SLICE, f"{DEVICE}.bindsToNode", "yes", "BadRequest"),
    Case("wrong-type", RULE, "spec.taint.timeAdded", "today", "BadRequest"),
    Case("wrong-type", RULE, "spec.taint.timeAdded", "2026-02-30T00:00:00Z",
         "BadRequest"),
    Case("wrong-type", POOLS, "spec.limit", 2**31, "BadRequest"),
    Case(
        "wrong-type", SLICE, f"{DEVICE}.capacity.memory.value", "1 Gi", "BadRequest",
        "spec.devices[0].capacity.memory.value",
    ),
    Case("unknown-field", POD, "spec.resourceClaims.0.source", {}, "BadRequest"),
    Case("wrong-type", GROUP_OF_PODS, "spec.resourceClaims", "x", "BadRequest"),
    Case("type-meta", CLAIM, "kind", 3, "BadRequest"),
    Case("type-meta", CLAIM, "apiVersion", ABSENT, "BadRequest", "apiVersion"),
    Case("kind-unknown", CLASS, "kind", "ResourceClass", "NotFound"),
    Case("version-not-served", RULE, "apiVersion", "resource.k8s.io/v1", "NotFound"),
    Case(
        "version-not-served", CLASS, "apiVersion", "resource.k8s.io/v2", "NotFound"
    ),
    Case(
        "version-off", RULE, "apiVersion", "resource.k8s.io/v1alpha3", "NotFound",
        release="1.36 default",
    ),
)  # fmt: skip

_PODS: Final = (
    Case("pod-claims-static", POD, "metadata.annotations",
         {"kubernetes.io/config.mirror": "x"}, "Forbidden", ""),
    Case("pod-claim-name", POD, "spec.resourceClaims.0.name", "", "Required"),
    Case("pod-claim-name-unique", POD, "spec.resourceClaims",
         [{"name": "gpu", "resourceClaimName": "c"}] * 2, "Duplicate",
         "spec.resourceClaims[1].name"),
    Case("pod-claim-name-format", POD, "spec.resourceClaims.0.name", "A", "Invalid"),
    Case("pod-claim-both", POD, "spec.resourceClaims.0.resourceClaimName", "c",
         "Invalid", "spec.resourceClaims[0]"),
    Case("pod-claim-none", POD, "spec.resourceClaims.0.resourceClaimTemplateName", None,
         "Invalid", "spec.resourceClaims[0]"),
    Case("pod-claim-ref", POD, "spec.resourceClaims.0.resourceClaimTemplateName", "",
         "Invalid"),
    Case("container-claim-name", POD, f"{_USED}.0.name", "", "Required",
         "spec.containers[0].resources.claims[0]"),
    Case("container-claim-duplicate", POD, _USED,
         [{"name": "gpu", "request": "one"}, {"name": "gpu"}], "Duplicate",
         "spec.containers[0].resources.claims[1]"),
    Case("container-claim-duplicate", POD, _USED, [{"name": "gpu"}] * 2, "Duplicate",
         "spec.containers[0].resources.claims[1]"),
    Case("container-claim-duplicate", POD, _USED,
         [{"name": "gpu", "request": "a"}] * 2, "Duplicate",
         "spec.containers[0].resources.claims[1]"),
    Case("container-claim-request", POD, f"{_USED}.0.request", "any/big", "Invalid"),
    Case("container-claim-known", POD, f"{_USED}.0.name", "x", "NotFound",
         "spec.containers[0].resources.claims[0]"),
    Case("pod-level-claims", POD, "spec.resources", {"claims": [{"name": "gpu"}]},
         "Forbidden", "spec.resources.claims"),
    Case("ephemeral-resources", POD, "spec.ephemeralContainers",
         [{"name": "e", "resources": {"claims": [{"name": "gpu"}]}}], "Forbidden",
         "spec.ephemeralContainers[0].resources"),
    Case("pg-ref", POD, "spec.schedulingGroup", {"podGroupName": "A"}, "Invalid",
         "spec.schedulingGroup.podGroupName"),
    Case("pg-claims-max", GROUP_OF_PODS, "spec.resourceClaims",
         [{"name": n, "resourceClaimName": n} for n in "abcde"], "TooMany"),
    Case("pg-claims-unique", GROUP_OF_PODS, "spec.resourceClaims",
         [{"name": "a", "resourceClaimName": "a"}] * 2, "Duplicate",
         "spec.resourceClaims[1]"),
    Case("pg-claim-name", GROUP_OF_PODS, "spec.resourceClaims.0.name", "", "Required"),
    Case("pg-claim-one-of", GROUP_OF_PODS, "spec.resourceClaims.0", {"name": "a"},
         "Invalid"),
    Case("pg-claim-ref", GROUP_OF_PODS, "spec.resourceClaims.0.resourceClaimName", "A",
         "Invalid"),
    Case("rpsr-driver", POOLS, "spec.driver", "a_b", "Invalid"),
    Case("rpsr-pool", POOLS, "spec.poolName", "a//b", "Invalid"),
    Case("rpsr-limit", POOLS, "spec.limit", 1001, "Invalid"),
    Case("rpsr-partition-attr", POOLS, "spec.defaultPartitionTypeAttribute", "a/b",
         "Forbidden", release="1.37 alpha3"),
)  # fmt: skip

CASES: Final = (
    *_METADATA, *_DECODING, *CLASSES, *CLAIMS, *SLICES, *CAPACITIES, *ALLOCATABLE,
    *_PODS,
)  # fmt: skip
