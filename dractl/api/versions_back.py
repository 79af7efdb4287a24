"""From v1, the hub, back to the other versions; the reverse of `to_hub`.

Follows Kubernetes 1.36, pkg/apis/resource/{v1beta1,v1beta2,v1alpha3}/conversion.go.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from dractl.api.problems import MalformedField
from dractl.api.versions import GROUP, VERSIONS, Document, Spec, to_hub
from dractl.errors import DractlError, ExitStatus

# Beside a name, empty ones mean the same as none (validation and allocation alike).
_SAME_AS_ABSENT: Final = ("attributes", "capacity", "taints", "consumesCounters")


@dataclass(frozen=True, slots=True)
class Loss:
    """A field, in the spelling of the source, that the target cannot express."""

    path: str
    reason: str

    def __str__(self) -> str:
        """Return one line, path first."""
        return f"{self.path}: {self.reason}" if self.path else self.reason


class ConversionError(DractlError):
    """The target version cannot express what the document says."""

    def __init__(
        self, document: Document, version: str, fields: tuple[Loss, ...]
    ) -> None:
        kind = document.get("kind")
        super().__init__(
            "not-expressible",
            f"{kind} cannot be written as {version}: " + "; ".join(map(str, fields)),
            status=ExitStatus.NO,
        )
        self.version = version
        self.fields = fields


def from_hub(hub: Document, version: str) -> Document:
    """Return the v1 form of an object in another version, as a new mapping.

    Raises ConversionError if that version does not have the kind, or would lose a field
    of the object: what comes back through `to_hub` must say the same.
    """
    kind = str(hub.get("kind"))
    if (kind, version) not in VERSIONS:
        reason = f"{kind} has no version {GROUP}/{version}"
        raise ConversionError(hub, version, (Loss("apiVersion", reason),))
    back: Spec = {**hub, "apiVersion": f"{GROUP}/{version}"}
    for convert in _BACK.get((kind, version), ()):
        convert(back)
    lost = tuple(_losses(hub, back, version))
    if lost:
        raise ConversionError(hub, version, lost)
    return back


def _losses(hub: Document, back: Document, version: str) -> Iterator[Loss]:
    try:
        again = to_hub(back)
    except MalformedField as error:
        yield Loss(error.path, error.message)
        return
    for path in _differences(hub, again, ""):
        yield Loss(path, f"{version} cannot tell this from another meaning")


def _differences(before: object, after: object, path: str) -> Iterator[str]:
    """Yield the paths in `before` of what `after` does not say."""
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in [*before, *(key for key in after if key not in before)]:
            inner = f"{path}.{key}".removeprefix(".")
            if key in before and key in after:
                yield from _differences(before[key], after[key], inner)
            elif not _says_nothing(key, before.get(key, after.get(key))):
                yield inner
    elif (
        isinstance(before, list | tuple)
        and isinstance(after, list | tuple)
        and len(before) == len(after)
    ):
        for index, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from _differences(old, new, f"{path}[{index}]")
    else:
        yield path


def _says_nothing(key: str, value: object) -> bool:
    return value is None or (
        value in ({}, []) and (key in _SAME_AS_ABSENT or key == "tolerations")
    )


def _flat_claim(back: Spec) -> None:
    back |= _with(back, "spec", _flat_requests)


def _flat_template(back: Spec) -> None:
    back |= _with(back, "spec", lambda spec: _with(spec, "spec", _flat_requests))


def _flat_requests(spec: Document) -> Spec:
    return _with(spec, "devices", lambda each: _with_each(each, "requests", _flat))


def _flat(request: Document) -> Spec:
    return _lifted(request, "exactly")


def _lifted(holder: Document, name: str) -> Spec:
    """Return the mapping with the fields of an inner one in the place of it."""
    inner = holder.get(name)
    lifted: Spec = {}
    for key, value in holder.items():
        if key == name and isinstance(inner, Mapping):
            lifted |= inner
        elif key != name or value is not None:
            lifted[key] = value
    return lifted


def _basic_slice(back: Spec) -> None:
    back |= _with(back, "spec", lambda spec: _with_each(spec, "devices", _basic))


def _basic(device: Document) -> Spec:
    if not device.keys() - {"name"}:
        # v1beta1 servers before 1.33 required it, and all of them write it.
        return {**device, "basic": {}}
    basic = {key: value for key, value in device.items() if key != "name"}
    named = {"name": device["name"]} if "name" in device else {}
    return {**named, "basic": basic}


def _bare_capacities(back: Spec) -> None:
    back |= _with(back, "spec", lambda spec: _with_each(spec, "devices", _bare_in))


def _bare_in(device: Document) -> Spec:
    return _with(device, "basic", lambda basic: _with(basic, "capacity", _bare))


def _bare(capacity: Document) -> Spec:
    return {
        name: amount["value"]
        if isinstance(amount, Mapping) and set(amount) == {"value"}
        else amount
        for name, amount in capacity.items()
    }


def _with(holder: Document, key: str, change: Callable[[Document], Spec]) -> Spec:
    value = holder.get(key)
    if not isinstance(value, Mapping):
        return dict(holder)
    return {**holder, key: change(value)}


def _with_each(holder: Document, key: str, change: Callable[[Document], Spec]) -> Spec:
    value = holder.get(key)
    if not isinstance(value, list | tuple):
        return dict(holder)
    changed = [change(each) if isinstance(each, Mapping) else each for each in value]
    return {**holder, key: changed}


_BACK: Final[Mapping[tuple[str, str], tuple[Callable[[Spec], None], ...]]] = {
    ("ResourceClaim", "v1beta1"): (_flat_claim,),
    ("ResourceClaim", "v1alpha3"): (_flat_claim,),
    ("ResourceClaimTemplate", "v1beta1"): (_flat_template,),
    ("ResourceClaimTemplate", "v1alpha3"): (_flat_template,),
    ("ResourceSlice", "v1beta1"): (_basic_slice,),
    ("ResourceSlice", "v1alpha3"): (_basic_slice, _bare_capacities),
}
