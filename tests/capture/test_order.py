"""The order of documents in a file."""

from dractl.capture.order import place


def document(kind: str, name: str, namespace: str = "") -> dict[str, object]:
    """Return an object that has nothing but its name."""
    return {"kind": kind, "metadata": {"name": name, "namespace": namespace}}


def test_documents_come_by_kind_then_namespace_then_name() -> None:
    wanted = [
        document("Node", "b"),
        document("ResourceClaim", "z", "a"),
        document("ResourceClaim", "a", "b"),
        document("Pod", "a", "a"),
        document("Deployment", "a", "a"),
        document("JobSet", "a", "a"),
    ]
    backwards = wanted[::-1]
    assert sorted(backwards, key=place) == wanted
