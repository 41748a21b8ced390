"""The first lines of the container file, typed: the image is built, and what runs in it does its work on a root that it cannot write."""

import json
import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import Final

import pytest
from tests.docs.not_played import left_to
from tests.install.deployed_server import Deployed
from tests.install.typed import copied_checkout, fetching, typed_in_full
from tests.server.test_server_running import certificate
from tests.servers.embedded_aws import embedded_account as embedded_account  # noqa: PLC0414 - a fixture
from tests.servers.podman_store import Podman, podman_with
from tests.servers.shell import type_line

from liftgate.demo.sample_account import SampleAccount

pytestmark = [pytest.mark.slow, typed_in_full, pytest.mark.timeout(1800)]

TEST: Final = (
    "tests/install/test_install_container.py::test_the_image_is_built_as_the_file_says_and_does_its_work"
)
PORT: Final = 8484  # as the line says
ADDRESS: Final = f"https://127.0.0.1:{PORT}"
NOBODY: Final = 65532
EVERYWHERE: Final = "0.0.0.0"  # noqa: S104 - in a container, whose port is let through


def test_the_image_is_built_as_the_file_says_and_does_its_work(
    tmp_path: Path, embedded_account: SampleAccount
) -> None:
    wheel, build, run = (one.text for one in sorted(left_to(TEST), key=lambda one: one.line))
    checkout = copied_checkout(tmp_path / "checkout")
    base = re.findall(
        r"^FROM (\S+)", (checkout / "deploy/container/Containerfile").read_text(), re.MULTILINE
    )[0]
    deployed = Deployed(account=embedded_account, port=PORT)
    (checkout / "etc").mkdir()
    certificate(checkout / "etc", "liftgate")
    os.chown(checkout / "etc" / "key.pem", NOBODY, NOBODY)
    deployed.write_settings(
        checkout / "etc",
        host=EVERYWHERE,
        public_url=ADDRESS,
        tls_certificate="/etc/liftgate/chain.pem",
        tls_key="/etc/liftgate/key.pem",
    )
    (checkout / "liftgate.env").write_text(deployed.secrets())
    folder = tmp_path / "podman"
    folder.mkdir()
    with podman_with(base, folder) as podman:
        environment = podman.environment | fetching(tmp_path)
        for line in (wheel, build):
            type_line(line, environment=environment, folder=checkout)
        with subprocess.Popen(
            shlex.split(run), cwd=checkout, env=environment, stderr=(tmp_path / "log").open("w")
        ) as container:
            try:
                deployed.lends(ADDRESS, verify=False)
                _walls_stand(podman)
            finally:
                podman.ask("stop", "--latest")
            assert container.wait(60) == 0, (tmp_path / "log").read_text()
    assert deployed.account.broker.secret_access_key not in (tmp_path / "log").read_text()


def _walls_stand(podman: Podman) -> None:
    """It is nobody, may do nothing that root may, and writes into its folder and its memory and nowhere else."""
    [name] = podman.run("ps", "--quiet").split()
    [told] = json.loads(podman.run("inspect", name))
    assert told["EffectiveCaps"] in (None, [])
    assert told["HostConfig"]["ReadonlyRootfs"] is True

    def inside(*words: str) -> bool:
        return podman.ask("exec", name, *words).returncode == 0

    assert podman.run("exec", name, "id", "-u").strip() == str(NOBODY)
    assert inside("touch", "/var/lib/liftgate/it")
    assert inside("touch", "/tmp/it")  # noqa: S108 - the container's, in its memory
    assert podman.run("exec", name, "stat", "-c", "%a %u", "/var/lib/liftgate").split() == [
        "700",
        str(NOBODY),
    ]
    for refused in ("/etc/liftgate/it", "/opt/liftgate/it", "/var/lib/it", "/it"):
        assert not inside("touch", refused), refused
    assert not inside("python", "-m", "pip", "--version")
