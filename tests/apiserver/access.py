"""Who asks, and what they may do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Final

from tests.apiserver.statuses import ApiError, internal, unauthorized

AUTHENTICATED: Final = "system:authenticated"


@dataclass(frozen=True)
class Attributes:
    """What somebody wants to do, as authorizers see it; `path` is for no resource.

    A subresource stands in `resource`: `pods/eviction`.
    """

    verb: str
    group: str = ""
    resource: str = ""
    namespace: str = ""
    name: str = ""
    path: str = ""


@dataclass(frozen=True)
class Rule:
    """Matches attributes; all patterns have to fit, and `*` fits everything."""

    verb: str = "*"
    group: str = "*"
    resource: str = "*"
    namespace: str = "*"
    path: str = "*"
    name: str = "*"

    def fits(self, asked: Attributes) -> bool:
        """Tell whether the rule is about it."""
        pairs = (
            (asked.verb, self.verb),
            (asked.group, self.group),
            (asked.resource, self.resource),
            (asked.namespace, self.namespace),
            (asked.path, self.path),
            (asked.name, self.name),
        )
        return all(fnmatchcase(value, pattern) for value, pattern in pairs)


@dataclass(frozen=True)
class User:
    """A user, who may do what `allow` fits and `deny` does not."""

    name: str
    groups: tuple[str, ...] = (AUTHENTICATED,)
    allow: tuple[Rule, ...] = (Rule(),)
    deny: tuple[Rule, ...] = ()
    uid: str = ""

    def may(self, asked: Attributes) -> bool:
        """Tell whether they may do it."""
        return any(rule.fits(asked) for rule in self.allow) and not any(
            rule.fits(asked) for rule in self.deny
        )


ADMIN: Final = User("admin", ("system:masters", AUTHENTICATED))
ALICE: Final = User("alice", allow=())


@dataclass
class Users:
    """The users of a server and their bearer tokens."""

    users: Iterable[User]
    _tokens: dict[str, User] = field(default_factory=dict)
    _issued: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for user in self.users:
            self._issued[user.name] = []
            self.renew(user)

    def token(self, name: str) -> str:
        """Return the newest token of a user."""
        return self._issued[name][-1]

    def renew(self, user: User) -> str:
        """Give a user another token; the older ones stay good."""
        issued = self._issued.setdefault(user.name, [])
        issued.append(f"{user.name}-token-{len(issued) + 1}")
        self._tokens[issued[-1]] = user
        return issued[-1]

    def change(self, user: User) -> None:
        """Replace the user of that name, who keeps their tokens."""
        issued = self._issued.get(user.name) or [self.renew(user)]
        for token in issued:
            if token in self._tokens:
                self._tokens[token] = user

    def revoke(self, token: str) -> None:
        """Make a token worthless."""
        self._tokens.pop(token, None)

    def named(self, name: str) -> User | None:
        """Return a user; None: nobody is called so."""
        users = self._tokens.values()
        return next((user for user in users if user.name == name), None)

    def asking(self, headers: Mapping[str, str], certified: str = "") -> User:
        """Return who a request counts for, impersonation included.

        A token says who it is, and without one the name in a certificate does.
        """
        token = token_in(headers)
        user = self._tokens.get(token) if token else self.named(certified)
        if user is None:
            raise unauthorized()
        return self._played(user, headers)

    def _played(self, user: User, headers: Mapping[str, str]) -> User:
        name = headers.get("impersonate-user")
        groups = tuple(
            group.strip()
            for group in headers.get("impersonate-group", "").split(",")
            if group.strip()
        )
        uid = headers.get("impersonate-uid", "")
        if not name:
            if groups or uid:
                raise internal("groups or a uid are played without a user")
            return user
        _check_impersonation(user, name, groups, uid)
        known = self.named(name) or User(name, allow=())
        given = (*groups, *(() if AUTHENTICATED in groups else (AUTHENTICATED,)))
        return replace(known, groups=given if groups else known.groups, uid=uid)


def token_in(headers: Mapping[str, str]) -> str:
    """Return the bearer token of a request, "" without one."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _check_impersonation(
    user: User, name: str, groups: tuple[str, ...], uid: str
) -> None:
    wanted = [Attributes("impersonate", "", "users", name=name)]
    wanted += [Attributes("impersonate", "", "groups", name=each) for each in groups]
    if uid:
        wanted.append(Attributes("impersonate", "authentication.k8s.io", "uids"))
    for each in wanted:
        if not user.may(each):
            details = {"name": each.name, "group": each.group, "kind": each.resource}
            shown = {key: value for key, value in details.items() if value}
            message = f"{user.name!r} may not play {each.resource} {each.name!r}"
            raise ApiError(403, "Forbidden", message, shown)
