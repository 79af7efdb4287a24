"""What commands that only read say of a cluster."""

import json
import re
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tests.cli.run import Runner
from tests.cluster.ground import Ground
from tests.cluster.objects import claim, device_class, devices, pod


def codes(out: str) -> dict[str, list[str]]:
    answer: dict[str, Any] = json.loads(out)
    found = [*answer["pods"], *answer["claims"]]
    return {each["name"]: [cause["code"] for cause in each["causes"]] for each in found}


def test_explain_tells_why_a_pod_waits_live_and_from_a_snapshot(
    dractl: Runner, place: Ground, tmp_path: Path
) -> None:
    place.add(
        device_class(place, 'device.attributes["none.example.com"].model == "B"'),
        devices(place, "A", "A"),
        claim(place, "no-class", "none.example.com"),
        pod(place, "no-class"),
        pod(place, "no-claim"),
        pod(
            place,
            "no-template",
            resourceClaims=[{"name": "gpu", "resourceClaimTemplateName": "none"}],
        ),
    )
    file = str(tmp_path / "state.json.gz")

    live = dractl("explain", "-n", place.namespace, "-o", "json")
    assert dractl("snapshot", "-n", place.namespace, "-f", file).status == 0
    saved = dractl("explain", "--snapshot", file, "-n", place.namespace, "-o", "json")

    assert (live.status, saved.status) == (1, 1)
    assert (
        codes(live.out)
        == codes(saved.out)
        == {
            "no-class": ["class-missing"],
            "no-claim": ["claim-missing"],
            "no-template": ["template-missing"],
        }
    )


def test_explain_names_the_clause_that_removes_the_last_device(
    dractl: Runner, place: Ground
) -> None:
    wanted = f'device.attributes["{place.driver}"].model == "B"'
    place.add(
        device_class(place, wanted),
        devices(place, "A", "A"),
        claim(place, "wants-b"),
        pod(place, "wants-b"),
    )

    ran = dractl("explain", "pod", "wants-b", "-n", place.namespace)

    assert ran.status == 1
    assert "selector-no-match" in ran.out
    assert f'{place.driver}"].model == "B"' in ran.out


def test_attributes_and_cel_see_the_devices_of_a_driver(
    dractl: Runner, place: Ground
) -> None:
    place.add(devices(place, "A", "B"))

    listed = dractl("attributes", "--driver", place.driver, "-o", "name")
    expression = f'device.attributes["{place.driver}"].model == "B"'
    selected = dractl("cel", expression, "--driver", place.driver, "-o", "name")

    assert listed.out == f"{place.driver}/model\n"
    assert selected.out == f"{place.driver}/{place.name}/d1\n"


def test_allocate_gives_a_device_to_a_claim_of_a_file(
    dractl: Runner, place: Ground, tmp_path: Path
) -> None:
    place.add(device_class(place), devices(place, "A"))
    file = tmp_path / "claim.yaml"
    file.write_text(json.dumps(claim(place, "mine")))

    ran = dractl(
        "allocate", str(file), "--node", place.name, "-n", place.namespace, "-o", "json"
    )

    (placed,) = json.loads(ran.out)["placements"]
    (given,) = placed["claims"][0]["allocation"]["devices"]["results"]
    assert (given["driver"], given["device"]) == (place.driver, "d0")
    assert ran.status == 0


def test_a_snapshot_holds_no_secret(dractl: Runner, place: Ground) -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "planted"}}
    place.add(
        {**secret, "stringData": {"token": "planted-secret"}},
        claim(place, "mine"),
        pod(place, "mine"),
    )

    out = dractl("snapshot", "-n", place.namespace).out

    assert '"name":"mine"' in out
    assert "planted-secret" not in out
    writers = "".join(re.findall(r'"managedFields":\[(.*?)\]', out))
    assert {*re.findall(r'"(\w+)":', writers)} == {"manager", "operation", "apiVersion"}


def test_a_redacted_snapshot_gives_the_same_answers_under_other_names(
    dractl: Runner, place: Ground, tmp_path: Path
) -> None:
    place.add(
        device_class(place),
        devices(place, "A"),
        claim(place, "no-class", "none.example.com"),
        pod(place, "no-class"),
        pod(place, "no-claim"),
    )
    file = tmp_path / "state.json"

    ran = dractl("snapshot", "-n", place.namespace, "--redact", "-f", str(file))
    saved = dractl("explain", "--snapshot", str(file), "-o", "json")

    text = file.read_text()
    assert ran.status == 0, ran.err
    assert place.driver in text
    # Drivers and classes stay, and here the class is called like the rest.
    told = (f'"namespace":"{place.name}"', f'"nodeName":"{place.name}"', '"no-class"')
    assert not [each for each in (*told, '"no-claim"') if each in text]
    assert sorted(codes(saved.out).values()) == [["claim-missing"], ["class-missing"]]


def test_a_stranger_is_told_what_to_ask_for(dractl: Runner, place: Ground) -> None:
    ran = dractl("attributes", "--as", place.name)

    assert (ran.status, ran.out) == (3, "")
    assert f"user '{place.name}' may not list resourceslices" in ran.err
    assert "kubectl create clusterrole" in ran.err
    assert f"--user={place.name}" in ran.err


def test_watch_ends_when_the_claim_can_have_a_device(
    dractl: Runner, place: Ground
) -> None:
    place.add(device_class(place), claim(place, "mine"))
    helper = threading.Thread(target=_publish, args=(place,))
    helper.start()

    ran = dractl("explain", "-n", place.namespace, "--watch", "--timeout", "30s")

    helper.join()
    assert ran.status == 0
    assert "no-devices-published" in ran.out


def _publish(place: Ground) -> None:
    time.sleep(2)
    place.add(devices(place, "A"))


@pytest.mark.parametrize("command", ["explain", "attributes", "allocate", "snapshot"])
def test_the_role_that_a_command_prints_is_a_role(
    dractl: Runner, place: Ground, command: str
) -> None:
    del place
    ran = dractl(command, "--explain-permissions")
    assert ran.status == 0
    assert ran.out.startswith("apiVersion: rbac.authorization.k8s.io/v1\n")
