"""What NVML tells of a GPU's partitions: those that can be, and those that are."""

from collections.abc import Iterator
from dataclasses import replace

from dractl.hardware.nvml_library import PROFILE_INDICES, Handle, Library
from dractl.hardware.nvml_questions import Questions
from dractl.model.hosts import MigDevice, MigProfile, NvmlGpu


def with_migs(
    gpu: NvmlGpu, library: Library, handle: Handle, questions: Questions
) -> NvmlGpu:
    """Add MIG mode, profiles and devices."""
    mode = questions.answer("MIG mode", library.mig_mode, handle)
    if mode is None:
        return gpu
    profiles = tuple(_profiles(library, handle, questions))
    migs = tuple(_migs(library, handle, questions)) if mode.current else ()
    return replace(
        gpu,
        mig_mode=mode.current,
        mig_pending=mode.pending,
        profiles=profiles,
        migs=migs,
    )


def _profiles(
    library: Library, handle: Handle, questions: Questions
) -> Iterator[MigProfile]:
    for index in PROFILE_INDICES:
        profile = questions.found("MIG profiles", library.profile, handle, index)
        if profile is None:
            continue
        places = questions.found(
            "MIG placements", library.placements, handle, profile.number
        )
        if places is not None:
            yield replace(profile, placements=places)


def _migs(
    library: Library, handle: Handle, questions: Questions
) -> Iterator[MigDevice]:
    most = questions.answer("MIG devices", library.most_migs, handle) or 0
    for index in range(most):
        mig = questions.found("MIG devices", library.mig, handle, index)
        if mig is not None:
            yield _mig(library, handle, mig, questions)


def _mig(
    library: Library, handle: Handle, mig: Handle, questions: Questions
) -> MigDevice:
    number = questions.answer("MIG instances", library.gpu_instance, mig)
    instance = (
        questions.answer("MIG instances", library.instance, handle, number)
        if number is not None
        else None
    )
    return MigDevice(
        uuid=questions.answer("MIG UUID", library.uuid, mig) or "",
        gpu_instance=number,
        compute_instance=questions.answer(
            "MIG instances", library.compute_instance, mig
        ),
        profile=instance.profile if instance else None,
        start=instance.start if instance else None,
        size=instance.size if instance else None,
        compute_slices=questions.answer("MIG attributes", library.compute_slices, mig),
    )
