"""Random slices for generate.py: pools, generations, scopes, and what devices say."""

import random
from collections.abc import Sequence
from typing import Any, Final

Wire = dict[str, Any]

DRIVERS: Final = ("a.example.com", "b.example.com")
_WORDS: Final = ("x", "y", "z")
_VALID: Final = ("1", "2", "3", "4500m", "6")
_AMOUNTS: Final = ("1", "2", "3", "4")
_SCOPES: Final[Sequence[Wire]] = (
    {"nodeName": "node-1"},
    {"nodeName": "node-2"},
    {"allNodes": True},
    {
        "nodeSelector": {
            "nodeSelectorTerms": [
                {
                    "matchExpressions": [
                        {"key": "zone", "operator": "In", "values": ["one"]}
                    ]
                }
            ]
        }
    },
    {
        "nodeSelector": {
            "nodeSelectorTerms": [
                {
                    "matchFields": [
                        {
                            "key": "metadata.name",
                            "operator": "NotIn",
                            "values": ["node-2"],
                        }
                    ]
                },
            ]
        }
    },
)


def slices(
    rng: random.Random, topics: frozenset[str], on: frozenset[str]
) -> list[Wire]:
    """Return the slices of one to three pools, in the order of driver and pool."""
    many = "pools" in topics
    keys = {(rng.choice(DRIVERS), rng.choice("pq")) for _ in range(rng.randint(1, 3))}
    found = []
    for driver, pool in sorted(keys) if many else [(DRIVERS[0], "p")]:
        found += _Pool(rng, topics, on, driver, pool).slices()
    return found


class _Pool:
    """Makes the slices of one pool."""

    def __init__(
        self,
        rng: random.Random,
        topics: frozenset[str],
        on: frozenset[str],
        driver: str,
        name: str,
    ) -> None:
        self.rng = rng
        self.topics = topics
        self.driver = driver
        self.name = name
        self.sets: list[Wire] = []
        if "counters" in topics and rng.random() < 0.8:
            self.sets = [self._set(f"set-{n}") for n in range(rng.randint(1, 2))]
        self.partitionable = "DRAPartitionableDevices" in on
        self.made = 0

    def slices(self) -> list[Wire]:
        """Return them; now and then one is missing or outdated."""
        rng = self.rng
        generation = rng.choice([1, 2]) if "pools" in self.topics else 1
        bodies = [self._body() for _ in range(rng.choice([1, 1, 2]))]
        if self.sets:
            counting: Wire = {"sharedCounters": self.sets}
            bodies.append({**counting, **self._scope(whole=True)})
        count = len(bodies)
        if "pools" in self.topics and rng.random() < 0.08:
            count += rng.choice([-1, 1])
        found = [self._slice(n, generation, count, b) for n, b in enumerate(bodies)]
        if generation == 2 and rng.random() < 0.3:
            old = self._slice(9, 1, rng.choice([1, 2]), self._body())
            found.insert(rng.randint(0, len(found)), old)
        return found

    def _slice(self, number: int, generation: int, count: int, body: Wire) -> Wire:
        pool = {
            "name": self.name,
            "generation": generation,
            "resourceSliceCount": count,
        }
        name = f"{self.driver[0]}-{self.name}-{number}"
        spec = {"driver": self.driver, "pool": pool, **body}
        return {"metadata": {"name": name}, "spec": spec}

    def _body(self) -> Wire:
        rng = self.rng
        size = rng.choice([1, 2, 3, 4, 5, 6])
        devices = [self._device() for _ in range(size)]
        if "scopes" in self.topics and self.partitionable and rng.random() < 0.4:
            scoped = [{**device, **rng.choice(_SCOPES)} for device in devices]
            return {"perDeviceNodeSelection": True, "devices": scoped}
        return {**self._scope(whole=False), "devices": devices}

    def _scope(self, *, whole: bool) -> Wire:
        rng = self.rng
        if "scopes" in self.topics and not (whole and rng.random() < 0.6):
            return rng.choice(_SCOPES)
        if "nodes" in self.topics and rng.random() < 0.3:
            return {"allNodes": True}
        return {"nodeName": "node-1"}

    def _device(self) -> Wire:
        rng, topics = self.rng, self.topics
        name = f"dev-{self.made}"
        self.made += 1
        if "pools" in topics and self.made > 1 and rng.random() < 0.02:
            name = "dev-0"  # twice in a pool: invalid
        device: Wire = {"name": name, "attributes": self._attributes()}
        if "shared" in topics and rng.random() < 0.5:
            device["allowMultipleAllocations"] = True
        if {"capacity", "shared"} & topics and rng.random() < 0.8:
            names = ["memory"] if rng.random() < 0.7 else ["memory", "cores"]
            device["capacity"] = {each: self._capacity() for each in names}
        if self.sets and rng.random() < 0.8:
            device["consumesCounters"] = self._consumes()
        if "taints" in topics and rng.random() < 0.4:
            device["taints"] = [self._taint() for _ in range(rng.randint(1, 2))]
        if "binding" in topics and rng.random() < 0.3:
            device["bindingConditions"] = ["ready"]
            device["bindingFailureConditions"] = ["broken"]
        if "binding" in topics and rng.random() < 0.2:
            device["bindsToNode"] = True
        return device

    def _attributes(self) -> Wire:
        rng = self.rng
        found: Wire = {}
        if rng.random() < 0.95:
            found["kind"] = {"string": rng.choice(_WORDS)}
        if rng.random() < 0.9:
            found["numa"] = {"int": rng.randint(0, 2)}
        if rng.random() < 0.5:
            found["link.example.com/root"] = self._root()
        if rng.random() < 0.2:
            found["fast"] = {"bool": rng.random() < 0.5}
        return found

    def _root(self) -> Wire:
        rng = self.rng
        if "lists" in self.topics and rng.random() < 0.7:
            return {"strings": rng.sample(_WORDS, rng.randint(1, 3))}
        if rng.random() < 0.1:
            return {"version": rng.choice(["1.0.0", "1.0.0+b", "2.0.0"])}
        return {"string": rng.choice(_WORDS)}

    def _capacity(self) -> Wire:
        rng = self.rng
        capacity: Wire = {"value": rng.choice(["2", "4", "5", "8", "10"])}
        if rng.random() < 0.5:
            capacity["requestPolicy"] = self._policy()
        return capacity

    def _policy(self) -> Wire:
        """Return a policy; its default need not be a valid value."""
        rng = self.rng
        policy: Wire = {}
        if rng.random() < 0.7:
            policy["default"] = rng.choice(["0", "1", "1500m", *_AMOUNTS])
        shape = rng.choice(["none", "values", "range", "range", "steps"])
        if shape == "values":
            valid = [value for value in _VALID if rng.random() < 0.5]
            policy["validValues"] = valid or ["2"]
        elif shape != "none":
            policy["validRange"] = {"min": rng.choice(["0", "1", "1500m", "2"])}
            if rng.random() < 0.6:
                policy["validRange"]["max"] = rng.choice(["3", "4", "6"])
            if shape == "steps":
                policy["validRange"]["step"] = rng.choice(["1", "2", "1500m"])
        return policy

    def _set(self, name: str) -> Wire:
        counters = ["c0", "c1"] if self.rng.random() < 0.4 else ["c0"]
        return {
            "name": name,
            "counters": {
                each: {"value": self.rng.choice(_AMOUNTS)} for each in counters
            },
        }

    def _consumes(self) -> list[Wire]:
        rng = self.rng
        chosen = rng.sample(self.sets, rng.randint(1, len(self.sets)))
        found = []
        for each in chosen:
            names = sorted(each["counters"])
            used = rng.sample(names, rng.randint(1, len(names)))
            counters = {
                name: {"value": rng.choice(["0", "1", "1", "2"])} for name in used
            }
            found.append({"counterSet": each["name"], "counters": counters})
        if "pools" in self.topics and rng.random() < 0.02:
            found[0]["counters"]["unknown"] = {"value": "1"}
        return found

    def _taint(self) -> Wire:
        rng = self.rng
        effects = ["NoSchedule", "NoSchedule", "NoExecute", "None"]
        return {
            "key": rng.choice(["k1", "k2"]),
            "value": rng.choice(["v1", "v2"]),
            "effect": rng.choice(effects),
            "timeAdded": "2026-01-01T00:00:00Z",
        }
