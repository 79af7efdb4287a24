"""Claims and templates for wishes, and the pods that use them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from dractl.api.encode import toleration_to_wire
from dractl.api.spelling import toleration
from dractl.api.versions import HUB
from dractl.errors import unclear
from dractl.manifests.conditions import expression
from dractl.manifests.presets import preset_of, qualified_attribute
from dractl.manifests.wishes import Option, Wish
from dractl.vendors.base import Driver

Document = dict[str, Any]
PodKind = Literal["pod", "deployment", "job"]
_PAUSE: Final = "registry.k8s.io/pause:3.10"


@dataclass(frozen=True, slots=True)
class Config:
    """Settings for a driver."""

    driver: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ask:
    """All that a claim says; `preset` and `driver` tell whose attributes are meant.

    `same` and `distinct` are attributes that hold for the devices of all wishes.
    """

    wishes: Sequence[Wish]
    preset: Driver | None = None
    driver: str | None = None
    same: Sequence[str] = ()
    distinct: Sequence[str] = ()
    configs: Sequence[Config] = ()
    admin_access: bool = False
    names: Sequence[str] = field(init=False)

    def __post_init__(self) -> None:
        if not self.wishes:
            raise unclear("no devices are asked for")
        object.__setattr__(self, "names", _names(self))

    @property
    def name(self) -> str:
        """A name for the claim, made of those of its requests."""
        return "-".join(self.names)


def claim(ask: Ask, name: str | None, namespace: str | None) -> Document:
    """Return a ResourceClaim."""
    return {
        "apiVersion": HUB,
        "kind": "ResourceClaim",
        "metadata": metadata(name or ask.name, namespace),
        "spec": claim_spec(ask),
    }


def template(ask: Ask, name: str | None, namespace: str | None) -> Document:
    """Return a ResourceClaimTemplate, from which every pod gets a claim of its own."""
    return {
        "apiVersion": HUB,
        "kind": "ResourceClaimTemplate",
        "metadata": metadata(name or ask.name, namespace),
        "spec": {"spec": claim_spec(ask)},
    }


def metadata(name: str, namespace: str | None = None) -> Document:
    """Return the metadata of an object."""
    return {"name": name, **({"namespace": namespace} if namespace else {})}


def claim_spec(ask: Ask) -> Document:
    """Return the spec of a claim."""
    pairs = list(zip(ask.names, ask.wishes, strict=True))
    constraints = [
        {"requests": [reference], **each}
        for name, wish in pairs
        for reference, option in _references(name, wish)
        for each in _constraints(option.same, option.distinct, option, ask)
    ]
    constraints += [
        {key: _shared_attribute(each, ask)}
        for key, names in (
            ("matchAttribute", ask.same),
            ("distinctAttribute", ask.distinct),
        )
        for each in names
    ]
    devices: Document = {
        "requests": [_request(name, wish, ask) for name, wish in pairs]
    }
    if constraints:
        devices["constraints"] = constraints
    if ask.configs:
        devices["config"] = configs(ask.configs)
    return {"devices": devices}


def _references(name: str, wish: Wish) -> list[tuple[str, Option]]:
    """Return the options with the names under which constraints know them."""
    if len(wish.options) == 1:
        return [(name, wish.options[0])]
    return [
        (f"{name}/{_option_name(number)}", option)
        for number, option in enumerate(wish.options, 1)
    ]


def _option_name(number: int) -> str:
    return f"option-{number}"


def _constraints(
    same: Sequence[str], distinct: Sequence[str], option: Option, ask: Ask
) -> list[Document]:
    return [
        {key: attribute(each, option, ask)}
        for key, names in (("matchAttribute", same), ("distinctAttribute", distinct))
        for each in names
    ]


def configs(settings: Sequence[Config]) -> list[Document]:
    """Return settings for drivers as claims and classes have them."""
    return [
        {"opaque": {"driver": each.driver, "parameters": dict(each.parameters)}}
        for each in settings
    ]


def _shared_attribute(name: str, ask: Ask) -> str:
    """Return the full name of an attribute that the devices of all wishes have."""
    found = {
        attribute(name, option, ask) for wish in ask.wishes for option in wish.options
    }
    if len(found) > 1:
        raise unclear(
            f"drivers have a {name} of their own each: {', '.join(sorted(found))}",
            hint="write the full name of one that all of them publish",
        )
    return found.pop()


def attribute(name: str, option: Option, ask: Ask) -> str:
    """Return the full name of an attribute; raise DractlError if it is not known."""
    preset = _preset(option, ask)
    found = qualified_attribute(name, preset)
    driver = preset.name if preset is not None else ask.driver
    if found is None and driver is not None and preset is None:
        found = f"{driver}/{name}"
    if found is None:
        raise unclear(
            f"whose attribute is {name!r}?",
            hint=f"write DOMAIN/{name}, or name the driver with --vendor or --driver",
        )
    return found


def _request(name: str, wish: Wish, ask: Ask) -> Document:
    if len(wish.options) == 1:
        exactly = _body(wish.options[0], ask)
        if ask.admin_access:
            exactly["adminAccess"] = True
        return {"name": name, "exactly": exactly}
    if ask.admin_access:
        raise unclear("admin access goes with no alternatives")
    options = [
        {"name": _option_name(number), **_body(each, ask)}
        for number, each in enumerate(wish.options, 1)
    ]
    return {"name": name, "firstAvailable": options}


def _body(option: Option, ask: Ask) -> Document:
    preset = _preset(option, ask)
    body: Document = {"deviceClassName": _class_name(option, ask)}
    if option.conditions:
        body["selectors"] = [
            {"cel": {"expression": expression(each, preset, ask.driver)}}
            for each in option.conditions
        ]
    if option.count is None:
        body["allocationMode"] = "All"
    else:
        body |= {"allocationMode": "ExactCount", "count": option.count}
    if option.tolerations:
        body["tolerations"] = [
            toleration_to_wire(toleration(each)) for each in option.tolerations
        ]
    if option.capacity:
        body["capacity"] = {"requests": dict(map(_amount, option.capacity))}
    return body


def _amount(text: str) -> tuple[str, str]:
    name, found, amount = text.partition("=")
    if not (name and found and amount):
        raise unclear(f"{text[:60]!r} is not NAME=AMOUNT, such as memory=10Gi")
    return name, amount


def _preset(option: Option, ask: Ask) -> Driver | None:
    """Return whose names are meant: those of the class, else of --vendor, --driver."""
    if option.class_name is not None and (found := preset_of(option.class_name)):
        return found
    if ask.driver is not None:
        return preset_of(ask.driver)
    return ask.preset


def _class_name(option: Option, ask: Ask) -> str:
    name = option.class_name
    if name is None and ask.preset is not None:
        return ask.preset.default.name
    if name is None:
        raise unclear(
            "no DeviceClass is named",
            hint="name one (2 gpu.nvidia.com ...), or use --class or --vendor",
        )
    preset = preset_of(name)
    return preset.default.name if preset is not None and name == preset.vendor else name


def _names(ask: Ask) -> list[str]:
    found: list[str] = []
    for wish in ask.wishes:
        base = wish.name or _class_name(wish.options[0], ask).partition(".")[0].lower()
        same = sum(each == base or each.startswith(f"{base}-") for each in found)
        found.append(base if wish.name or not same else f"{base}-{same + 1}")
    return found


def workload(
    ask: Ask,
    kind: PodKind,
    name: str | None,
    namespace: str | None,
    image: str | None = None,
) -> list[Document]:
    """Return a template and the workload that uses it."""
    called = name or ask.name
    first = template(ask, called, namespace)
    pod = {
        "containers": [
            {
                "name": "main",
                "image": image or _PAUSE,
                "resources": {"claims": [{"name": "devices"}]},
            }
        ],
        "resourceClaims": [
            {"name": "devices", "resourceClaimTemplateName": called},
        ],
    }
    where = metadata(called, namespace)
    if kind == "pod":
        return [
            first,
            {"apiVersion": "v1", "kind": "Pod", "metadata": where, "spec": pod},
        ]
    labels = {"app.kubernetes.io/name": called}
    if kind == "job":
        body: Document = {
            "template": {"spec": {**pod, "restartPolicy": "Never"}},
        }
        version, title = "batch/v1", "Job"
    else:
        body = {
            "replicas": 1,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": pod},
        }
        version, title = "apps/v1", "Deployment"
    return [
        first,
        {"apiVersion": version, "kind": title, "metadata": where, "spec": body},
    ]
