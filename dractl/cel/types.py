"""Types of CEL expressions, as the checker infers them."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Type:
    """A named type with its parameters; `str()` gives cel-go's spelling.

    A type variable is named by one capital (in declarations) or `_var0`, `_var1` …
    (while checking). `depth` and `weight` measure the tree of parameters, so that the
    checker can refuse types that grow without bound; `ground` means: no variables.
    """

    name: str
    parameters: tuple["Type", ...] = ()
    depth: int = field(init=False, compare=False, repr=False)
    weight: int = field(init=False, compare=False, repr=False)
    is_variable: bool = field(init=False, compare=False, repr=False)
    ground: bool = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        parts = self.parameters
        put = object.__setattr__
        put(self, "depth", 1 + max((part.depth for part in parts), default=0))
        put(self, "weight", 1 + sum(part.weight for part in parts))
        variable = len(self.name) == 1 or self.name.startswith("_var")
        put(self, "is_variable", variable)
        ground = not variable and all(part.ground for part in parts)
        put(self, "ground", ground)

    def __str__(self) -> str:
        if not self.parameters:
            return self.name
        return f"{self.name}({', '.join(map(str, self.parameters))})"


BOOL = Type("bool")
INT = Type("int")
UINT = Type("uint")
DOUBLE = Type("double")
STRING = Type("string")
BYTES = Type("bytes")
NULL = Type("null_type")
DYN = Type("dyn")
ANY = Type("any")
DURATION = Type("google.protobuf.Duration")
TIMESTAMP = Type("google.protobuf.Timestamp")
QUANTITY = Type("kubernetes.Quantity")
SEMVER = Type("kubernetes.Semver")
URL = Type("kubernetes.URL")
IP = Type("net.IP")
CIDR = Type("net.CIDR")
FORMAT = Type("kubernetes.NamedFormat")
DEVICE = Type("kubernetes.DRADevice")


def list_of(element: Type) -> Type:
    """Return the type of lists of such elements."""
    return Type("list", (element,))


def map_of(key: Type, value: Type) -> Type:
    """Return the type of maps from such keys to such values."""
    return Type("map", (key, value))


def optional_of(value: Type) -> Type:
    """Return the type of an optional value."""
    return Type("optional_type", (value,))


def type_of(value: Type) -> Type:
    """Return the type of a type, as `type(1)` has it."""
    return Type("type", (value,))
