"""The clients that people use, each as its user calls it: credentials only from a profile with a ``credential_process``."""

import hashlib
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from tests.enforcement.client_cases import (
    ACTIONS,
    CLIENTS,
    DONE,
    HERE,
    NOT_RENEWED,
    RCLONE,
    REFUSED,
    RENEWED,
    RENEWED_KEYS,
    RENEWED_LINES,
)
from tests.enforcement.client_desk import (
    LARGE,
    Desk,
    client_table,
    furnish_folder,
    is_worded_as_refused,
    note_client_versions,
    where_installed,
)
from tests.enforcement.record import tried
from tests.servers.relay import Relay, relay_to

from liftgate.demo.embedded_aws import running_embedded_aws
from liftgate.demo.sample_account import REPORTS, REPORTS_WRITER, ElevatedRole, create_sample_account
from liftgate.demo.world import World
from liftgate.iam.s3.actions import expand_actions
from liftgate.iam.scope import Location, Scope

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("clients")]

# How long before a session's end its user fetches another: botocore 10 minutes at the latest, the SDK for JavaScript 5, the
# one for Go that rclone is made with not before the end itself. (botocore `RefreshableCredentials`, smithy-js
# `IDENTITY_EXPIRATION_MS`, aws-sdk-go `processcreds.ExpiryWindow`.)
_SOON: Final = {by: 0 if by == RCLONE else 120 for by in RENEWED_LINES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lent:
    """A Liftgate with a role that reads as well, and an active grant of Ada's on one folder."""

    world: World
    grant_id: str
    desk: Desk
    relay: Relay  # to the same AWS, for the profiles whose credentials are over soon

    def key_ids(self) -> dict[str, str]:
        """The sessions lent under the grant, as the API says: the access key id and name of each."""
        shown = self.world.liftgate("ada", "show", self.grant_id, "--output", "json")
        return {one["access_key_id"]: one["name"] for one in json.loads(shown.output)["sessions"]}


@pytest.fixture(scope="module")
def lent() -> Iterator[Lent]:
    folder = Path(tempfile.mkdtemp(prefix="liftgate-clients-"))
    ceiling = Scope(actions=expand_actions(ACTIONS), locations=frozenset({Location(REPORTS, "2026/*")}))
    role = ElevatedRole(name=REPORTS_WRITER.name, ceiling=ceiling)
    try:
        with running_embedded_aws() as aws, relay_to(aws.endpoint_url) as relay:
            world = World(create_sample_account(aws, elevated=[role]), folder, port=0)
            _widen(world.catalogue)
            furnish_folder(folder)
            world.start_server()
            try:
                _add_settings(world, relay)
                asked = world.ask("ada", f"{HERE}/", *(f"--action={name}" for name in ACTIONS), minutes=30)
                assert asked.grant_id, asked.output
                note_client_versions()
                yield Lent(world=world, grant_id=asked.grant_id, desk=_desk(world), relay=relay)
            finally:
                world.stop_server()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _widen(catalogue: Path) -> None:
    """So that one grant needs nobody's review, and goes on for longer than all tests of it."""
    listed = f"actions: [{', '.join(ACTIONS)}]"
    text = catalogue.read_text(encoding="utf-8")
    text = text.replace("actions: [write, delete]", listed).replace("actions: [write]", listed)
    catalogue.write_text(text.replace("longest: 2m", "longest: 1h"), encoding="utf-8")


def _add_settings(world: World, relay: Relay) -> None:
    """To the lent profile, which stands last, and beside it those whose sessions are over soon."""
    process = next(
        line
        for line in world.aws_config.read_text(encoding="utf-8").splitlines()
        if line.startswith("credential_process")
    ).partition("= ")[2]
    signs = "s3 =\n    signature_version = s3v4\n"
    soon = [
        f"[profile over-in-{seconds}]\nregion = us-east-1\nendpoint_url = {relay.endpoint_url}\n"
        f"credential_process = {sys.executable} {world.folder}/soon_over.py {seconds} {process}\n{signs}"
        for seconds in sorted(set(_SOON.values()))
    ]
    with world.aws_config.open("a", encoding="utf-8") as config:
        config.write("\n".join([signs, *soon]))


def _desk(world: World) -> Desk:
    def shell(line: str) -> tuple[int, str]:
        ran = world.shell("ada", line)
        return ran.exit_code, ran.output

    return Desk(endpoint_url=world.endpoint_url, shell=shell)


@pytest.mark.parametrize("line", client_table("Clients", DONE, "done"))
def test_a_client_does_its_job(lent: Lent, line: str, record_property: Callable[[str, object], None]) -> None:
    code, output = lent.desk.run(line)
    record_property("happened", "done" if code == 0 else "refused")
    assert code == 0, output[-2000:]


@pytest.mark.parametrize("line", client_table("Clients", REFUSED, "refused"))
def test_a_client_is_refused_outside(
    lent: Lent, line: str, record_property: Callable[[str, object], None]
) -> None:
    code, output = lent.desk.run(line)
    record_property("happened", "done" if code == 0 else "refused")
    assert code != 0
    assert is_worded_as_refused(output), output[-2000:]


@pytest.mark.parametrize(
    "by",
    [
        pytest.param(
            by,
            id=by,
            marks=[
                tried("Clients", RENEWED, by, must="whole, by several sessions"),
                *where_installed(by),
            ],
        )
        for by in CLIENTS
    ],
)
def test_a_transfer_outlives_the_session_that_began_it(
    lent: Lent, by: str, record_property: Callable[[str, object], None]
) -> None:
    if by in NOT_RENEWED:
        pytest.xfail(NOT_RENEWED[by])
    lent.relay.parts.clear()
    through = Desk(endpoint_url=lent.relay.endpoint_url, shell=lent.desk.shell)
    code, output = through.run(RENEWED_LINES[by], profile=f"over-in-{_SOON[by]}")
    assert code == 0, output[-2000:]
    signed_by = lent.relay.part_keys()
    sessions = {lent.key_ids()[key] for key in signed_by}  # each of them a session of this one grant
    record_property("happened", f"whole, {len(signed_by)} parts by {len(sessions)} sessions")
    assert len(signed_by) > 1
    assert len(sessions) > 1
    assert _digest(lent, RENEWED_KEYS.get(by, "2026/q3/renewed.bin")) == hashlib.sha256(LARGE).hexdigest()


def _digest(lent: Lent, key: str) -> str:
    """Of the object as it lies in the bucket, which is then removed: the next client must bring its own."""
    code, output = lent.desk.run(
        f"aws s3 cp --no-progress s3://{REPORTS}/{key} - | sha256sum && aws s3 rm s3://{REPORTS}/{key}"
    )
    assert code == 0, output
    return output.split()[0]
