"""Random classes and claims for generate.py."""

import random
from collections.abc import Iterator
from typing import Any, Final

Wire = dict[str, Any]

_SAFE: Final = (
    "true",
    "false",
    'device.driver == "a.example.com"',
    'device.driver == "b.example.com"',
    '"kind" in device.attributes["a.example.com"]',
    'device.attributes["a.example.com"].?numa.orValue(0) > 0',
    '"memory" in device.capacity["a.example.com"]',
)
_RISKY: Final = (
    'device.attributes["a.example.com"].kind == "x"',
    'device.attributes["a.example.com"].fast',
    'device.attributes["link.example.com"].root == "x"',
    'device.capacity["a.example.com"].memory.compareTo(quantity("4")) >= 0',
)
_ATTRIBUTES: Final = (
    "a.example.com/kind",
    "a.example.com/numa",
    "link.example.com/root",
    "link.example.com/root",
)


def classes(rng: random.Random, topics: frozenset[str]) -> Iterator[Wire]:
    """Yield the classes `any` and `some`."""
    for name, likely in (("any", 0.1), ("some", 0.8)):
        spec: Wire = {}
        if rng.random() < likely:
            spec["selectors"] = [_selector(rng, topics)]
        if rng.random() < 0.3:
            opaque = {"driver": "a.example.com", "parameters": {"class": name}}
            spec["config"] = [{"opaque": opaque}]
        yield {"metadata": {"name": name}, "spec": spec}


def _selector(rng: random.Random, topics: frozenset[str]) -> Wire:
    choices = [*_SAFE, *(_RISKY if "errors" in topics else ())]
    return {"cel": {"expression": rng.choice(choices)}}


def claims(
    rng: random.Random, topics: frozenset[str], on: frozenset[str]
) -> Iterator[Wire]:
    """Yield one to three pending claims."""
    for number in range(rng.choice([1, 1, 1, 2, 2, 3])):
        maker = _Maker(rng, topics, on)
        spec = {"devices": maker.devices()}
        name = {"name": f"claim-{number}", "namespace": "default"}
        yield {"metadata": name, "spec": spec}


class _Maker:
    """Makes one claim."""

    def __init__(
        self, rng: random.Random, topics: frozenset[str], on: frozenset[str]
    ) -> None:
        self.rng = rng
        self.topics = topics
        self.on = on
        self.names: list[str] = []  # what constraints and configs may refer to

    def devices(self) -> Wire:
        """Return the claim's spec.devices."""
        rng = self.rng
        requests = [self._request(n) for n in range(rng.choice([1, 1, 2, 2, 3]))]
        devices: Wire = {"requests": requests}
        if "constraints" in self.topics and rng.random() < 0.8:
            devices["constraints"] = [
                self._constraint() for _ in range(rng.choice([1, 1, 2]))
            ]
        if rng.random() < 0.3:
            opaque = {"driver": "a.example.com", "parameters": {"mine": True}}
            devices["config"] = [{**self._about(), "opaque": opaque}]
        return devices

    def _request(self, number: int) -> Wire:
        rng = self.rng
        name = f"r{number}"
        self.names.append(name)
        if "prioritized" not in self.topics or rng.random() < 0.5:
            exactly = self._option()
            if "admin" in self.topics and rng.random() < 0.4:
                exactly["adminAccess"] = True
            return {"name": name, "exactly": exactly}
        options = []
        for at in range(rng.choice([1, 2, 2, 3])):
            options.append({"name": f"s{at}", **self._option()})
            self.names.append(f"{name}/s{at}")
        return {"name": name, "firstAvailable": options}

    def _option(self) -> Wire:
        rng, topics = self.rng, self.topics
        option: Wire = {"deviceClassName": rng.choice(["any", "any", "some"])}
        if "all" in topics and rng.random() < 0.3:
            option["allocationMode"] = "All"
        else:
            count = rng.choice([1, 1, 1, 1, 1, 2, 2, 3, 20])
            option |= {"allocationMode": "ExactCount", "count": count}
            if count == 20 and rng.random() < 0.9:
                option["count"] = 1
        if "selectors" in topics and rng.random() < 0.5:
            option["selectors"] = [_selector(rng, topics)]
        if "taints" in topics and rng.random() < 0.5:
            option["tolerations"] = [self._toleration()]
        if (
            "DRAConsumableCapacity" in self.on
            and {"capacity", "shared"} & topics
            and rng.random() < 0.6
        ):
            name = rng.choice(["memory", "memory", "memory", "cores"])
            amount = rng.choice(["0", "500m", "1", "1500m", "2", "3", "4", "5"])
            option["capacity"] = {"requests": {name: amount}}
        return option

    def _toleration(self) -> Wire:
        rng = self.rng
        toleration: Wire = {"operator": rng.choice(["Exists", "Equal"])}
        if rng.random() < 0.7:
            toleration["key"] = rng.choice(["k1", "k2"])
        if toleration["operator"] == "Equal":
            toleration["value"] = rng.choice(["v1", "v2"])
        if rng.random() < 0.4:
            toleration["effect"] = rng.choice(["NoSchedule", "NoExecute"])
        return toleration

    def _constraint(self) -> Wire:
        rng = self.rng
        kinds = ["matchAttribute"]
        if self.on & {"DRAConsumableCapacity", "DRADeviceBindingConditions"}:
            kinds.append("distinctAttribute")
        kind = rng.choice(kinds)
        return {kind: rng.choice(_ATTRIBUTES), **self._about()}

    def _about(self) -> Wire:
        """Return which requests something is for; nothing means all."""
        rng = self.rng
        if rng.random() < 0.5:
            return {}
        return {"requests": rng.sample(self.names, rng.randint(1, len(self.names)))}
