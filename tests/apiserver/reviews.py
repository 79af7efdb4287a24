"""Reviews: what somebody may do, and who they are."""

from collections.abc import Callable, Mapping
from typing import Final

from tests.apiserver.access import Attributes, User
from tests.apiserver.messages import Answer, Request, answer
from tests.apiserver.resources import Wire

_AUTHORIZATION: Final = "authorization.k8s.io"
_AUTHENTICATION: Final = "authentication.k8s.io"


def _access_review(user: User, spec: Wire) -> Wire:
    return {"allowed": user.may(_wanted(spec))}


def _wanted(spec: Wire) -> Attributes:
    if path := spec.get("nonResourceAttributes"):
        return Attributes(path.get("verb", ""), path=path.get("path", ""))
    asked = spec.get("resourceAttributes") or {}
    below = f"/{asked['subresource']}" if asked.get("subresource") else ""
    return Attributes(
        asked.get("verb", ""),
        asked.get("group", ""),
        asked.get("resource", "") + below,
        asked.get("namespace", ""),
        asked.get("name", ""),
    )


def _rules_review(user: User, _spec: Wire) -> Wire:
    """Return the rules that allow something; what is denied is not told."""
    resources = [
        {
            "verbs": [rule.verb],
            "apiGroups": [rule.group],
            "resources": [rule.resource],
        }
        for rule in user.allow
    ]
    return {
        "resourceRules": resources,
        "nonResourceRules": [],
        "incomplete": bool(user.deny),
    }


def _self_review(user: User, _spec: Wire) -> Wire:
    uid = {"uid": user.uid} if user.uid else {}
    return {"userInfo": {"username": user.name, "groups": list(user.groups), **uid}}


_REVIEWS: Final[Mapping[tuple[str, str], tuple[str, Callable[[User, Wire], Wire]]]] = {
    (_AUTHORIZATION, "selfsubjectaccessreviews"): (
        "SelfSubjectAccessReview", _access_review,
    ),
    (_AUTHORIZATION, "selfsubjectrulesreviews"): (
        "SelfSubjectRulesReview", _rules_review,
    ),
    (_AUTHENTICATION, "selfsubjectreviews"): ("SelfSubjectReview", _self_review),
}  # fmt: skip


def review(request: Request, steps: list[str], user: User) -> Answer | None:
    """Answer a review, which everybody may ask for; None: it is something else."""
    match steps:
        case ["apis", group, "v1", plural] if request.method == "POST":
            row = _REVIEWS.get((group, plural))
        case _:
            row = None
    if row is None:
        return None
    kind, judge = row
    spec = request.document().get("spec") or {}
    document: Wire = {"kind": kind, "apiVersion": f"{group}/v1", "metadata": {}}
    if kind != "SelfSubjectReview":
        document["spec"] = spec
    return answer(document | {"status": judge(user, spec)}, 201)
