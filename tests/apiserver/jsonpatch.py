"""JSON patches (RFC 6902), as an API server answers them."""

from dractl.migrate import patches
from tests.apiserver.resources import Resource, Wire
from tests.apiserver.statuses import ApiError, bad_request, described

_OPERATIONS = frozenset({"add", "remove", "replace", "move", "copy", "test"})


def patched(document: Wire, operations: object, resource: Resource, name: str) -> Wire:
    """Return a copy of the object with the operations done, all or none.

    What does not fit the object, a failed `test` included, is answered as apiserver's
    patch handler does: 422 without causes. How a patch works is held by the tests of
    dractl.migrate.patches, which this calls.
    """
    if not isinstance(operations, list):
        raise bad_request("a JSON patch is a list")
    for each in operations:
        if not isinstance(each, dict) or each.get("op") not in _OPERATIONS:
            raise bad_request(f"{each!r} is no operation of a JSON patch")
        for pointer in (each.get("path"), each.get("from", "")):
            if not isinstance(pointer, str) or (pointer and pointer[0] != "/"):
                raise bad_request(f"{pointer!r} is no JSON pointer")
    try:
        result = patches.patched(document, tuple(operations))
    except patches.PatchMisfit as error:
        said = f"the patch does not fit: {error}"
        raise ApiError(422, "Invalid", said, described(resource, name)) from None
    return dict(result)
