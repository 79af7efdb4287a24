import pytest

from dractl.live.place import Asked, Place

CLAIMS = Place("resource.k8s.io", "v1", "resourceclaims", "a")


@pytest.mark.parametrize(
    ("place", "path"),
    [
        (Place("", "v1", "pods"), "/api/v1/pods"),
        (Place("", "v1", "pods", "a", "b"), "/api/v1/namespaces/a/pods/b"),
        (CLAIMS, "/apis/resource.k8s.io/v1/namespaces/a/resourceclaims"),
        (
            Place("", "v1", "pods", "a", "b", "eviction"),
            "/api/v1/namespaces/a/pods/b/eviction",
        ),
        (
            CLAIMS.of("../x?y"),
            "/apis/resource.k8s.io/v1/namespaces/a/resourceclaims/..%2Fx%3Fy",
        ),
    ],
)
def test_the_path_of_a_place(place: Place, path: str) -> None:
    assert place.path == path


@pytest.mark.parametrize(
    ("place", "name"),
    [
        (Place("", "v1", "pods"), "pods"),
        (Place("", "v1", "pods", subresource="eviction"), "pods/eviction"),
        (Place("batch", "v1", "jobs", subresource="status"), "jobs.batch/status"),
    ],
)
def test_the_name_that_kubectl_takes(place: Place, name: str) -> None:
    assert place.qualified == name


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (Asked("get", path="/metrics"), "get /metrics"),
        (Asked("list", Place("", "v1", "pods")), "list pods"),
        (
            Asked("get", CLAIMS.of("b")),
            "get resourceclaims.resource.k8s.io b in namespace a",
        ),
    ],
)
def test_what_was_asked_in_words(asked: Asked, words: str) -> None:
    assert str(asked) == words
