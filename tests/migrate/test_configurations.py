"""Which ConfigMaps configure device plugins."""

from typing import Any

import pytest

from dractl.migrate.configurations import referred
from dractl.vendors.plugins import Plugin
from tests.migrate.builders import documents

PLUGINS = (Plugin("ours", images=("k8s-device-plugin",)),)
DAEMON_SET = """
kind: DaemonSet
metadata: {name: plugin, namespace: gpus}
spec:
  template:
    spec:
      initContainers: [{name: init, image: "registry.example/k8s-device-plugin:v1"}]
      containers:
      - name: main
        image: other
        envFrom: [{configMapRef: {name: environment}}]
        env: [{name: A, valueFrom: {configMapKeyRef: {name: value, key: a}}}]
      volumes:
      - {name: a, configMap: {name: mounted}}
      - {name: b, projected: {sources: [{configMap: {name: projected}}]}}
      - {name: c, secret: {secretName: secret}}
"""


def test_what_the_daemon_set_of_a_plugin_refers_to_configures_it() -> None:
    assert set(referred(documents(DAEMON_SET), PLUGINS)) == {
        ("gpus", "environment"),
        ("gpus", "value"),
        ("gpus", "mounted"),
        ("gpus", "projected"),
    }


def test_a_policy_names_configurations_in_the_namespaces_of_plugins() -> None:
    policy = """
---
kind: ClusterPolicy
spec: {devicePlugin: {config: {name: sharing}}, migManager: {config: {name: mig}}}
"""
    found = referred(documents(DAEMON_SET + policy), PLUGINS)

    assert {("gpus", "sharing"), ("gpus", "mig")} < set(found)


def test_other_daemon_sets_do_not_count() -> None:
    other = DAEMON_SET.replace("k8s-device-plugin", "logger")

    assert referred(documents(other), PLUGINS) == ()


@pytest.mark.parametrize(
    "document",
    [
        "nothing",
        {"kind": "DaemonSet"},
        {"kind": "DaemonSet", "metadata": [], "spec": {"containers": [1, None]}},
        {"kind": ["DaemonSet"], "spec": {"containers": None}},
        {"kind": "ClusterPolicy", "spec": {"devicePlugin": [{"config": 3}]}},
    ],
)
def test_documents_may_be_anything(document: Any) -> None:
    assert referred([document], PLUGINS) == ()
