"""What --to may name, and which version each kind becomes."""

import pytest

from dractl.api.lifecycle import LIVES
from dractl.conversion.target import Target, deprecation
from dractl.errors import DractlError, ExitStatus
from dractl.model.cluster import KubernetesVersion


@pytest.mark.parametrize(
    ("text", "claim", "rule", "request_"),
    [
        ("v1", "v1", "v1", None),
        ("resource.k8s.io/v1beta2", "v1beta2", "v1beta2", None),
        ("v1beta1", "v1beta1", None, None),
        ("v1alpha3", "v1alpha3", "v1alpha3", "v1alpha3"),
        ("1.31", "v1alpha3", None, None),
        ("1.32", "v1beta1", None, None),
        ("v1.33.4", "v1beta2", "v1alpha3", None),
        ("1.34", "v1", "v1alpha3", None),
        ("1.36", "v1", "v1beta2", "v1alpha3"),
        ("1.37", "v1", "v1", "v1alpha3"),
        ("1.42", "v1", "v1", None),
    ],
)
def test_each_kind_becomes_the_newest_version_that_there_is(
    text: str, claim: str | None, rule: str | None, request_: str | None
) -> None:
    target = Target.parse(text)

    assert target.of("ResourceClaim") == claim
    assert target.of("DeviceTaintRule") == rule
    assert target.of("ResourcePoolStatusRequest") == request_
    assert target.of("Pod") is None


@pytest.mark.parametrize("text", ["", "v2", "v1alpha2", "latest", "1"])
def test_anything_else_is_wrong_usage(text: str) -> None:
    with pytest.raises(DractlError) as caught:
        Target.parse(text)

    assert caught.value.status is ExitStatus.USAGE
    assert "v1beta2" in caught.value.hint


def test_targets_read_as_users_write_them() -> None:
    assert [str(Target.parse(each)) for each in ("v1", "1.33")] == [
        "v1",
        "Kubernetes 1.33",
    ]


def test_versions_on_their_way_out_say_so() -> None:
    assert deprecation("ResourceClaim", "resource.k8s.io/v1beta1") == (
        "resource.k8s.io/v1beta1 is deprecated since Kubernetes 1.35 and gone in 1.38"
    )
    assert deprecation("ResourceClaim", "resource.k8s.io/v1") is None
    assert deprecation("Pod", "v1") is None


@pytest.mark.parametrize("kind", LIVES)
def test_lives_are_in_order(kind: str) -> None:
    last = KubernetesVersion(9, 9)
    for life in LIVES[kind].values():
        assert life.since < last
        last = life.since
        if life.removed is not None:
            assert life.deprecated is not None
            assert life.since < life.deprecated < life.removed
