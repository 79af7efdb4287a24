"""Documents with secrets in every place in which people have put some."""

from typing import Any, Final

Wire = dict[str, Any]

PLANTED: Final = tuple(
    f"PLANTED-{name}"
    for name in (
        *("env", "arg", "command", "image", "pull", "volume", "probe", "hook"),
        *("applied", "annotation", "managed", "secret", "map", "log", "address"),
        *("template-env", "template-annotation", "opaque", "data"),
        *("init", "ephemeral", "crd"),
    )
)
_APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"


def documents() -> list[Wire]:
    """Return the documents."""
    return [_secret(), _config_map(), _pod(), _node(), _deployment(), _crd(), _claim()]


def _meta(name: str) -> Wire:
    return {
        "name": name,
        "namespace": "default",
        "annotations": {
            _APPLIED: '{"env": "PLANTED-applied"}',
            "vault.example.com/role": "PLANTED-annotation",
        },
        "managedFields": [{"manager": "m", "fieldsV1": {"PLANTED-managed": {}}}],
    }


def _secret() -> Wire:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": _meta("s"),
        "data": {"token": "PLANTED-secret"},
    }


def _config_map() -> Wire:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": _meta("c"),
        "data": {"password": "PLANTED-map"},
    }


def _container(env: str) -> Wire:
    probe = {"httpGet": {"httpHeaders": [{"name": "auth", "value": "PLANTED-probe"}]}}
    return {
        "name": "main",
        "image": "https://me:PLANTED-image@registry.example.com/app:1",
        "env": [{"name": "TOKEN", "value": env}],
        "args": ["--token=PLANTED-arg"],
        "command": ["run", "PLANTED-command"],
        "livenessProbe": probe,
        "lifecycle": {"postStart": {"exec": {"command": ["PLANTED-hook"]}}},
        "volumeMounts": [{"name": "PLANTED-volume", "mountPath": "/x"}],
    }


def _pod_spec(env: str) -> Wire:
    return {
        "containers": [_container(env)],
        "initContainers": [_container("PLANTED-init")],
        "ephemeralContainers": [_container("PLANTED-ephemeral")],
        "imagePullSecrets": [{"name": "PLANTED-pull"}],
        "serviceAccountName": "trainer",
        "volumes": [{"name": "v", "secret": {"secretName": "PLANTED-volume"}}],
    }


def _pod() -> Wire:
    ended = {"terminated": {"reason": "Error", "message": "PLANTED-log"}}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": _meta("p"),
        "spec": _pod_spec("PLANTED-env"),
        "status": {
            "phase": "Running",
            "podIP": "PLANTED-address",
            "containerStatuses": [{"name": "main", "state": ended, "lastState": ended}],
        },
    }


def _node() -> Wire:
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": _meta("n"),
        "spec": {"providerID": "PLANTED-address"},
        "status": {
            "addresses": [{"address": "PLANTED-address"}],
            "images": [{"names": ["PLANTED-image"]}],
            "nodeInfo": {"machineID": "PLANTED-address"},
        },
    }


def _deployment() -> Wire:
    metadata = {"annotations": {"checksum/config": "PLANTED-template-annotation"}}
    template = {"metadata": metadata, "spec": _pod_spec("PLANTED-template-env")}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": _meta("d"),
        "spec": {"replicas": 1, "template": template},
    }


def _crd() -> Wire:
    return {
        "apiVersion": "example.com/v1",
        "kind": "Thing",
        "metadata": _meta("t"),
        "spec": {"password": "PLANTED-crd"},
    }


def _claim() -> Wire:
    parameters = {"registry": {"authToken": "PLANTED-opaque"}}
    opaque = {"driver": "d.example.com", "parameters": parameters}
    spec = {"devices": {"config": [{"opaque": opaque}]}}
    return {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "ResourceClaim",
        "metadata": _meta("claim"),
        "spec": spec,
        "status": {
            "allocation": {"devices": {"config": [{"opaque": opaque}]}},
            "devices": [{"device": "d", "data": {"password": "PLANTED-data"}}],
        },
    }
