"""The same clients, with the same lines, on a gateway that nobody here wrote: sessions that its own STS lends."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from tests.enforcement.client_cases import ACTIONS, DONE, HERE, REFUSED
from tests.enforcement.client_desk import (
    Desk,
    client_table,
    furnish_folder,
    is_worded_as_refused,
    note_client_versions,
)
from tests.enforcement.enforcers import RADOSGW, Enforcer
from tests.enforcement.served import PROGRAMS, Served, served
from tests.enforcement.stage import Stage
from tests.servers.radosgw import REGION, Radosgw

from liftgate.demo.ran import run
from liftgate.demo.sample_account import PAYROLL, REPORTS
from liftgate.store.sql import SqlStore

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group(RADOSGW)]

TOPIC: Final = "Clients, on radosgw"

# Where the gateway refuses it sends a code without a message, which this CLI looks into all the same.
_AWSCLI_FAULT: Final = "argument of type 'NoneType' is not iterable"
_UNREAD: Final = "which awscli cannot read: it comes without a message"


@pytest.fixture(scope="module")
def desk(
    radosgw: Radosgw,
    radosgw_enforcer: Enforcer,
    enforcement_store: SqlStore,
    enforcement_database: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Desk]:
    """Ada's, with an active grant on one folder."""
    owner, stage = (
        radosgw_enforcer.owner,
        Stage(enforcer=radosgw_enforcer, store=enforcement_store, role_arn=radosgw_enforcer.new_role()),
    )
    for bucket in (REPORTS, PAYROLL):
        owner.create_bucket(Bucket=bucket)
    for key in ("2026/q3/summary.csv", "2026/q4/summary.csv", "archive/2025.csv"):
        owner.put_object(Bucket=REPORTS, Key=key, Body=b"region,total\n")
    grant = stage.granted(*ACTIONS, at=(f"{HERE}/",))
    folder = tmp_path_factory.mktemp("clients")
    furnish_folder(folder)
    note_client_versions()
    with served(radosgw_enforcer, enforcement_database, folder) as ours:
        ours.write_profiles(
            {
                "liftgate": {
                    "credential_process": f"{PROGRAMS / 'liftgate'} credentials --grant {grant.id}",
                    "region": REGION,
                    "endpoint_url": radosgw.endpoint_url,
                    "s3": "\n    signature_version = s3v4\n    addressing_style = path",
                }
            }
        )
        yield Desk(endpoint_url=radosgw.endpoint_url, shell=_shell(ours, folder))


def _shell(ours: Served, folder: Path) -> Callable[[str], tuple[int, str]]:
    def shell(line: str) -> tuple[int, str]:
        ran = run(["sh", "-c", line], environment=ours.environment(), folder=folder, shown=line)
        return ran.exit_code, ran.output

    return shell


@pytest.mark.parametrize("line", client_table(TOPIC, DONE, "done"))
def test_a_client_does_its_job(desk: Desk, line: str, record_property: Callable[[str, object], None]) -> None:
    code, output = desk.run(line)
    record_property("happened", "done" if code == 0 else "refused")
    assert code == 0, output[-2000:]


@pytest.mark.parametrize("line", client_table(TOPIC, REFUSED, "refused"))
def test_a_client_is_refused_outside(
    desk: Desk, radosgw_enforcer: Enforcer, line: str, record_property: Callable[[str, object], None]
) -> None:
    before = _outside(radosgw_enforcer)
    code, output = desk.run(line)
    worded = is_worded_as_refused(output)
    record_property("happened", "done" if code == 0 else "refused" if worded else f"refused, {_UNREAD}")
    assert code != 0
    assert worded or _AWSCLI_FAULT in output, output[-2000:]
    assert _outside(radosgw_enforcer) == before


def _outside(enforcer: Enforcer) -> list[tuple[str, str, str]]:
    """All that lies outside the grant."""
    return [
        (bucket, found["Key"], found["ETag"])
        for bucket in (REPORTS, PAYROLL)
        for found in enforcer.owner.list_objects_v2(Bucket=bucket).get("Contents", [])
        if not (bucket == REPORTS and found["Key"].startswith("2026/q3/"))
    ]
