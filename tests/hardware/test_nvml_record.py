from dataclasses import replace

import pytest

from dractl.hardware.nvml_reading import read_nvml
from dractl.hardware.pynvml_library import PynvmlLibrary
from dractl.model.hosts import Nvml
from tests.hardware.nvml_record import recorded_here
from tests.hardware.nvml_recording import Recording, recorded, recording, recordings


@pytest.mark.parametrize("name", recordings())
def test_a_recording_is_replayed_as_it_was(name: str) -> None:
    calls = recorded_here(recording(name))
    first, again = recorded(name), read_nvml(PynvmlLibrary(Recording(calls)))

    assert again == _with_secrets_of(again, first)


def _with_secrets_of(other: Nvml, told: Nvml) -> Nvml:
    """Return what was told, with the UUIDs and the like of the other."""
    gpus = tuple(
        replace(
            gpu,
            uuid=secret.uuid,
            serial=secret.serial,
            fabric_cluster=secret.fabric_cluster,
            migs=tuple(
                replace(mig, uuid=hidden.uuid)
                for mig, hidden in zip(gpu.migs, secret.migs, strict=True)
            ),
        )
        for gpu, secret in zip(told.gpus, other.gpus, strict=True)
    )
    return replace(told, gpus=gpus)


def test_secrets_are_replaced_one_by_one() -> None:
    calls = recorded_here(recording("dgx-a100"))
    gpus = read_nvml(PynvmlLibrary(Recording(calls))).gpus

    assert gpus[0].uuid == "GPU-00000000-0000-0000-0000-000000000001"
    assert gpus[0].serial == "0000000000002"
    assert gpus[0].migs[0].uuid == "MIG-00000000-0000-0000-0000-000000000003"
    uuids = [gpu.uuid for gpu in gpus] + [m.uuid for gpu in gpus for m in gpu.migs]
    assert len(set(uuids)) == len(uuids)
