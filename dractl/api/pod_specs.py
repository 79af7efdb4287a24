"""Where objects of any kind keep the specs of the pods that they make."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from dractl.api.decode_fields import Wire

Steps = tuple[str | int, ...]

NOT_SPECS: Final = frozenset({"metadata", "status"})
DEEPEST: Final = 12  # a pod template in a CronJob, in an item of something, is at 8


def pod_specs(value: object, steps: Steps = ()) -> Iterator[tuple[Steps, Wire]]:
    """Yield the pod specs in a document with their places, whatever its kind is."""
    if len(steps) > DEEPEST:
        return
    if isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from pod_specs(item, (*steps, index))
    elif isinstance(value, Mapping):
        if is_pod_spec(value):
            yield steps, value
            return
        for key, inner in value.items():
            if key not in NOT_SPECS:
                yield from pod_specs(inner, (*steps, str(key)))


def is_pod_spec(value: Mapping[str, Any]) -> bool:
    """Tell whether it can be the spec of a pod: that has a list of containers."""
    return isinstance(value.get("containers"), list | tuple)
