"""Reads parts of a schema: what a field is, what is in it, which releases have it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from dractl.model.cluster import OLDEST, KubernetesVersion

Schema = Mapping[str, Any]

_LIMITS: Final[Mapping[str, str]] = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} entries",
    "maxItems": "at most {} entries",
    "minProperties": "at least {} entries",
    "maxProperties": "at most {} entries",
}
_ONE: Final = {"characters": "character", "entries": "entry"}
_INTEGERS: Final = frozenset({-(2**31), 2**31 - 1, -(2**63), 2**63 - 1})
"""What fits into the types of Go, which limits nobody."""


class Span(NamedTuple):
    """The first and the last release that has something; None: also the newest."""

    first: KubernetesVersion
    last: KubernetesVersion | None

    def has(self, release: KubernetesVersion) -> bool:
        """Tell whether a release is in it."""
        return self.first <= release and (self.last is None or release <= self.last)

    def within(self, other: "Span") -> "Span":
        """Return the releases that both have."""
        ends = [each for each in (self.last, other.last) if each is not None]
        return Span(max(self.first, other.first), min(ends, default=None))


class Inner(NamedTuple):
    """What has the fields below a field; `mark` is `[]` for lists, `{}` for maps."""

    body: Schema
    mark: str

    @property
    def fields(self) -> Mapping[str, Schema]:
        """The fields by name."""
        found: Mapping[str, Schema] = self.body.get("properties", {})
        return found

    def requires(self, name: str) -> bool:
        """Tell whether a field must be there."""
        return name in self.body.get("required", ())


class Spot(NamedTuple):
    """A field, its path with marks, its releases, and whether it must be there."""

    node: Schema
    path: str
    span: Span
    required: bool = False

    def step(self, name: str, schema: Schema) -> "Spot | None":
        """Return the field of that name in it; None: there is none."""
        here = inner(self.node, schema)
        node = here.fields.get(name)
        if node is None:
            return None
        mark = inner(node, schema).mark
        path = f"{self.path}.{name}{mark}" if self.path else name + mark
        # Types that fields share are older than some of these.
        return Spot(node, path, span(node).within(self.span), here.requires(name))


def span(node: Schema) -> Span:
    """Return the releases that have a kind or a field."""
    first, last = node.get("x-since"), node.get("x-until")
    return Span(
        KubernetesVersion.parse(first) if first else OLDEST,
        KubernetesVersion.parse(last) if last else None,
    )


def inner(node: Schema, schema: Schema) -> Inner:
    """Return what has the fields that come next."""
    here = resolved(node, schema)
    for keyword, mark in (("items", "[]"), ("additionalProperties", "{}")):
        if isinstance(part := here.get(keyword), Mapping):
            return Inner(resolved(part, schema), mark)
    return Inner(here, "")


def resolved(node: Schema, schema: Schema) -> Schema:
    """Return what a field refers to, or the field itself."""
    target = node.get("$ref")
    if not isinstance(target, str):
        return node
    found: Schema = schema["$defs"][_short(target)]
    return found


def spot(schema: Schema, steps: Sequence[str]) -> Spot | None:
    """Return the field at a path; None: there is none."""
    found: Spot | None = Spot(schema, "", span(schema))
    for step in steps:
        found = None if found is None else found.step(step, schema)
    return found


def type_of(node: Schema) -> str:
    """Return a type as `string`, `[]DeviceRequest` or `map[string]Quantity`."""
    target = node.get("$ref")
    if isinstance(target, str):
        return _short(target)
    if isinstance(items := node.get("items"), Mapping):
        return f"[]{type_of(items)}"
    if isinstance(values := node.get("additionalProperties"), Mapping):
        return f"map[string]{type_of(values)}"
    kind = node.get("type", "string")  # apiVersion and kind have a constant instead
    kinds = [kind] if isinstance(kind, str) else kind
    return str(next(each for each in kinds if each != "null"))


def values_of(node: Schema) -> tuple[object, ...]:
    """Return the values that are allowed; empty: others are too."""
    if "const" in node:
        return (node["const"],)
    return tuple(each for each in node.get("enum", ()) if each not in (None, ""))


def limits(node: Schema) -> Iterator[str]:
    """Yield what a value has to keep to, as short clauses."""
    yield from _of_value(node)
    for keyword, what in (("items", "entry"), ("propertyNames", "key")):
        part = node.get(keyword)
        if isinstance(part, Mapping) and "$ref" not in part:
            for each in _of_value(part):
                yield f"each {what} {each}"


def pattern(node: Schema) -> str | None:
    """Return what the text, or each text of a list or map, has to match."""
    for part in (node, node.get("items"), node.get("propertyNames")):
        if isinstance(part, Mapping) and isinstance(found := part.get("pattern"), str):
            return found
    return None


def _of_value(node: Schema) -> Iterator[str]:
    for keyword, form in _LIMITS.items():
        value = node.get(keyword)
        if value is None or value in _INTEGERS:
            continue
        text = form.format(value)
        for many, one in _ONE.items() if value == 1 else ():
            text = text.replace(many, one)
        yield text
    if node.get("uniqueItems"):
        yield "no entry twice"


def _short(target: str) -> str:
    return target.rpartition("/")[2]
