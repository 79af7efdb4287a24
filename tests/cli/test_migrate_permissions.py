"""The roles of the commands of a rollout: they suffice."""

from pathlib import Path

import yaml

from tests.apiserver import ApiServer, User
from tests.cli.migrating import Migrator, acting, deployment, held, node, pod
from tests.cli.run import Runner
from tests.cli.test_permissions import rules


def test_the_roles_let_a_migration_go_there_and_back(
    dractl: Runner, api_server: ApiServer, tmp_path: Path
) -> None:
    api_server.add([node("n0"), node("n1"), deployment(), pod("chat-a")])
    migrate = Migrator(dractl, api_server, tmp_path)
    for verb in ("apply", "verify", "rollback"):
        text = dractl("migrate", verb, "--explain-permissions").out
        allowed = tuple(rules(yaml.safe_load(text)))
        paths = {each.path for each in allowed}
        assert paths >= {"/api/v1", "/apis/apps/v1", "/apis/resource.k8s.io/v1beta1"}
        api_server.access.change(User(verb, allow=allowed))

    with acting(api_server):
        for _ in range(3):
            done = migrate("apply", "--yes", user="apply")
            assert done.status == 0, done.err
            seen = migrate("verify", "--timeout", "9s", user="verify")
            assert seen.status == 0, seen.out + seen.err
        bare = {"nodeName": "n0", "containers": [{"name": "c"}]}
        api_server.add([pod("user") | {"spec": bare}, held("c", "user")])
        back = migrate("rollback", "--all", "--yes", user="rollback")

    # The claim that nobody deletes keeps its class.
    assert back.status == 1
    assert "DeviceClass gpu stays: ResourceClaim default/c uses it" in back.err
    assert "may not" not in back.err
