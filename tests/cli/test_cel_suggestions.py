from pathlib import Path

import pytest

from tests.cli import wire
from tests.cli.expressions import A, C, answer
from tests.cli.run import Runner


@pytest.mark.parametrize(
    ("text", "message", "better"),
    [
        (
            f"has({A}.memory)",
            (
                "no device has the attribute gpu.example.com/memory, "
                "but 2 have the capacity gpu.example.com/memory"
            ),
            f"has({C}.memory)",
        ),
        (
            f'has({A}.v) && {A}.v == "1.2.3"',
            "v is a version, not a string",
            f'has({A}.v) && {A}.v.compareTo(semver("1.2.3")) == 0',
        ),
        (
            'device.driver == "gpu.exmaple.com"',
            "no driver gpu.exmaple.com publishes devices, but gpu.example.com does",
            f'device.driver == "{wire.DRIVER}"',
        ),
        (
            f'{C}.memory.isGreaterThan(quantity("30GiB"))',
            'quantity("30GiB") fails on every device',
            f'{C}.memory.isGreaterThan(quantity("30Gi"))',
        ),
        ("device.drivr == 'x'", "there is no field of device drivr, but driver", None),
        (
            f'{C}.memory.isGreaterThn(quantity("1Gi"))',
            "there is no function isGreaterThn, but isGreaterThan",
            None,
        ),
        (
            f"device.driver = \u201c{wire.DRIVER}\u201d",
            'CEL does not know =, \u201c, \u201d; write ==, "',
            f'device.driver == "{wire.DRIVER}"',
        ),
        (
            f'has({A}.model) && {A}.model == "a"',
            "some device passes this, which comes nearest",
            f'has({A}.model) && {A}.model == "A"',
        ),
    ],
)
def test_suggestions(
    dractl: Runner, cluster: str, text: str, message: str, better: str | None
) -> None:
    found = answer(dractl, text, "--snapshot", cluster)["suggestions"]
    assert {"message": message, "expression": better} in [
        {"message": each["message"], "expression": each["expression"]} for each in found
    ]


def test_lists_are_looked_into_with_includes(dractl: Runner, tmp_path: Path) -> None:
    path = wire.written(
        tmp_path / "lists.yaml",
        wire.resource_slice("n1", wire.device("a", {"roots": {"strings": ["x", "z"]}})),
    )
    on = ("--snapshot", path, "--feature-gates", "DRAListTypeAttributes=true")
    (advice,) = answer(dractl, f'{A}.roots == "x"', *on)["suggestions"]
    assert advice["message"] == "roots is a list, not a string"
    assert advice["expression"] == f'{A}.roots.includes("x")'
    document = answer(dractl, f'{A}.roots.includes("x")', *on)
    assert (document["selected"], document["suggestions"]) == (1, [])
    off = answer(dractl, "true", "--snapshot", path, "--kubernetes-version", "1.36")
    assert (off["selected"], off["failing"]) == (0, 1)
