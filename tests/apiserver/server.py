"""A stateful API server in this process, on a loopback port.

What it answers is compared with recordings of a 1.36.2 server in test_recordings.py.
"""

import copy
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import InitVar, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from dractl.api.lists import is_list, items_of
from dractl.model.cluster import Profile
from tests.answers import to_yaml
from tests.apiserver.access import ADMIN, ALICE, User, Users
from tests.apiserver.certificates import Certificates
from tests.apiserver.clock import Clock
from tests.apiserver.deletes import Deletes
from tests.apiserver.discovery import Discovery
from tests.apiserver.endings import end_pod
from tests.apiserver.eviction import Controller
from tests.apiserver.faults import Faults
from tests.apiserver.lists import Lists
from tests.apiserver.messages import Answer, Delivery, Exchange, Request, refusal
from tests.apiserver.repeating import repeating
from tests.apiserver.resources import Resource, Served, Wire
from tests.apiserver.routes import Routes
from tests.apiserver.statuses import ApiError
from tests.apiserver.store import Store, hub_of
from tests.apiserver.transport import Transport
from tests.apiserver.validation import Validation
from tests.apiserver.watch import Watches
from tests.apiserver.writes import Writes

CLUSTER: Final = "double"
DEFAULT_GATES: Final[Mapping[str, bool]] = {"AllBeta": True}


@dataclass(kw_only=True)
class ApiServer:
    """An API server; `with` starts and stops it.

    `kubernetes` is the release, and `served` has versions by group where they differ
    from those of the release with all its versions on: `{"resource.k8s.io":
    ["v1beta1"], "policy": [], "kueue.x-k8s.io": ["v1beta1"]}`. `resources` adds rows to
    the table of resources. `pages_from_cache` is for releases that page lists of
    `resourceVersion=0`, too. With `controllers`, the device taint eviction controller
    takes a step after every answer; without, a test calls `evict`. `metrics` are lines
    that `/metrics` begins with. `logs` are those of pods, by namespace and name, and
    `proxied` what is behind proxies: `nodes/n1/metrics`, `pods/https:p:10259/metrics`.
    """

    kubernetes: str = "1.36"
    served: Mapping[str, Sequence[str]] = field(default_factory=dict)
    resources: Iterable[Resource] = ()
    feature_gates: Mapping[str, bool] = field(default_factory=lambda: DEFAULT_GATES)
    users: InitVar[Iterable[User]] = (ADMIN, ALICE)
    git_version: str = ""
    metrics: bytes = b""
    pages_from_cache: bool = False
    controllers: bool = False
    certificates: Certificates | None = None
    clock: Clock = field(default_factory=Clock)
    requests: list[Exchange] = field(default_factory=list, init=False)
    logs: dict[tuple[str, str], str] = field(default_factory=dict, init=False)
    proxied: dict[str, Answer] = field(default_factory=dict, init=False)

    def __post_init__(self, users: Iterable[User]) -> None:
        profile = Profile.of(self.kubernetes, self.feature_gates)
        self.access = Users(tuple(users))
        self.store = Store(self.clock)
        self._table = Served(profile.version, self.served, self.resources)
        self._stopping = threading.Event()
        self.faults = Faults(self.access, self._stopping.wait)
        self._watches = Watches(self.store)
        git_version = self.git_version or f"v{profile.version}.2"
        self._routes = Routes(
            self.access,
            Discovery(self._table, profile, git_version, self.metrics),
            Lists(self.store, pages_from_cache=self.pages_from_cache),
            self._watches,
            Writes(self.store, Validation(profile)),
            Deletes(self.store),
            self.logs,
            self.proxied,
        )
        self._controller = Controller(self.store, self._table)
        self._transport = Transport(
            self._answer,
            self.clock,
            self.certificates.context() if self.certificates else None,
        )

    def __enter__(self) -> Self:
        self._transport.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopping.set()
        self._watches.end()
        self._transport.stop()

    @property
    def url(self) -> str:
        """Where it listens."""
        scheme = "https" if self.certificates else "http"
        return f"{scheme}://{self.address}"

    @property
    def address(self) -> str:
        """Host and port."""
        return self._transport.address

    def add(self, documents: object) -> None:
        """Add objects, in any version: documents, a List, or one object.

        They keep their uid, times and generation where they have some. Nothing is
        validated, and objects that are there already are replaced.
        """
        if is_list(documents):
            self.add(list(items_of(documents)))
        elif isinstance(documents, Mapping):
            self._seed(documents)
        elif isinstance(documents, Iterable):
            for document in documents:
                self.add(document)

    def _seed(self, document: Mapping[str, Any]) -> None:
        group = str(document["apiVersion"]).rpartition("/")[0]
        resource = self._table.of_kind(str(document["kind"]), group)
        hub = hub_of(document)
        given = hub.get("metadata", {})
        with self.store.lock:
            metadata = {
                **({"namespace": "default"} if resource.namespaced else {}),
                **({"generation": 1} if resource.is_counted else {}),
                "uid": given.get("uid") or self.store.new_uid(),
                "creationTimestamp": self.clock.text,
                **given,
            }
            metadata.pop("managedFields", None)
            self.store.put(resource, hub | {"metadata": metadata})

    def objects(self, kind: str, group: str | None = None) -> list[Wire]:
        """Return copies of the objects of a kind, in v1 form, in order."""
        with self.store.lock:
            stored = self.store.all(self._table.of_kind(kind, group))
            return [copy.deepcopy(each.document) for each in stored]

    def object(self, kind: str, name: str, namespace: str | None = None) -> Wire:
        """Return a copy of an object, in v1 form; a KeyError if there is none."""
        for each in self.objects(kind):
            metadata = each["metadata"]
            if (metadata["name"], metadata.get("namespace")) == (name, namespace):
                return each
        raise KeyError(f"no {kind} {namespace}/{name}")

    def kubeconfig(
        self,
        path: Path,
        *,
        user: str = ADMIN.name,
        namespace: str = "",
        credentials: Mapping[str, Any] | None = None,
    ) -> Path:
        """Write a kubeconfig; return its path.

        It has the user's newest token, or the given credentials: what stands at `user`
        in a kubeconfig.
        """
        context = {"cluster": CLUSTER, "user": user}
        cluster = {"server": self.url}
        if namespace:
            context["namespace"] = namespace
        if self.certificates:
            cluster["certificate-authority"] = str(self.certificates.authority)
        own = {"token": self.access.token(user)} if credentials is None else credentials
        content = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": CLUSTER, "cluster": cluster}],
            "users": [{"name": user, "user": dict(own)}],
            "contexts": [{"name": CLUSTER, "context": context}],
            "current-context": CLUSTER,
        }
        path.write_text(to_yaml(content), "utf-8")
        return path

    def evict(self) -> None:
        """Let the device taint eviction controller take its next step."""
        with self.store.lock:
            self._controller.step()

    def end_pods(self) -> None:
        """Do what kubelets do: remove the pods that are being deleted.

        Claims that were made for them go, too, and other claims lose them as users.
        """
        with self.store.lock:
            for pod in self.store.stored_of("Pod"):
                is_ending = "deletionTimestamp" in pod.metadata
                if is_ending and not pod.metadata.get("finalizers"):
                    end_pod(pod, self.store)

    def evicting(self, pause: float = 0.02) -> AbstractContextManager[None]:
        """Let the controller take its steps in a thread of its own for a while."""
        return repeating(self.evict, pause)

    def compact(self) -> None:
        """Forget history: continue tokens and watches from before are too old."""
        self.store.compact()

    def cut_watches(self) -> None:
        """Drop the connections of all running watches."""
        self._watches.cut()

    def _answer(self, request: Request) -> Answer:
        """Answer a request of the transport, with its faults, and log it."""
        faults = self.faults.due(request)
        given = self.faults.before(faults, request)
        if given is None:
            try:
                request = self._routes.identified(request)
                given = self._routes.answer(request)
            except ApiError as error:
                given = refusal(error)
        given = self.faults.after(faults, given)
        if self.controllers:
            self.evict()
        self.requests.append(
            Exchange(
                request.method,
                request.path,
                request.query,
                request.user.name if request.user else "",
                0 if given.delivery is Delivery.NONE else given.status,
                request.headers,
                request.body,
            )
        )
        return given
