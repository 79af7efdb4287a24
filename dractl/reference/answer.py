"""What there is to say of kinds and fields."""

from dataclasses import dataclass

from dractl.model.cluster import KubernetesVersion


@dataclass(frozen=True, slots=True)
class Spelling:
    """Where another version of the API has a field, and in which releases.

    `last` None: also in the newest release that is known.
    """

    version: str
    path: str
    since: KubernetesVersion
    last: KubernetesVersion | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a kind.

    `path` has `[]` after lists and `{}` after maps; that of the kind itself is empty.
    `type` is spelled as `string`, `[]DeviceRequest`, `map[string]Quantity`. `since` and
    `last` are releases that have the field in any version of the API. `gate` is what
    an API server needs to keep it. `values` are those that are allowed; empty: others
    are too. `limits` are sentences, `pattern` is what text has to match, as a regular
    expression. `rules` are those of `dractl validate` that speak of it.
    """

    path: str
    type: str
    text: str
    since: KubernetesVersion
    last: KubernetesVersion | None = None
    required: bool = False
    gate: str | None = None
    default: object = None
    values: tuple[object, ...] = ()
    limits: tuple[str, ...] = ()
    pattern: str | None = None
    spellings: tuple[Spelling, ...] = ()
    rules: tuple[str, ...] = ()
    fields: "tuple[Field, ...]" = ()

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition(".")[2].rstrip("[]{}")


@dataclass(frozen=True, slots=True)
class Page:
    """What is told of one field of a kind, or of the kind itself."""

    kind: str
    version: str
    release: KubernetesVersion
    field: Field


@dataclass(frozen=True, slots=True)
class Entry:
    """A kind: the version that a release prefers, and all that it serves."""

    kind: str
    versions: tuple[str, ...]
    text: str
    gate: str | None = None
