"""From options to the order of a migration."""

import pytest

from dractl.cli.migrate.options import Wanted
from dractl.cli.migrate.orders import order_of
from dractl.errors import DractlError
from dractl.model.cluster import Profile


@pytest.mark.parametrize(
    ("stated", "meant"),
    [
        ("", ""),
        ("pcieRoot", "resource.kubernetes.io/pcieRoot"),
        ("gpu.nvidia.com/numa", "gpu.nvidia.com/numa"),
    ],
)
def test_short_names_of_standard_attributes_are_known(stated: str, meant: str) -> None:
    assert order_of(Wanted(align=stated), (), Profile.of()).align == meant


def test_nobody_knows_whose_another_short_name_is() -> None:
    with pytest.raises(DractlError, match="whose attribute is 'zork'"):
        order_of(Wanted(align="zork"), (), Profile.of())
