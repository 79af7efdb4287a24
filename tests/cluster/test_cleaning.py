"""What `dractl cleanup` finds in a cluster, and deletes."""

import json

from tests.cli.run import Runner
from tests.cluster.ground import Ground
from tests.cluster.objects import pod, template


def test_a_template_that_nothing_uses_goes_and_the_others_stay(
    dractl: Runner, place: Ground
) -> None:
    unused, used = template(place, "unused"), template(place, "used")
    user = pod(
        place,
        "user",
        resourceClaims=[{"name": "gpu", "resourceClaimTemplateName": "used"}],
        schedulerName="nobody.example.com",
    )
    place.add(unused, used, user)

    found = dractl("cleanup", "-n", place.namespace, "-o", "json")
    tried = dractl(
        "cleanup", "-n", place.namespace, "--delete", "--include-review",
        "--dry-run", "server",
    )  # fmt: skip
    still_there = place.get(unused)
    done = dractl(
        "cleanup", "-n", place.namespace, "--delete", "--include-review", "--yes"
    )

    findings = json.loads(found.out)["findings"]
    assert [(f["code"], f["object"]["name"]) for f in findings] == [
        ("template-unused", "unused")
    ]
    assert (found.status, tried.status, done.status) == (1, 0, 0), found.err
    assert still_there is not None
    assert place.get(unused) is None
    assert place.get(used) is not None
