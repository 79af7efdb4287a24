"""Which release brought a field: an older one drops it, or refuses the object."""

from collections.abc import Iterator, Mapping

from dractl.api.fields import FIELDS, ITEMS, VALUES
from dractl.api.versions_back import Loss
from dractl.model.cluster import KubernetesVersion

Document = Mapping[str, object]


def too_new(hub: Document, release: KubernetesVersion) -> Iterator[Loss]:
    """Yield the fields of an object in v1 form that the release does not have."""
    for pattern, field in FIELDS.get(str(hub.get("kind")), {}).items():
        if release.minor < field.since:
            reason = f"came with Kubernetes 1.{field.since}"
        elif field.last is not None and release.minor > field.last:
            reason = f"is gone since Kubernetes 1.{field.last + 1}"
        else:
            continue
        for path in _present(hub.get("spec"), pattern.split("."), "spec"):
            yield Loss(path, reason)


def _present(value: object, steps: list[str], path: str) -> Iterator[str]:
    """Yield the paths that fit the steps and say something."""
    if not steps:
        if value not in (None, {}, []):
            yield path
        return
    step, *rest = steps
    if step == ITEMS:
        for index, each in enumerate(value if isinstance(value, list | tuple) else ()):
            yield from _present(each, rest, f"{path}[{index}]")
    elif isinstance(value, Mapping):
        for key in value if step == VALUES else (step,):
            shown = f"[{key}]" if step == VALUES else f".{key}"
            yield from _present(value.get(key), rest, path + shown)
