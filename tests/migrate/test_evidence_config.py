"""What configurations of NVIDIA's plugin say, one case for each kind of setting."""

from textwrap import indent

import pytest

from dractl.migrate import evidence
from dractl.migrate.evidence.codes import CODES
from dractl.migrate.inputs import Input
from dractl.sources.embedded import texts
from tests.migrate.builders import documents, order, snapshot
from tests.migrate.told import GPU, codes, gathered, means, node

CONFIG = "nvidia.com/device-plugin.config"


def config_map(name: str = "plugin", **entries: str) -> str:
    """Return a ConfigMap with texts as its values."""
    values = "".join(
        f"  {key.replace('_', '.')}: |\n{indent(text, '    ')}\n"
        for key, text in entries.items()
    )
    head = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  namespace: gpu\n"
    return f"{head}  name: {name}\ndata:\n{values}"


def slices(replicas: int = 4, **fields: object) -> str:
    """Return a configuration with time slices of a GPU."""
    more = "".join(f"    {key}: {value}\n" for key, value in fields.items())
    return (
        f"version: v1\nsharing:\n  timeSlicing:\n{more}    resources:\n"
        f"    - name: nvidia.com/gpu\n      replicas: {replicas}\n"
    )


ONE = "a whole device"
SLICE = "one of 4 time slices of a device"


@pytest.mark.parametrize(
    ("config", "resource", "expected"),
    [
        ("version: v1\nflags: {migStrategy: none}", GPU, ONE),
        ("version: v1\nflags: {migStrategy: mixed}", GPU, ONE),
        ("version: v1\nflags: {failOnInitError: true}", GPU, ONE),
        (
            "version: v1\nflags: {migStrategy: single}",
            GPU,
            "a partition of unknown profile",
        ),
        (
            "version: v1\nflags: {migStrategy: mixed}",
            "nvidia.com/mig-1g.5gb.me",
            "a partition 1g.5gb+me",
        ),
        (slices(), GPU, SLICE),
        (slices(1), GPU, ONE),
        (slices(renameByDefault="true"), f"{GPU}.shared", SLICE),
        (slices().replace("nvidia.com/gpu", "gpu"), GPU, SLICE),
        (
            slices().replace("timeSlicing", "mps"),
            GPU,
            "one of 4 MPS shares of a device",
        ),
        (
            slices(2).replace("nvidia.com/gpu", "nvidia.com/mig-1g.5gb")
            + "flags: {migStrategy: mixed}",
            "nvidia.com/mig-1g.5gb",
            "one of 2 time slices of a partition 1g.5gb",
        ),
    ],
)
def test_configuration(config: str, resource: str, expected: str) -> None:
    """A configuration tells it from a ConfigMap as from a file."""
    for text in (config_map(any=config), config):
        found = gathered(text)
        assert means(found, resource) == [expected]
        assert not found.meanings(resource)[0].is_assumed
        assert found.meanings(resource)[0].evidence
        assert {each.kind for each in found.settings} == {"NVIDIA device plugin"}
        assert not found.findings


def test_a_file_is_named_by_its_place() -> None:
    """A configuration without a kind has no other name."""
    found = gathered(slices())
    assert {each.subject for each in found.settings} == {"app.yaml:1"}
    (meaning,) = found.meanings(GPU)
    assert meaning.evidence[0].startswith("app.yaml:1: sharing.timeSlicing")
    values = Input({"migStrategy": "single"}, "values.yaml:1", 0, is_file=True)
    told = evidence.gathered([values], snapshot(""), order())
    assert [each.subject for each in told.settings] == ["values.yaml:1"]


def test_what_a_configuration_says_is_listed() -> None:
    """Each setting stands with its place and what it means."""
    found = gathered(config_map(any=slices() + "flags: {migStrategy: none}\n"))
    assert [(each.where, each.subject, each.says) for each in found.settings] == [
        ("app.yaml:1", "ConfigMap gpu/plugin, any", "flags.migStrategy: none"),
        (
            "app.yaml:1",
            "ConfigMap gpu/plugin, any",
            "sharing.timeSlicing.resources[0].replicas: 4",
        ),
    ]
    assert found.settings[1].means == f"{GPU} is {SLICE}"
    strict = gathered(config_map(any=slices(failRequestsGreaterThanOne="true")))
    assert strict.settings[1].says == (
        "sharing.timeSlicing.failRequestsGreaterThanOne: true"
    )
    assert "refused" in strict.settings[1].means


@pytest.mark.parametrize(
    ("config", "code", "words"),
    [
        (slices().replace("v1", "v2"), "plugin-setting-refused", "version: v1"),
        (slices(0), "plugin-setting-refused", "at least 1"),
        (
            slices() + "  mps: {resources: [{name: gpu, replicas: 2}]}\n",
            "plugin-setting-refused",
            "exclude each other",
        ),
        (
            "version: v1\nsharing: {mps: {resources: [{name: mig-a, replicas: 2}]}}",
            "plugin-setting-refused",
            "whole GPUs only",
        ),
        (slices() + "      rename: x\n", "plugin-setting-ignored", "rename"),
        (slices() + "      devices: [0]\n", "plugin-setting-ignored", "devices"),
        (
            "version: v1\nresources: {gpus: [{pattern: A100, name: a100}]}",
            "plugin-setting-ignored",
            "resources.gpus[0]",
        ),
        (
            "version: v1\nimex: {channelIDs: [0]}",
            "imex-becomes-compute-domain",
            "channelIDs",
        ),
        (
            slices().replace("replicas: 4", "replicas: four"),
            "config-unreadable",
            "sharing.timeSlicing.resources[0].replicas",
        ),
        ("version: v1\nflags: [1]", "config-unreadable", "flags"),
        (
            "version: v1\nflags: {migStrategy: both}",
            "config-unreadable",
            "flags.migStrategy",
        ),
        (
            "version: v1\nsharing: {timeSlicing: {resources: []}}",
            "config-unreadable",
            "resources",
        ),
    ],
)
def test_odd_settings(config: str, code: str, words: str) -> None:
    """What the plugin ignores, refuses or cannot read is told with its path."""
    found = gathered(config_map(any=config))
    assert codes(found) == [code]
    assert words in found.findings[0].message
    assert found.findings[0].where == "app.yaml:1"
    assert found.findings[0].severity is CODES[code][0]
    if code in {"plugin-setting-refused", "config-unreadable"}:
        assert found.meanings(GPU)[0].is_assumed


def test_patterns_that_name_what_is_so_anyway() -> None:
    """The chart's own configuration has such a pattern."""
    config = "version: v1\nresources: {gpus: [{pattern: '*', name: nvidia.com/gpu}]}"
    assert not gathered(config_map(any=config)).findings


def test_text_that_is_no_yaml() -> None:
    """A value that looks like a configuration is missed."""
    document = documents(config_map(any="sharing: {timeSlicing: ["))[0]
    given = Input(document, "here", 0, is_file=True, texts=texts(document))
    found = evidence.gathered([given], snapshot(""), order())
    assert codes(found) == ["config-unreadable"]


POLICY = """
apiVersion: nvidia.com/v1
kind: ClusterPolicy
metadata: {name: policy}
spec:
  devicePlugin: {config: {name: plugin, default: shared}}
"""
TWO = {"plain": "version: v1", "shared": slices()}


def test_entries_that_differ_leave_it_open() -> None:
    """Without nodes, each entry may be that of some node; the default comes first."""
    assert means(gathered(config_map(**TWO))) == [ONE, SLICE]
    found = gathered(config_map(**TWO) + "---" + POLICY)
    assert means(found) == [SLICE, ONE]
    assert means(gathered(config_map(a=slices(), b=slices()))) == [SLICE]


def test_nodes_choose_entries() -> None:
    """The label of a node names its entry; without it, the default counts."""
    both = config_map(**TWO) + "---" + POLICY
    assert means(gathered(both, node())) == [SLICE]
    assert means(gathered(both, node(labels={CONFIG: "plain"}))) == [ONE]
    found = gathered(both, node() + node("n2", {CONFIG: "plain"}))
    assert [each.nodes for each in found.meanings(GPU)] == [("n1",), ("n2",)]
    assert means(gathered(config_map(**TWO), node())) == [ONE]
    assert gathered(config_map(**TWO), node()).meanings(GPU)[0].is_assumed


def test_configurations_that_are_missing() -> None:
    """Names that lead nowhere are told, by whoever names them."""
    found = gathered(config_map(**TWO), node(labels={CONFIG: "other"}))
    assert codes(found) == ["config-missing"]
    assert "node n1" in found.findings[0].message
    found = gathered(POLICY)
    assert codes(found) == ["config-missing"]
    found = gathered(POLICY + "---\n" + config_map(plain="version: v1\nflags: {}"))
    assert codes(found) == ["config-missing"]
    assert "default: shared" in found.findings[0].message


def test_config_map_that_is_in_use() -> None:
    """Another ConfigMap does not count once one is named."""
    text = config_map("old", shared=slices(9)) + "---\n" + config_map(shared=slices())
    assert len(means(gathered(text))) == 2
    assert means(gathered(text + "---" + POLICY)) == [SLICE]


VALUES = """
devicePlugin:
  config:
    default: any
    data:
      any: |-
        version: v1
        sharing: {timeSlicing: {resources: [{name: nvidia.com/gpu, replicas: 4}]}}
mig: {strategy: single}
"""


def test_values_of_helm() -> None:
    """Values for the operator's chart, alone or in those of another chart."""
    for text in (VALUES, "gpu-operator:\n" + indent(VALUES, "  ")):
        document = documents(text)[0]
        given = Input(document, "values.yaml:1", 0, is_file=True, texts=texts(document))
        found = evidence.gathered([given], snapshot(""), order())
        # Operators set the strategy single for nodes without MIG, too.
        assert means(found) == [SLICE]
        assert any(row.says.endswith("mig.strategy: single") for row in found.settings)
