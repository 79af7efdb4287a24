"""Objects for tests of advice, and what is said of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from dractl.api.snapshot import Snapshot
from dractl.model.cluster import Profile
from dractl.rules.check import check
from dractl.rules.registry import Violation
from dractl.rules.subject import Subject
from dractl.rules.world import World, definition_of

Wire = dict[str, Any]
DRIVER = "gpu.example.com"


def obj(kind: str, spec: Wire | None = None, **more: Any) -> Wire:
    version = more.pop("version", "resource.k8s.io/v1")
    meta = {"name": more.pop("name", "it")} | more.pop("meta", {})
    if kind not in {"DeviceClass", "ResourceSlice", "DeviceTaintRule", "Namespace"}:
        meta.setdefault("namespace", "ml")
    found = {"apiVersion": version, "kind": kind, "metadata": meta, **more}
    return found if spec is None else {**found, "spec": spec}


def option(*expressions: str, **more: Any) -> Wire:
    found = {"deviceClassName": DRIVER, **more}
    if expressions:
        found["selectors"] = [{"cel": {"expression": each}} for each in expressions]
    return found


def claim(*options: Wire, **devices: Any) -> Wire:
    requests = [
        {"name": f"r{number}", "exactly": each} for number, each in enumerate(options)
    ]
    return obj("ResourceClaim", {"devices": {"requests": requests, **devices}})


def device_class(*expressions: str, name: str = DRIVER, **spec: Any) -> Wire:
    selectors = [{"cel": {"expression": each}} for each in expressions]
    return obj("DeviceClass", {"selectors": selectors, **spec}, name=name)


def device(name: str = "gpu-0", **more: Any) -> Wire:
    return {"name": name, "attributes": {"model": {"string": "A100"}}, **more}


def slice_of(*devices: Wire, **spec: Any) -> Wire:
    pool = {"name": "node-1", "generation": 1, "resourceSliceCount": 1}
    given = {"driver": DRIVER, "nodeName": "node-1", "pool": pool}
    return obj("ResourceSlice", {**given, "devices": list(devices), **spec})


def pod(*claims: Wire, uses: Sequence[Wire] | None = None, **spec: Any) -> Wire:
    used = [{"name": each["name"]} for each in claims] if uses is None else list(uses)
    container = {"name": "main", "image": "app", "resources": {"claims": used}}
    return obj(
        "Pod",
        {"containers": [container], "resourceClaims": list(claims), **spec},
        version="v1",
    )


def cluster(*objects: Wire) -> World:
    return World.of(Snapshot.from_documents(objects), ())


OF_DRIVER = device_class(f'device.driver == "{DRIVER}"')


def beside(*objects: Wire) -> World:
    """What files define, with no snapshot."""
    subjects = [Subject.of(each, Profile.of("1.36")) for each in objects]
    found = [definition_of(each) for each in subjects if each is not None]
    return World(tuple(each for each in found if each is not None))


def said(
    document: Mapping[str, Any], world: World | None = None, release: str = "1.36"
) -> list[Violation]:
    answer = check(document, Profile.of(release), world or World())
    return sorted(answer.violations, key=lambda each: (str(each.path), each.code))


def codes(
    document: Mapping[str, Any], world: World | None = None, release: str = "1.36"
) -> list[str]:
    hidden = {"cel-may-be-missing"}
    return [
        each.code for each in said(document, world, release) if each.code not in hidden
    ]


def only(
    code: str, document: Mapping[str, Any], world: World | None = None, **more: str
) -> Violation:
    """The one violation with that code."""
    (found,) = [each for each in said(document, world, **more) if each.code == code]
    return found
