"""The lines of docs/running.md about systemd, typed on a machine that it has begun; the hardened service then does its work."""

import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from tests.docs.not_played import left_to
from tests.docs.page_commands import commands_of
from tests.install.deployed_server import Deployed, free_port
from tests.install.test_install_client import wheel as wheel  # noqa: PLC0414 - a fixture
from tests.install.typed import copied_checkout, fetching, typed_in_full
from tests.server.test_server_running import certificate
from tests.servers.embedded_aws import embedded_account as embedded_account  # noqa: PLC0414 - a fixture
from tests.servers.systemd_machine import Machine, machine_begun_by_systemd
from tests.servers.waiting import until

from liftgate.demo.sample_account import SampleAccount

pytestmark = [pytest.mark.slow, typed_in_full, pytest.mark.timeout(1800)]

TEST: Final = (
    "tests/install/test_install_systemd.py::test_the_service_is_installed_as_the_page_says_and_does_its_work"
)
CHECKOUT: Final = "/srv/liftgate"
WHEELS: Final = "/srv/wheels"
# As the page has it for the key of a certificate.
DROP_IN: Final = "[Service]\nLoadCredential=key.pem:/etc/liftgate/tls/key.pem\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """The machine, and what is to be served there."""

    machine: Machine
    deployed: Deployed

    @property
    def etc(self) -> Path:
        return self.machine.files / "etc" / "liftgate"

    def log(self) -> str:
        return self.machine.ask("journalctl --unit liftgate --output cat --no-pager").stdout


@pytest.fixture
def installed(tmp_path: Path, wheel: Path, embedded_account: SampleAccount) -> Iterator[Installed]:
    checkout = copied_checkout(tmp_path / "checkout")
    shown = {checkout: CHECKOUT, wheel.parent: WHEELS}
    here = tmp_path / "machine"
    here.mkdir()
    with machine_begun_by_systemd(here, shown=shown, environment=fetching(Path(WHEELS))) as machine:
        yield Installed(machine=machine, deployed=Deployed(account=embedded_account, port=free_port()))


def test_the_service_is_installed_as_the_page_says_and_does_its_work(
    installed: Installed, tmp_path: Path
) -> None:
    machine, deployed = installed.machine, installed.deployed
    [make, unit, settings, doctor, enable, again, reload, restart] = _lines()
    for line in (make, unit, settings):
        machine.type(line, folder=CHECKOUT)
    deployed.write_settings(installed.etc)
    with installed.etc.joinpath("liftgate.env").open("a") as secrets:
        secrets.write(deployed.secrets())
    assert "database" in machine.ask(doctor).stdout

    machine.type(enable)
    deployed.lends(f"http://127.0.0.1:{deployed.port}")
    told = machine.type("systemctl show liftgate --property=User,DynamicUser,MainPID,StatusErrno")
    assert "DynamicUser=yes" in told
    [process] = re.findall(r"MainPID=(\d+)", told)
    assert machine.type(f"stat -c %U /proc/{process}").strip() != "root"
    assert machine.type("stat -L -c '%a %U' /var/lib/liftgate/liftgate.db").split()[0] == "600"
    _walls_stand(machine, process)

    _serves_with_a_certificate(installed, tmp_path, again=again, reload=reload, restart=restart)
    machine.type("systemctl stop liftgate")
    assert "Result=success" in machine.type("systemctl show liftgate --property=Result")
    assert deployed.account.broker.secret_access_key not in installed.log()


def _walls_stand(machine: Machine, process: str) -> None:
    """In the service's place its user writes into its own folder and reads no secret; and even root writes nowhere else."""
    inside = f"nsenter --target {process} --mount --root --wd"
    user, group = machine.type(f"stat -c '%u %g' /proc/{process}").split()
    as_user = f"{inside} --setuid {user} --setgid {group}"
    machine.type(f"{as_user} touch /var/lib/liftgate/it")
    for refused in (
        f"{as_user} cat /etc/liftgate/liftgate.env",
        f"{as_user} ls /root/.bashrc",
        f"{inside} ls /root/.bashrc",
        f"{inside} touch /etc/liftgate/it",
        f"{inside} touch /opt/liftgate/it",
        f"{inside} touch /var/lib/it",
    ):
        assert machine.ask(refused).returncode != 0, refused


def _serves_with_a_certificate(
    installed: Installed, folder: Path, *, again: str, reload: str, restart: str
) -> None:
    machine, deployed = installed.machine, installed.deployed
    places = {name: folder / name for name in ("first", "second")}
    for name, place in places.items():
        place.mkdir()
        certificate(place, name)
    tls = installed.etc / "tls"
    tls.mkdir()
    for one in places["first"].iterdir():
        tls.joinpath(one.name).write_bytes(one.read_bytes())
    tls.joinpath("key.pem").chmod(0o600)
    drop_in = machine.files / "etc/systemd/system/liftgate.service.d"
    drop_in.mkdir()
    drop_in.joinpath("tls.conf").write_text(DROP_IN)
    deployed.write_settings(
        installed.etc,
        tls_certificate="/etc/liftgate/tls/chain.pem",
        tls_key="/run/credentials/liftgate.service/key.pem",
    )
    machine.type(again)
    machine.type(restart)
    deployed.lends(f"https://127.0.0.1:{deployed.port}", verify=False)
    machine.type(reload)
    until(lambda: "certificate read again" in installed.log())
    for one in places["second"].iterdir():
        tls.joinpath(one.name).write_bytes(one.read_bytes())
    machine.type(restart)
    wanted = places["second"].joinpath("chain.pem").read_text()
    until(lambda: _shown_by(deployed.port) == wanted)


def _shown_by(port: int) -> str:
    try:
        return ssl.get_server_certificate(("127.0.0.1", port))
    except OSError:  # it has not begun to listen
        return ""


def _lines() -> list[str]:
    """The lines of the page's block, from the first that is left to this test; then what sentences name."""
    named = [one.text for one in left_to(TEST) if not one.typed]
    typed = [one for one in commands_of("docs/running.md") if one.typed]
    first, last = (
        next(at for at, one in enumerate(typed) if one.text.startswith(start))
        for start in ("python3 -m venv ", "systemctl enable ")
    )
    return [*(one.text for one in typed[first : last + 1]), *sorted(named)]
