"""What the options of `dractl render` ask for, put together."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final, Literal

from dractl.cli.options import usage
from dractl.manifests.claims import Ask, Config
from dractl.manifests.conditions import Condition, parse_condition
from dractl.manifests.presets import VENDOR_NAMES, preset_of
from dractl.manifests.wishes import Option, Wish, parse_wish, parse_wishes
from dractl.model.cluster import NEWEST, OLDEST, KubernetesVersion, Profile
from dractl.sources.files import load_text
from dractl.sources.text import read_text
from dractl.vendors.base import Driver

_OR: Final = re.compile(r"^\s*([0-9]+|all)\s*:", re.ASCII)
_CONFIG: Final = re.compile(
    r"(?:driver=(?P<driver>[^,]+),)?(?P<what>[@{].*)", re.DOTALL
)
_COMMON: Final = frozenset(
    {"kind", "wish", "name", "release", "api_version", "gates", "output_format"}
)
_DEVICES: Final = frozenset({
    "vendor", "driver", "device_class", "request", "count", "every", "where",
    "alternatives", "same", "distinct", "tolerate", "capacity", "config",
    "admin_access", "namespace",
})  # fmt: skip
_OF_KIND: Final[Mapping[str, frozenset[str]]] = {
    "claim": _DEVICES,
    "template": _DEVICES,
    "pod": _DEVICES | {"workload", "image"},
    "class": frozenset(
        {"vendor", "driver", "device_class", "where", "config", "extended_resource"}
    ),
    "slice": frozenset({"vendor", "driver", "count", "where", "node", "pool", "taint"}),
    "taint-rule": frozenset({"driver", "every", "taint"}),
    "rbac": frozenset({
        "vendor", "driver", "role", "service_account", "restrict_class",
        "only_namespace",
    }),
    "quota": frozenset(
        {"vendor", "driver", "device_class", "count", "namespace", "claims"}
    ),
    "kubeadm": frozenset({"feature"}),
    "fleet": frozenset({"vendor", "driver", "count", "where", "nodes", "seed"}),
    "discover-job": frozenset(
        {"image", "namespace", "node", "runtime_class", "is_root", "has_cdi"}
    ),
}  # fmt: skip
_SPELLING: Final = {
    "every": "all", "device_class": "class", "alternatives": "or", "workload": "as",
    "is_root": "run-as-root", "has_cdi": "with-cdi",
}  # fmt: skip


@dataclass(frozen=True)
class Orders:
    """The options, by the names of their parameters."""

    kind: str
    wish: Sequence[str] | None
    vendor: str | None
    driver: str | None
    device_class: str | None
    request: Sequence[str] | None
    count: int | None
    every: bool
    where: Sequence[str] | None
    alternatives: Sequence[str] | None
    same: Sequence[str] | None
    distinct: Sequence[str] | None
    tolerate: Sequence[str] | None
    capacity: Sequence[str] | None
    config: Sequence[str] | None
    admin_access: bool
    name: str | None
    namespace: str | None
    workload: Literal["pod", "deployment", "job"]
    image: str | None
    extended_resource: str | None
    node: str | None
    pool: str | None
    taint: Sequence[str] | None
    role: Literal["user", "admin", "driver"] | None
    service_account: str | None
    restrict_class: Sequence[str] | None
    only_namespace: Sequence[str] | None
    claims: int | None
    feature: Sequence[str] | None
    runtime_class: str | None
    is_root: bool
    has_cdi: bool
    nodes: int | None
    seed: int | None
    release: str | None
    api_version: str | None
    gates: Sequence[str] | None
    output_format: str

    def __post_init__(self) -> None:
        wanted = _COMMON | _OF_KIND[self.kind]
        for each in fields(Orders):
            value = getattr(self, each.name)
            if each.name not in wanted and value and value != "pod":
                option = _SPELLING.get(each.name, each.name.replace("_", "-"))
                raise usage(f"--{option} says nothing about a {self.kind}")

    @staticmethod
    def of(values: Mapping[str, Any]) -> "Orders":
        """Return the orders that the parameters of the command make."""
        return Orders(**{each.name: values[each.name] for each in fields(Orders)})

    @property
    def text(self) -> str:
        """The words that follow the kind."""
        return " ".join(self.wish or ())

    @property
    def preset(self) -> Driver | None:
        """The names of the vendor; raises DractlError for one that is unknown."""
        if self.vendor is None:
            return preset_of(self.driver) if self.driver else None
        found = preset_of(self.vendor)
        if found is None:
            raise usage(f"no vendor {self.vendor[:40]!r}", hint=", ".join(VENDOR_NAMES))
        if self.driver not in {None, found.name}:
            raise usage(f"--vendor {self.vendor} means the driver {found.name}")
        return found

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """What --where says."""
        return tuple(map(parse_condition, self.where or ()))

    def settings(self) -> list[Config]:
        """Return what --config says; reads files."""
        return [self._setting(text) for text in self.config or ()]

    def _setting(self, text: str) -> Config:
        found = _CONFIG.fullmatch(text)
        driver = (found and found["driver"]) or self.driver
        driver = driver or (self.preset.name if self.preset else None)
        if found is None or driver is None:
            raise usage(f"--config {text[:40]!r} is not driver=NAME,@FILE or ,JSON")
        what = found["what"]
        where = what[1:] if what.startswith("@") else "--config"
        loaded = read_text(load_text(where) if what.startswith("@") else what, where)
        parameters = [document for document, _ in loaded.documents]
        if loaded.problems or len(parameters) != 1:
            raise usage(f"{where} does not hold one object")
        if not isinstance(parameters[0], Mapping):
            raise usage(f"{where} does not hold an object")
        return Config(driver, parameters[0])

    def ask(self) -> Ask:
        """Return all that a claim says."""
        return Ask(
            self.wishes(),
            preset=self.preset,
            driver=self.driver,
            same=self.same or (),
            distinct=self.distinct or (),
            configs=self.settings(),
            admin_access=self.admin_access,
        )

    def wishes(self) -> list[Wish]:
        """Return the requests: those in words, else the one that the options make."""
        texts = [self.text, *(self.request or ())]
        found = [wish for text in texts for wish in parse_wishes(text)]
        if found and (self.count is not None or self.every):
            raise usage("--count and --all go with no request in words")
        if not found:
            found = [Wish((self._option(),))]
        found = [_each(wish, self._completed) for wish in found]
        if self.alternatives:
            if len(found) > 1:
                raise usage("--or goes with one request; say 'else' in the others")
            found = [self._with_alternatives(found[0])]
        return found

    def _option(self) -> Option:
        if self.every and self.count is not None:
            raise usage("--count and --all exclude each other")
        if self.count is not None and self.count < 1:
            raise usage("--count is at least 1")
        return Option(None if self.every else self.count or 1, self.device_class)

    def _completed(self, option: Option) -> Option:
        return replace(
            option,
            class_name=option.class_name or self.device_class,
            conditions=(*option.conditions, *self.conditions),
            tolerations=(*option.tolerations, *(self.tolerate or ())),
            capacity=(*option.capacity, *(self.capacity or ())),
        )

    def _with_alternatives(self, wish: Wish) -> Wish:
        """Return the wish with what --or says, for which --where does not hold."""
        added = [
            replace(
                option,
                class_name=option.class_name or wish.options[0].class_name,
                tolerations=(*option.tolerations, *(self.tolerate or ())),
                capacity=(*option.capacity, *(self.capacity or ())),
            )
            for text in self.alternatives or ()
            for option in parse_wish(_OR.sub(r"\1 ", text)).options
        ]
        return replace(wish, options=(*wish.options, *added))

    def for_cluster(self, profile: Profile) -> "Orders":
        """Return the orders for a cluster's release, with the gates it shows on."""
        shown = sorted(profile.gates - Profile.of(profile.version).gates)
        gates = (*(f"{gate}=true" for gate in shown), *(self.gates or ()))
        return replace(self, release=str(profile.version), gates=gates or None)

    def profile(self, versions: Sequence[str], gates: Mapping[str, bool]) -> Profile:
        """Return the release to write for, in which the API itself is on.

        Without --for-kubernetes it is the newest that has the version; `versions` are
        those releases, as texts, newest first.
        """
        release = KubernetesVersion.parse(self.release) if self.release else None
        if release is None and self.api_version is not None:
            if not versions:
                raise usage(f"no release has such an object in {self.api_version}")
            release = KubernetesVersion.parse(versions[0])
        release = release or NEWEST
        if not OLDEST <= release <= NEWEST:
            raise usage(
                f"Kubernetes {release} is unknown; {OLDEST} to {NEWEST} are not"
            )
        return Profile.of(release, {"DynamicResourceAllocation": True, **gates})


def _each(wish: Wish, change: Callable[[Option], Option]) -> Wish:
    return replace(wish, options=tuple(map(change, wish.options)))
