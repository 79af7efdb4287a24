"""Objects for scenarios, named after the place that they stand in."""

from typing import Any

from tests.cluster.ground import Ground

Wire = dict[str, Any]
API = "resource.k8s.io/v1"


def device_class(place: Ground, expression: str = "true") -> Wire:
    """Return a class of the place's devices that pass an expression."""
    own = f'device.driver == "{place.driver}" && ({expression})'
    return {
        "apiVersion": API,
        "kind": "DeviceClass",
        "metadata": {"name": place.name},
        "spec": {"selectors": [{"cel": {"expression": own}}]},
    }


def devices(place: Ground, *models: str) -> Wire:
    """Return a slice of the place's node with a device of each model: d0, d1, ..."""
    return {
        "apiVersion": API,
        "kind": "ResourceSlice",
        "metadata": {"name": f"{place.name}-slice"},
        "spec": {
            "driver": place.driver,
            "nodeName": place.name,
            "pool": {"name": place.name, "generation": 1, "resourceSliceCount": 1},
            "devices": [
                {"name": f"d{number}", "attributes": {"model": {"string": model}}}
                for number, model in enumerate(models)
            ],
        },
    }


def claim(place: Ground, name: str, class_name: str | None = None) -> Wire:
    """Return a claim for one device of the place's class, or of another."""
    wanted = {"deviceClassName": class_name or place.name}
    return {
        "apiVersion": API,
        "kind": "ResourceClaim",
        "metadata": {"name": name, "namespace": place.namespace},
        "spec": {"devices": {"requests": [{"name": "gpu", "exactly": wanted}]}},
    }


def template(place: Ground, name: str) -> Wire:
    """Return a template of such claims."""
    return {
        "apiVersion": API,
        "kind": "ResourceClaimTemplate",
        "metadata": {"name": name, "namespace": place.namespace},
        "spec": {"spec": claim(place, name)["spec"]},
    }


def pod(place: Ground, name: str, **spec: Any) -> Wire:
    """Return a pod that uses the claim of its own name, or with other claims."""
    container = {"name": "main", "image": "registry.example.com/none:1"}
    claims = [{"name": "gpu", "resourceClaimName": name}]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": place.namespace},
        "spec": {
            "containers": [{**container, "resources": {"claims": [{"name": "gpu"}]}}],
            "resourceClaims": claims,
            "nodeSelector": {"dractl-test": place.name},
            "tolerations": [{"operator": "Exists"}],
            "terminationGracePeriodSeconds": 0,
            **spec,
        },
    }
