"""Rules of classes and claims, with a place where each is broken."""

from typing import Final

from tests.rules.case import EXACTLY, R0, Case
from tests.rules.documents import ABSENT, CLAIM, CLASS, DRIVER, TEMPLATE, Wire

_OPTIONS: Final = "spec.devices.requests.1.firstAvailable"
_CEL: Final = f"{EXACTLY}.selectors.0.cel"
_FREE: Final[Wire] = {"name": "x", "exactly": {"deviceClassName": "gpu"}}
_SELECTOR: Final[Wire] = {"cel": {"expression": "true"}}
_CONFIG: Final[Wire] = {"opaque": {"driver": DRIVER, "parameters": {}}}
_MATCH: Final[Wire] = {"matchAttribute": f"{DRIVER}/numa"}
_COSTLY: Final = (
    "device.attributes.all(a, device.attributes.all(b, device.attributes.all(c, "
    "device.attributes.all(d, a + b + c + d != 'x'))))"
)
_MANY: Final = [f"r{index}" for index in range(33)]

CLASSES: Final = (
    Case("class-selectors-max", CLASS, "spec.selectors", [_SELECTOR] * 33, "TooMany"),
    Case("class-config-max", CLASS, "spec.config", [_CONFIG] * 33, "TooMany"),
    Case(
        "class-extended-resource-name", CLASS, "spec.extendedResourceName",
        "a.kubernetes.io/b", "Invalid",
    ),
    Case("selector-cel-required", CLASS, "spec.selectors.0.cel", ABSENT, "Required"),
    Case("cel-length", CLASS, "spec.selectors.0.cel.expression", "1" * 10241,
         "TooLong"),
    Case("cel-compile", CLASS, "spec.selectors.0.cel.expression", "1", "Invalid"),
    Case("cel-compile", CLASS, "spec.selectors.0.cel.expression", "", "Invalid"),
    Case("cel-cost", CLAIM, f"{_CEL}.expression", _COSTLY, "Forbidden"),
    Case("config-opaque-required", CLASS, "spec.config.0", {}, "Required",
         "spec.config[0].opaque"),
    Case("config-driver", CLASS, "spec.config.0.opaque.driver", "a_b", "Invalid"),
    Case("config-driver", CLASS, "spec.config.0.opaque.driver", "a" * 64, "TooLong"),
    Case("config-parameters", CLASS, "spec.config.0.opaque.parameters", None,
         "Required"),
    Case("config-parameters", CLASS, "spec.config.0.opaque.parameters", "x", "Invalid"),
    Case("config-parameters", CLASS, "spec.config.0.opaque.parameters",
         {"a": "b" * 10240}, "TooLong"),
)  # fmt: skip

CLAIMS: Final = (
    Case("requests-max", CLAIM, "spec.devices.requests",
         [_FREE | {"name": name} for name in ["one", "any", *_MANY]], "TooMany"),
    Case("requests-name-unique", CLAIM, "spec.devices.requests.1.name", "one",
         "Duplicate", "spec.devices.requests[1]"),
    Case("request-name", CLAIM, f"{R0}.name", "a.b", "Invalid"),
    Case("request-one-of", CLAIM, EXACTLY, ABSENT, "Required",
         "spec.devices.requests[0]"),
    Case("request-one-of", CLAIM, f"{R0}.firstAvailable", [{"name": "a"}], "Invalid",
         "spec.devices.requests[0]"),
    Case("first-available-max", CLAIM, _OPTIONS,
         [{"name": f"r{i}", "deviceClassName": "gpu"} for i in range(9)], "TooMany"),
    Case("first-available-unique", CLAIM, f"{_OPTIONS}.1.name", "big", "Duplicate",
         "spec.devices.requests[1].firstAvailable[1]"),
    Case("subrequest-name", CLAIM, f"{_OPTIONS}.1.name", "", "Invalid"),
    Case("device-class-name", CLAIM, f"{EXACTLY}.deviceClassName", "", "Required"),
    Case("device-class-name", CLAIM, f"{_OPTIONS}.0.deviceClassName", "-", "Invalid"),
    Case("request-selectors-max", CLAIM, f"{EXACTLY}.selectors", [_SELECTOR] * 33,
         "TooMany"),
    Case("allocation-mode", CLAIM, f"{EXACTLY}.allocationMode", "all", "NotSupported"),
    Case("count-exact", CLAIM, f"{EXACTLY}.count", -1, "Invalid"),
    Case("count-all", CLAIM, f"{_OPTIONS}.1.allocationMode", "All", "Invalid",
         "spec.devices.requests[1].firstAvailable[1].count"),
    Case("admin-access-namespace", CLAIM, f"{EXACTLY}.adminAccess", True, "Forbidden",
         "spec.devices.requests[0].adminAccess"),
    Case("admin-access-namespace", TEMPLATE,
         "spec.spec.devices.requests.0.exactly.adminAccess", True, "Forbidden",
         "spec.devices.requests[0].adminAccess"),
    Case("toleration-key", CLAIM, f"{EXACTLY}.tolerations.0.key", "a b", "Invalid"),
    Case("toleration-operator", CLAIM, f"{EXACTLY}.tolerations.0.operator", "x",
         "NotSupported"),
    Case("toleration-value-exists", CLAIM, f"{EXACTLY}.tolerations.0.value", "x",
         "Invalid"),
    Case("toleration-value-equal", CLAIM, f"{EXACTLY}.tolerations.0",
         {"key": "a", "value": "b c"}, "Invalid",
         "spec.devices.requests[0].exactly.tolerations[0].value"),
    Case("toleration-effect", CLAIM, f"{EXACTLY}.tolerations.0.effect", "x",
         "NotSupported"),
    Case("constraints-max", CLAIM, "spec.devices.constraints", [_MATCH] * 33,
         "TooMany"),
    Case("constraint-requests-max", CLAIM, "spec.devices.constraints.0.requests", _MANY,
         "TooMany"),
    Case("request-refs-unique", CLAIM, "spec.devices.constraints.0.requests",
         ["one", "one"], "Duplicate", "spec.devices.constraints[0].requests[1]"),
    Case("request-ref", CLAIM, "spec.devices.constraints.0.requests.0", "x", "Invalid"),
    Case("request-ref", CLAIM, "spec.devices.constraints.0.requests.0", "a/b/c",
         "Invalid"),
    Case("request-ref", CLAIM, "spec.devices.config.0.requests.0", "one/big",
         "Invalid"),
    Case("constraint-match-attribute", CLAIM,
         "spec.devices.constraints.0.matchAttribute", "numa", "Invalid"),
    Case("constraint-match-attribute", CLAIM,
         "spec.devices.constraints.0.matchAttribute", "a/b/c", "Invalid",
         release="1.37"),
    Case("constraint-match-attribute", CLAIM,
         "spec.devices.constraints.0.matchAttribute", "a/" + "b" * 33, "TooLong"),
    Case("constraint-distinct-attribute", CLAIM, "spec.devices.constraints.0",
         {"distinctAttribute": "/a"}, "Invalid",
         "spec.devices.constraints[0].distinctAttribute"),
    Case("constraint-one-of", CLAIM, "spec.devices.constraints.0.matchAttribute",
         ABSENT, "Required", "spec.devices.constraints[0]"),
    Case("constraint-one-of", CLAIM, "spec.devices.constraints.0",
         {"distinctAttribute": "a/b"}, "Required",
         "spec.devices.constraints[0].matchAttribute", "1.35 default"),
    Case("claim-config-max", CLAIM, "spec.devices.config", [_CONFIG] * 33, "TooMany"),
    Case("claim-config-requests-max", CLAIM, "spec.devices.config.0.requests", _MANY,
         "TooMany"),
    Case("derived-max", CLAIM, f"{EXACTLY}.derivedAttributes",
         [{"name": f"a/b{i}", "expression": "1"} for i in range(33)], "TooMany",
         release="1.37"),
    Case("derived-name", CLAIM, f"{EXACTLY}.derivedAttributes",
         [{"name": "b", "expression": "true"}], "Invalid",
         "spec.devices.requests[0].exactly.derivedAttributes[0].name", "1.37"),
    Case("derived-unique", CLAIM, f"{EXACTLY}.derivedAttributes",
         [{"name": "gpu.example.com/numa", "expression": "true"}] * 2, "Duplicate",
         "spec.devices.requests[0].exactly.derivedAttributes[1]", "1.37"),
    Case("derived-used", CLAIM, f"{EXACTLY}.derivedAttributes",
         [{"name": "a/b", "expression": "1 + 1"}], "Invalid",
         "spec.devices.requests[0].exactly.derivedAttributes[0].name", "1.37"),
    Case("derived-cost-sum", CLAIM, f"{EXACTLY}.derivedAttributes",
         [{"name": f"{DRIVER}/numa", "expression": _COSTLY}], "Forbidden",
         "spec.devices", "1.37"),
    Case("derived-expression", CLAIM, f"{EXACTLY}.derivedAttributes",
         [{"name": "gpu.example.com/numa"}], "Required",
         "spec.devices.requests[0].exactly.derivedAttributes[0].expression", "1.37"),
)  # fmt: skip
