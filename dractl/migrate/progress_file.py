"""The file of a migration as data: written, and read back strictly."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, Final, TypeVar

from dractl.errors import DractlError
from dractl.migrate.answer import Verdict
from dractl.migrate.progress import Course, Mark, Migration, Origin, Record
from dractl.migrate.steps import Stage, StageKind, Step, Verb

_API_VERSION: Final = "dractl/v1"
_KIND: Final = "Migration"

T = TypeVar("T")


def document(migration: Migration) -> dict[str, Any]:
    """Return what the file of a migration says."""
    stages = [_stage(each.stage) for each in migration.courses]
    origin = replace(migration.origin, digest=digest(stages))
    return {
        "apiVersion": _API_VERSION,
        "kind": _KIND,
        "origin": {**asdict(origin), "verdict": str(origin.verdict)},
        "stages": stages,
        "progress": [_course(each) for each in migration.courses],
    }


def migration(content: object, where: str) -> Migration:
    """Return the migration that a file tells of.

    Raises DractlError for what is no such file, and where its stages are not those that
    were planned.
    """
    try:
        return _migration(content)
    except _Malformed as error:
        hint = "take back what is in it by hand, or restore the file from a backup"
        if _is_of_another_release(content):
            hint = "go on with the release of dractl that wrote it"
        raise DractlError(
            "malformed",
            f"is no file of a migration that dractl can go on with: {error}",
            where=where,
            hint=hint,
        ) from None


def status_document(migration: Migration, next_: str) -> dict[str, Any]:
    """Return how far a migration is; see schemas/output/migrate-status.v1.json."""
    origin = migration.origin
    following = migration.next
    return {
        "apiVersion": _API_VERSION,
        "kind": "MigrateStatusResult",
        "server": origin.server,
        "kubernetes": origin.kubernetes,
        "planned": origin.made,
        "verdict": str(origin.verdict),
        "stages": [_status(each) for each in migration.courses],
        "nextStage": None if following is None else following.stage.name,
        "next": next_,
    }


def _status(course: Course) -> dict[str, Any]:
    stage = course.stage
    return {
        "name": stage.name,
        "kind": str(stage.kind),
        "title": stage.title,
        "state": str(course.state),
        "verified": course.verified or None,
        "nodes": list(stage.nodes),
        "steps": [
            {
                "verb": str(step.verb),
                "text": step.text,
                "mark": str(record.mark),
                "time": record.time or None,
            }
            for step, record in zip(stage.steps, course.records, strict=True)
        ],
    }


def _is_of_another_release(content: object) -> bool:
    if not isinstance(content, Mapping) or content.get("kind") != _KIND:
        return False
    version = str(content.get("apiVersion"))
    return version.startswith("dractl/") and version != _API_VERSION


class _Malformed(ValueError):
    """What is wrong with a file, and where in it."""


def _stage(stage: Stage) -> dict[str, Any]:
    return {
        "name": stage.name,
        "kind": str(stage.kind),
        "title": stage.title,
        "nodes": list(stage.nodes),
        "pods": dict(stage.pods),
        "doubts": list(stage.doubts),
        "steps": [_step(each) for each in stage.steps],
    }


def _step(step: Step) -> dict[str, Any]:
    """Return a step without the fields that it does not use."""
    found = {
        "verb": str(step.verb),
        "text": step.text,
        "kind": step.kind,
        "apiVersion": step.api_version,
        "namespace": step.namespace,
        "name": step.name,
        "document": step.document,
        "patch": list(step.patch),
        "back": list(step.back),
        "labels": dict(step.labels),
        "amounts": list(step.amounts),
        "devices": dict(step.devices),
    }
    return {key: value for key, value in found.items() if value}


def _course(course: Course) -> dict[str, Any]:
    return {
        "stage": course.stage.name,
        "verified": course.verified or None,
        "steps": [
            {
                "mark": str(each.mark),
                "time": each.time or None,
                "former": dict(each.former),
            }
            for each in course.records
        ],
    }


def digest(stages: object) -> str:
    """Return what a file keeps of its stages, by which changes by hand are seen."""
    text = json.dumps(stages, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _migration(content: object) -> Migration:
    whole = _of(content, dict, "its content")
    if (whole.get("apiVersion"), whole.get("kind")) != (_API_VERSION, _KIND):
        raise _Malformed(f"it is no {_KIND} of {_API_VERSION}")
    origin = _origin(_of(whole.get("origin"), dict, "origin"))
    stages = _of(whole.get("stages"), list, "stages")
    if digest(stages) != origin.digest:
        raise _Malformed("its stages are not those that were planned")
    progress = _of(whole.get("progress"), list, "progress")
    if len(progress) != len(stages):
        raise _Malformed("progress has not one entry for each stage")
    courses = [
        _read_course(_read_stage(stage, f"stages[{n}]"), said, f"progress[{n}]")
        for n, (stage, said) in enumerate(zip(stages, progress, strict=True))
    ]
    if len({each.stage.name for each in courses}) < len(courses):
        raise _Malformed("two stages have the same name")
    return Migration(origin, tuple(courses))


def _origin(said: Mapping[str, Any]) -> Origin:
    names = ("server", "kubernetes", "dractl", "made", "digest", "wishes")
    texts = {name: _of(said.get(name), str, f"origin.{name}") for name in names}
    verdict = _one_of(Verdict, said.get("verdict"), "origin.verdict")
    return Origin(**texts, verdict=verdict)


def _read_stage(said: object, at: str) -> Stage:
    whole = _of(said, dict, at)
    steps = _of(whole.get("steps"), list, f"{at}.steps")
    return Stage(
        name=_of(whole.get("name"), str, f"{at}.name"),
        kind=_one_of(StageKind, whole.get("kind"), f"{at}.kind"),
        title=_of(whole.get("title"), str, f"{at}.title"),
        steps=tuple(
            _read_step(each, f"{at}.steps[{n}]") for n, each in enumerate(steps)
        ),
        nodes=_texts(whole.get("nodes"), f"{at}.nodes"),
        pods=_map_of(whole.get("pods"), int, f"{at}.pods"),
        doubts=_texts(whole.get("doubts"), f"{at}.doubts"),
    )


def _read_step(said: object, at: str) -> Step:
    whole = _of(said, dict, at)
    made = whole.get("document")
    return Step(
        verb=_one_of(Verb, whole.get("verb"), f"{at}.verb"),
        text=_of(whole.get("text", ""), str, f"{at}.text"),
        kind=_of(whole.get("kind", ""), str, f"{at}.kind"),
        api_version=_of(whole.get("apiVersion", ""), str, f"{at}.apiVersion"),
        namespace=_of(whole.get("namespace", ""), str, f"{at}.namespace"),
        name=_of(whole.get("name", ""), str, f"{at}.name"),
        document=None if made is None else _of(made, dict, f"{at}.document"),
        patch=_maps(whole.get("patch"), f"{at}.patch"),
        back=_maps(whole.get("back"), f"{at}.back"),
        labels=_map_of(whole.get("labels"), str, f"{at}.labels", or_null=True),
        amounts=_texts(whole.get("amounts"), f"{at}.amounts"),
        devices=_map_of(whole.get("devices"), int, f"{at}.devices"),
    )


def _read_course(stage: Stage, said: object, at: str) -> Course:
    whole = _of(said, dict, at)
    steps = _of(whole.get("steps"), list, f"{at}.steps")
    if whole.get("stage") != stage.name or len(steps) != len(stage.steps):
        raise _Malformed(f"{at} is not about the steps of {stage.name}")
    records = [
        Record(
            _one_of(Mark, _of(each, dict, at).get("mark"), f"{at}.steps[{n}].mark"),
            _of(each.get("former"), dict, f"{at}.steps[{n}].former"),
            _of(each.get("time") or "", str, f"{at}.steps[{n}].time"),
        )
        for n, each in enumerate(steps)
    ]
    verified = _of(whole.get("verified") or "", str, f"{at}.verified")
    return Course(stage, tuple(records), verified)


def _of(value: object, kind: type[T], at: str) -> T:
    if not isinstance(value, kind):
        raise _Malformed(f"{at} is not what it should be")
    return value


def _one_of(kind: type[T], value: object, at: str) -> T:
    try:
        return kind(value)  # type: ignore[call-arg]
    except ValueError:
        raise _Malformed(f"{at} is {str(value)[:40]!r}") from None


def _texts(value: object, at: str) -> tuple[str, ...]:
    found: Sequence[object] = _of([] if value is None else value, list, at)
    return tuple(_of(each, str, at) for each in found)


def _maps(value: object, at: str) -> tuple[Mapping[str, Any], ...]:
    found: Sequence[object] = _of([] if value is None else value, list, at)
    return tuple(_of(each, dict, at) for each in found)


def _map_of(
    value: object, kind: type[T], at: str, *, or_null: bool = False
) -> dict[str, Any]:
    found = _of({} if value is None else value, dict, at)
    for each in found.values():
        if not (or_null and each is None):
            _of(each, kind, at)
    return dict(found)
