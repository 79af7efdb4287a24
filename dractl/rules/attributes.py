"""Rules of the attributes of devices."""

from collections.abc import Iterator
from typing import Final

from dractl.model.attributes import VALUE_BYTES
from dractl.model.cluster import Profile
from dractl.model.names import is_version, size
from dractl.rules.drivers import check_qualified
from dractl.rules.path import Path
from dractl.rules.reasons import invalid, shown, too_long
from dractl.rules.registry import Violation, rule
from dractl.rules.wire import Wire

LIST_FIELDS: Final = frozenset({"ints", "bools", "strings", "versions"})
KEY_BYTES: Final = 96


def key_path(path: Path, key: str, most: int = KEY_BYTES) -> Path:
    """Return the path of a value, whose key is shortened if it is very long."""
    raw = key.encode("utf-8", "surrogatepass")
    if len(raw) <= most:
        return path.key(key)
    left = most - 3
    cut = raw[: (left + 1) // 2] + b"..." + raw[len(raw) - left // 2 :]
    return path.key(key, cut.decode("utf-8", "replace"))


def check_attributes(device: Wire, path: Path, profile: Profile) -> Iterator[Violation]:
    """Walk through the attributes of a device."""
    path = path.field("attributes")
    for key, attribute in device.get("attributes", {}).items():
        yield from attribute_key(key, path, profile)
        yield from _check_attribute(attribute, key_path(path, key))


def _check_attribute(attribute: Wire, path: Path) -> Iterator[Violation]:
    if "string" in attribute:
        yield from attribute_string(attribute["string"], path.field("string"))
    if "version" in attribute:
        yield from attribute_version(attribute["version"], path.field("version"))
    for field in LIST_FIELDS & attribute.keys():
        values, where = attribute[field], path.field(field)
        if not values:
            yield from attribute_list_nonempty(where)
        if field == "strings":
            for index, value in enumerate(values):
                yield from attribute_string(value, where.index(index))
        elif field == "versions":
            for index, value in enumerate(values):
                yield from attribute_version(value, where.index(index))
    if len(attribute) != 1:
        yield from attribute_one_of(sorted(attribute), path)


@rule("attribute-key")
def attribute_key(name: str, path: Path, profile: Profile) -> Iterator[Violation]:
    """An attribute has the name of an identifier, with or without a domain.

    At most 32 bytes of letters, digits and '_'; '-' and '.' can be in the domain only.
    Without one the domain is the driver. What is wrong is reported at the map.
    """
    yield from check_qualified("attribute-key", name, path, profile)


@rule("attribute-one-of")
def attribute_one_of(fields: list[str], path: Path) -> Iterator[Violation]:
    """An attribute has exactly one value.

    int, bool, string or version, or with DRAListTypeAttributes a list of one of them;
    where that gate is off, lists are dropped and do not count.
    """
    if fields:
        message = f"the attribute has {', '.join(fields)}; one value is allowed"
    else:
        message = "the attribute has no value"
    yield from invalid("attribute-one-of", path, message)


@rule("attribute-list-nonempty")
def attribute_list_nonempty(path: Path) -> Iterator[Violation]:
    """A list among the attributes is not empty."""
    yield from invalid("attribute-list-nonempty", path, "the list is empty")


@rule("attribute-string")
def attribute_string(value: str, path: Path) -> Iterator[Violation]:
    """The string of an attribute has at most 64 bytes; it may be empty."""
    if size(value) > VALUE_BYTES:
        yield from too_long("attribute-string", path, size(value), VALUE_BYTES)


@rule("attribute-version")
def attribute_version(value: str, path: Path) -> Iterator[Violation]:
    """The version of an attribute is a semantic version of at most 64 bytes.

    Three numbers without leading zeros, such as 1.2.3-rc.1; no `v` before them.
    """
    if not is_version(value):
        message = f"{shown(value)} is no version like 1.2.3"
        yield from invalid("attribute-version", path, message, "1.2.3")
    if size(value) > VALUE_BYTES:
        yield from too_long("attribute-version", path, size(value), VALUE_BYTES)
