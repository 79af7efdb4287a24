import pytest

from tests.rules.advice_cases import Wire, claim, codes, obj, only, option, said

CODE = "written-in-old-version"


def written(*versions: str, kind: str = "ResourceClaim", shown: str = "v1") -> Wire:
    fields = [
        {
            "manager": f"manager-{number}",
            "operation": "Update",
            "apiVersion": version,
            "fieldsType": "FieldsV1",
            "fieldsV1": {},
        }
        for number, version in enumerate(versions)
    ]
    spec: Wire = claim(option())["spec"]
    if kind == "DeviceTaintRule":
        taint = {"key": "example.com/broken", "effect": "NoSchedule"}
        spec = {"deviceSelector": {"driver": "gpu.example.com"}, "taint": taint}
    version = f"resource.k8s.io/{shown}"
    return obj(kind, spec, version=version, meta={"managedFields": fields})


def test_a_manager_writes_an_older_version() -> None:
    found = only(CODE, written("resource.k8s.io/v1", "resource.k8s.io/v1beta1"))
    assert str(found.path) == "metadata.managedFields[1].apiVersion"
    assert found.message == "manager-1 wrote this in v1beta1, which is older than v1"
    assert found.fix == (
        "update manager-1 or its manifest to resource.k8s.io/v1 (dractl convert --to "
        "v1), and apply it again"
    )


def test_each_manager_and_version_is_told_of_once() -> None:
    document = written(*["resource.k8s.io/v1beta1"] * 3)
    for each in document["metadata"]["managedFields"]:
        each["manager"] = "kubectl"
    assert [each.code for each in said(document)] == [CODE]


@pytest.mark.parametrize(
    ("writing", "shown", "release", "kind", "expected"),
    [
        ("v1", "v1", "1.36", "ResourceClaim", False),
        ("v1beta2", "v1", "1.36", "ResourceClaim", True),
        # The object is shown in what somebody asked for.
        ("v1beta1", "v1beta1", "1.34", "ResourceClaim", True),
        ("v1", "v1beta1", "1.34", "ResourceClaim", False),
        # There is nothing newer that is served without a flag.
        ("v1beta1", "v1beta1", "1.33", "ResourceClaim", False),
        ("v1alpha3", "v1alpha3", "1.36", "DeviceTaintRule", False),
        ("v1alpha3", "v1beta2", "1.36", "DeviceTaintRule", True),
        ("v1beta2", "v1beta2", "1.37", "DeviceTaintRule", True),
    ],
)
def test_older_than_what_is_shown_or_served(
    writing: str, shown: str, release: str, kind: str, expected: bool
) -> None:
    document = written(f"resource.k8s.io/{writing}", kind=kind, shown=shown)
    assert (CODE in codes(document, release=release)) is expected


@pytest.mark.parametrize("version", ["", "v1", "apps/v1beta1", "resource.k8s.io/v9"])
def test_other_versions_are_left_alone(version: str) -> None:
    assert CODE not in codes(written(version))
