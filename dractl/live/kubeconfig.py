"""The kubeconfig as kubectl reads it: files merged, options on top, paths resolved.

Messages name files, entries and lines, but never show what stands in them: entries of
users hold credentials.
"""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import yaml

from dractl.errors import DractlError, ExitStatus
from dractl.live.entries import FILES, misshapen
from dractl.live.target import Target

Entry = dict[str, Any]

_LISTS: Final = {"clusters": "cluster", "contexts": "context", "users": "user"}
_PATHS: Final = (*FILES, "tokenFile")


@dataclass(frozen=True, slots=True)
class Access:
    """One cluster and how to reach it.

    `cluster` and `user` are the entries as a kubeconfig has them, `user_file` the file
    that the user's entry is in, the names how messages call them.
    """

    cluster: Entry = field(repr=False)
    user: Entry = field(repr=False)
    cluster_name: str
    user_name: str
    namespace: str
    user_file: Path | None = None

    @property
    def config(self) -> Entry:
        """The kubeconfig that has nothing else."""
        name = "dractl"
        context = {"cluster": name, "user": name}
        return {
            "current-context": name,
            "contexts": [{"name": name, "context": context}],
            "clusters": [{"name": name, "cluster": self.cluster}],
            "users": [{"name": name, "user": self.user}],
        }


def access(target: Target, environment: Mapping[str, str], home: Path) -> Access | None:
    """Return what the options choose; None if no kubeconfig says anything.

    Raises DractlError for a file that cannot be read, and for a name that no file has.
    """
    merged = _merged(target.files(environment, home))
    # As in client-go (clientcmd/merged_client_builder.go: ClientConfig), an empty file
    # does not keep a pod from its service account.
    if merged.is_empty and target.server is None:
        return None
    context_name = target.context or merged.current
    context: Entry = {}
    if context_name:
        context = merged.entry("contexts", context_name, "--context").values
    elif target.cluster is None and target.server is None:
        raise _unclear(
            "the kubeconfig has no current context",
            hint="name one with --context, or set it with kubectl config use-context; "
            f"there are {_listed(merged.names('contexts'))}",
        )
    cluster, cluster_name = _cluster(target, merged, context)
    user, file, user_name = _user(target, merged, context)
    return Access(
        cluster=cluster,
        user=user,
        cluster_name=cluster_name,
        user_name=user_name,
        namespace=str(context.get("namespace") or "default"),
        user_file=file,
    )


def names(
    target: Target, environment: Mapping[str, str], home: Path, key: str
) -> list[str]:
    """Return what a kubeconfig calls its `clusters`, `contexts` or `users`.

    Raises DractlError for a file that cannot be read.
    """
    return _merged(target.files(environment, home)).names(key)


def _cluster(target: Target, merged: "_Merged", context: Entry) -> tuple[Entry, str]:
    name = str(target.cluster or context.get("cluster") or "")
    found = dict(merged.entry("clusters", name, "--cluster").values) if name else {}
    if target.server is not None:
        found["server"] = target.server
    if target.insecure:
        found = {k: v for k, v in found.items() if not k.startswith("certificate-auth")}
        found["insecure-skip-tls-verify"] = True
    if target.tls_server_name is not None:
        found["tls-server-name"] = target.tls_server_name
    named = f"cluster {name!r}" if name else "the cluster"
    if not _is_address(found.get("server", "")):
        raise _unclear(
            f"{named} has no server of the form https://HOST:PORT",
            hint="set it with kubectl config set-cluster, or name it with --server",
        )
    return found, named


def _is_address(server: str) -> bool:
    """Tell whether it is a URL, and shows nobody's password in messages."""
    try:
        parts = urlsplit(server)
    except ValueError:
        return False
    return (
        parts.scheme in {"http", "https"}
        and bool(parts.netloc)
        and ("@" not in parts.netloc)
    )


def _user(
    target: Target, merged: "_Merged", context: Entry
) -> tuple[Entry, Path | None, str]:
    name = target.user or context.get("user")
    if target.token is not None:
        return {"token": target.token}, None, str(name or "(token)")
    if not name:
        return {}, None, "(anonymous)"
    entry = merged.entry("users", str(name), "--user")
    return dict(entry.values), entry.file, str(name)


# -- files


class _Entry(NamedTuple):
    """An entry of one of the lists, and the file that it is from."""

    values: Entry
    file: Path


class _Merged:
    """The entries of all files, of which the first of a name counts, as in kubectl."""

    def __init__(self) -> None:
        self.current = ""
        self._entries: dict[str, dict[str, _Entry]] = {key: {} for key in _LISTS}

    @property
    def is_empty(self) -> bool:
        return not self.current and not any(self._entries.values())

    def add(self, file: Path, config: Entry) -> None:
        if not self.current:
            self.current = str(config.get("current-context") or "")
        for key, inner in _LISTS.items():
            for name, values in _entries(file, config, key, inner):
                self._entries[key].setdefault(name, _Entry(values, file))

    def names(self, key: str) -> list[str]:
        return sorted(self._entries[key])

    def entry(self, key: str, name: str, option: str) -> _Entry:
        found = self._entries[key].get(name)
        if found is not None:
            return found
        names = self.names(key)
        near = difflib.get_close_matches(name, names, n=1)
        raise _unclear(
            f"the kubeconfig has no {_LISTS[key]} {name!r}",
            hint=f"did you mean {option} {near[0]}?"
            if near
            else f"there are {_listed(names)}",
        )


def _merged(files: Iterable[tuple[Path, bool]]) -> _Merged:
    merged = _Merged()
    for file, must_exist in files:
        try:
            text = file.read_text(encoding="utf-8")
        except FileNotFoundError:
            if must_exist:
                raise _unreadable(file, "there is no such file") from None
            continue
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "is not text"
            raise _unreadable(file, f"cannot be read: {reason}") from None
        merged.add(file, _parsed(file, text))
    return merged


def _parsed(file: Path, text: str) -> Entry:
    try:
        config = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = f":{mark.line + 1}" if mark is not None else ""
        # The error's own text would show the line, and with it perhaps a token.
        raise _unreadable(f"{file}{line}", "is not YAML") from None
    except (yaml.YAMLError, RecursionError, ValueError):
        raise _unreadable(file, "is not YAML") from None
    if config is None:
        return {}
    if not isinstance(config, dict):
        raise _unreadable(file, "is no kubeconfig: it holds no mapping")
    return config


def _entries(
    file: Path, config: Entry, key: str, inner: str
) -> Iterable[tuple[str, Entry]]:
    listed = config.get(key)
    if listed is None:
        return
    if not isinstance(listed, Sequence) or isinstance(listed, str):
        raise _unreadable(file, f"{key} is not a list")
    for number, each in enumerate(listed):
        name = each.get("name") if isinstance(each, dict) else None
        values = each.get(inner) if isinstance(each, dict) else None
        if not isinstance(name, str) or not isinstance(values, dict | None):
            raise _unreadable(
                file, f"{key}[{number}] is no entry with name and {inner}"
            )
        # kubectl takes what is empty as if it were not there.
        stated = {k: v for k, v in (values or {}).items() if v not in (None, "", {})}
        if wrong := misshapen(stated):
            raise _unreadable(file, f"{wrong} in {inner} {name!r}")
        # A path without a folder would be looked up on PATH, if it is a program's.
        yield name, _resolved(stated, file.parent.absolute())


def _resolved(values: Entry, folder: Path) -> Entry:
    """Return an entry whose relative paths do not depend on where dractl runs."""
    found = dict(values)
    for key in _PATHS:
        if key in found:
            found[key] = str(folder / found[key])
    # The name of a program alone is looked up on PATH, as kubectl does.
    if "exec" in found and "/" in (command := found["exec"]["command"]):
        found["exec"] = {**found["exec"], "command": str(folder / command)}
    return found


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "none"


def _unclear(message: str, hint: str) -> DractlError:
    return DractlError("kubeconfig", message, hint=hint, status=ExitStatus.USAGE)


def _unreadable(file: Path | str, message: str) -> DractlError:
    return DractlError(
        "kubeconfig",
        message,
        where=str(file),
        hint="name a good file with --kubeconfig or in KUBECONFIG",
    )
