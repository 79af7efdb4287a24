"""Which cluster is meant, and as whom it is asked: what options of a run say."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Target:
    """The options as kubectl has them; what is unset, the kubeconfig tells.

    `timeout` is how many seconds a request may take with all its retries; None: as
    long as it takes.
    """

    kubeconfig: str | None = None
    context: str | None = None
    cluster: str | None = None
    user: str | None = None
    server: str | None = None
    token: str | None = field(default=None, repr=False)
    impersonate: str | None = None
    impersonate_groups: tuple[str, ...] = ()
    impersonate_uid: str | None = None
    insecure: bool = False
    tls_server_name: str | None = None
    timeout: float | None = 60.0

    def files(
        self, environment: Mapping[str, str], home: Path
    ) -> Iterable[tuple[Path, bool]]:
        """Return the kubeconfigs to look at, and whether they have to be there."""
        if self.kubeconfig:
            return [(Path(self.kubeconfig).expanduser(), True)]
        listed = environment.get("KUBECONFIG", "")
        if listed:
            return [(Path(each), False) for each in listed.split(os.pathsep) if each]
        return [(home / ".kube" / "config", False)]
