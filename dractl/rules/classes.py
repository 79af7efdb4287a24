"""Rules of DeviceClass."""

from collections.abc import Iterator
from typing import Final

from dractl.model.cluster import Profile
from dractl.model.names import is_extended_resource
from dractl.rules.metadata import check_metadata
from dractl.rules.opaque import check_config
from dractl.rules.path import Path
from dractl.rules.reasons import invalid, shown, too_many
from dractl.rules.registry import Violation, rule
from dractl.rules.selectors import check_selector
from dractl.rules.wire import Wire

MOST_SELECTORS: Final = 32
MOST_CONFIGS: Final = 32


def check_class(document: Wire, profile: Profile) -> Iterator[Violation]:
    """Walk through a DeviceClass."""
    yield from check_metadata(
        document.get("metadata", {}),
        Path.of("metadata"),
        namespaced=False,
        prefix_checked=False,
    )
    spec = document.get("spec", {})
    selectors, path = spec.get("selectors", ()), Path.of("spec", "selectors")
    if len(selectors) > MOST_SELECTORS:
        yield from class_selectors_max(len(selectors), path)
    else:
        for index, selector in enumerate(selectors):
            yield from check_selector(selector, path.index(index), profile)
    configs, path = spec.get("config", ()), Path.of("spec", "config")
    if len(configs) > MOST_CONFIGS:
        yield from class_config_max(len(configs), path)
    else:
        for index, config in enumerate(configs):
            yield from check_config(config, path.index(index))
    if "extendedResourceName" in spec:
        yield from class_extended_resource_name(
            spec["extendedResourceName"], Path.of("spec", "extendedResourceName")
        )


@rule("class-selectors-max")
def class_selectors_max(count: int, path: Path) -> Iterator[Violation]:
    """A class has at most 32 selectors; of more, none is looked at."""
    yield from too_many("class-selectors-max", path, count, MOST_SELECTORS)


@rule("class-config-max")
def class_config_max(count: int, path: Path) -> Iterator[Violation]:
    """A class has at most 32 configurations; of more, none is looked at."""
    yield from too_many("class-config-max", path, count, MOST_CONFIGS)


@rule("class-extended-resource-name")
def class_extended_resource_name(name: str, path: Path) -> Iterator[Violation]:
    """The extended resource of a class has a name with a domain of its own.

    `example.com/gpu`: not in kubernetes.io, not starting with `requests.`. Two classes
    may have the same; the newer one wins. Field since 1.34, on since 1.36.
    """
    if not is_extended_resource(name):
        message = f"{shown(name)} cannot be the name of an extended resource"
        fix = "use a name like example.com/gpu"
        yield from invalid("class-extended-resource-name", path, message, fix)
