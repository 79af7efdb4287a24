"""ResourceClaim and ResourceClaimTemplate: the order in which they are checked."""

from collections.abc import Collection, Iterator
from typing import Final

from dractl.model.cluster import Profile
from dractl.rules.constraints import check_claim_configs, check_constraints
from dractl.rules.derived import check_derived_use
from dractl.rules.metadata import check_metadata, check_template_metadata
from dractl.rules.path import Path
from dractl.rules.registry import Violation
from dractl.rules.requests import check_admin_access, check_requests
from dractl.rules.wire import Wire

_DEFAULT_NAMESPACE: Final = "default"


def check_claim(
    document: Wire, profile: Profile, admin_namespaces: Collection[str]
) -> Iterator[Violation]:
    """Walk through a new ResourceClaim; the server clears its status."""
    spec = document.get("spec", {})
    meta = document.get("metadata", {})
    yield from _check_access(meta, spec, profile, admin_namespaces)
    yield from check_metadata(meta, Path.of("metadata"), namespaced=True)
    yield from _check_spec(spec, Path.of("spec"), profile)


def check_template(
    document: Wire, profile: Profile, admin_namespaces: Collection[str]
) -> Iterator[Violation]:
    """Walk through a new ResourceClaimTemplate."""
    spec = document.get("spec", {})
    meta = document.get("metadata", {})
    inner = spec.get("spec", {})
    yield from _check_access(meta, inner, profile, admin_namespaces)
    yield from check_metadata(meta, Path.of("metadata"), namespaced=True)
    yield from check_template_metadata(
        spec.get("metadata", {}), Path.of("spec", "metadata")
    )
    yield from _check_spec(inner, Path.of("spec", "spec"), profile)


def _check_access(
    meta: Wire, spec: Wire, profile: Profile, admin_namespaces: Collection[str]
) -> Iterator[Violation]:
    namespace = meta.get("namespace") or _DEFAULT_NAMESPACE
    yield from check_admin_access(
        spec.get("devices", {}),
        namespace,
        profile.admin_access_label,
        labelled=namespace in admin_namespaces,
    )


def _check_spec(spec: Wire, path: Path, profile: Profile) -> Iterator[Violation]:
    devices = spec.get("devices", {})
    path = path.field("devices")
    yield from check_requests(devices, path, profile)
    yield from check_constraints(devices, path, profile)
    yield from check_claim_configs(devices, path)
    yield from check_derived_use(devices, path, profile)
