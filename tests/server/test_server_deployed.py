"""The systemd unit and the container file: judged by the programs that others wrote for it, and by what they must not hold."""

import re
import shutil
import subprocess
import sys
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from tests.server.server_world import World

from liftgate.server.command import command
from liftgate.server.rights import RIGHTS
from liftgate.server.serving import ANSWERS_WITHIN
from liftgate.server.settings import Settings, load_settings
from liftgate.server.settings_sources import PREFIX

ROOT = Path(__file__).resolve().parents[2]
UNIT = ROOT / "deploy" / "systemd" / "liftgate.service"
ENVIRONMENT = ROOT / "deploy" / "systemd" / "liftgate.env"
CONTAINER = ROOT / "deploy" / "container" / "Containerfile"
PAGE = ROOT / "docs" / "running.md"
WATCH_ENDS_WITHIN = 60
WORST_EXPOSURE = "15"  # of 100, where systemd itself calls 20 to 40 fine


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit with a program that is there."""
    path = tmp_path / UNIT.name
    path.write_text(UNIT.read_text().replace("/opt/liftgate/bin/liftgate", "/bin/true"))
    return path


def analyzed(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("NOT TESTED BY SYSTEMD: install Debian's package `systemd` to run this test")
    return subprocess.run(
        ["systemd-analyze", *arguments], capture_output=True, text=True, check=False, timeout=60
    )


def test_systemd_reads_every_line_of_the_unit(unit: Path) -> None:
    said = analyzed("verify", unit)
    assert (said.returncode, said.stderr) == (0, "")
    unit.write_text(unit.read_text() + "ProtectHoem=yes\n")
    assert "ProtectHoem" in analyzed("verify", unit).stderr


def test_systemd_finds_little_that_the_unit_leaves_open(unit: Path) -> None:
    judge = ("security", "--offline=true", "--no-pager", f"--threshold={WORST_EXPOSURE}")
    said = analyzed(*judge, unit)
    assert said.returncode == 0, said.stdout
    unit.write_text(unit.read_text().replace("SystemCallFilter", "#").replace("CapabilityBoundingSet", "#"))
    assert analyzed(*judge, unit).returncode != 0


def test_the_service_writes_in_its_state_directory_and_nowhere_else() -> None:
    """A directory of configuration would be a place to write, too: systemd leaves each that it is told of writable."""
    lines = [line.partition("=") for line in UNIT.read_text().splitlines() if not line.startswith("#")]
    opened = r"(State|Configuration|Cache|Logs|Runtime)Directory|ReadWritePaths|BindPaths|TemporaryFileSystem"
    assert [(name, value) for name, _, value in lines if re.fullmatch(opened, name)] == [
        ("StateDirectory", "liftgate")
    ]


def test_systemd_waits_longer_than_the_server_takes_to_end() -> None:
    [seconds] = re.findall(r"^TimeoutStopSec=(\d+)$", UNIT.read_text(), re.MULTILINE)
    assert int(seconds) > ANSWERS_WITHIN + WATCH_ENDS_WITHIN


@pytest.mark.parametrize("path", [UNIT, CONTAINER], ids=lambda path: path.name)
def test_what_is_started_is_a_command_that_there_is(path: Path) -> None:
    found = re.search(r"ExecStart=\S+ (.+)", path.read_text()) or re.search(r"CMD \[(.+)\]", path.read_text())
    assert found is not None
    words = re.findall(r"[^\s\",]+", found[1])
    assert words == ["serve", "--settings", "/etc/liftgate/server.toml"]
    assert command.make_context("serve", words[1:]).params["file"] == Path(words[2])


def test_the_example_environment_names_settings_and_holds_no_secret() -> None:
    lines = [line for line in ENVIRONMENT.read_text().splitlines() if line and not line.startswith("# ")]
    assert lines
    known = {PREFIX + name.upper() for name in Settings.model_fields} | {
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
    }
    for line in lines:
        name, _, value = line.removeprefix("#").partition("=")
        assert line.startswith("#")
        assert name in known
        assert value == "" or "PASSWORD" in value


def test_hadolint_has_nothing_to_say() -> None:
    program = Path(sys.executable).with_name("hadolint")
    if not program.exists():
        pytest.skip("NOT LINTED: hadolint is not installed here")
    said = subprocess.run([program, CONTAINER], capture_output=True, text=True, check=False, timeout=60)
    assert (said.returncode, said.stdout) == (0, "")


def instructions() -> list[tuple[str, str]]:
    """Of the container file, in order."""
    text = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", CONTAINER.read_text(), flags=re.MULTILINE))
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in text.splitlines() if line.strip()]


def test_the_container_runs_as_nobody_on_a_pinned_base() -> None:
    bases = [what for name, what in instructions() if name == "FROM"]
    for base in bases:
        assert re.fullmatch(r"docker\.io/library/python:\d+\.\d+\.\d+-slim-\w+( AS \w+)?", base), base
    assert len({base.split(" ")[0] for base in bases}) == 1
    users = [what for name, what in instructions() if name == "USER"]
    assert users == ["65532:65532"]
    last = [name for name, _ in instructions()].index("USER")
    assert {name for name, _ in instructions()[last + 1 :]} <= {"STOPSIGNAL", "ENTRYPOINT", "CMD"}


def test_the_container_holds_hashed_packages_and_no_secret() -> None:
    installs = [what for name, what in instructions() if name == "RUN" and "pip install" in what]
    assert all("--require-hashes" in one or "--no-index" in one for one in installs)
    kept = " ".join(what for name, what in instructions() if name in {"ENV", "ARG", "LABEL"})
    assert not re.search(r"(?i)secret|token|password|access_key|LIFTGATE_", kept)
    sources = [what.split()[-2] for name, what in instructions() if name == "COPY"]
    assert sources == ["requirements/server.lock", "dist/liftgate-*.whl", "/opt/liftgate", "/build/data/"]
    ignored = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if not line.startswith("#")]
    assert ignored == ["*", "!dist", "!requirements"]


def test_the_containers_data_are_closed_to_others() -> None:
    said = instructions()
    # Of a folder that is the source itself, what is in it would be copied alone, into a new one that all may read.
    assert any("install -d -o 65532 -g 65532 -m 0700 /build/data/liftgate" in what for _, what in said)
    assert ("COPY", "--from=build --chown=65532:65532 /build/data/ /var/lib/") in said
    assert ("VOLUME", '["/var/lib/liftgate"]') in said


def test_what_the_container_installs_is_what_the_tests_ran_with() -> None:
    def pinned(name: str) -> set[str]:
        return set(
            re.findall(r"^([a-z0-9._-]+==[^\s;]+)", (ROOT / "requirements" / name).read_text(), re.MULTILINE)
        )

    server = pinned("server.lock")
    assert server < pinned("demo.lock")
    assert server <= pinned("dev.lock")
    names = {one.partition("==")[0] for one in server}
    assert {"fastapi", "psycopg", "prometheus-client"} <= names
    assert not {"ministack", "awscli", "pytest", "hatchling"} & names


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)


def test_the_settings_that_the_page_shows_can_be_used(tmp_path: Path) -> None:
    shown = blocks("toml")
    assert len(shown) == 2
    for number, text in enumerate(shown):
        path = tmp_path / f"{number}.toml"
        path.write_text(text)
        assert load_settings(path).public_url == "https://liftgate.example.com"


def test_prometheus_is_told_where_the_measures_are_and_by_which_token() -> None:
    [shown] = blocks("yaml")
    [job] = yaml.safe_load(shown)["scrape_configs"]
    assert set(job) == {
        "job_name",
        "authorization",
        "static_configs",
        "scheme",
    }  # its path is /metrics, left out
    assert ("GET", "/metrics") in RIGHTS
    assert job["scheme"] == "https"
    assert set(job["authorization"]) == {"credentials_file"}  # sent as a bearer, as `metrics_token` wants it
    [targets] = job["static_configs"]
    public = tomllib.loads(blocks("toml")[0])["public_url"]
    assert targets == {"targets": [public.removeprefix("https://")]}


def test_the_page_names_each_measure_with_its_labels(world: World) -> None:
    world.parts.beats.expect("worker", within=timedelta(minutes=3), now=world.clock())
    with world.store.write() as transaction:
        transaction.mark_events(world.clock())
    world.http.get("/healthz")
    measured = {
        (family.name + ("_total" if family.type == "counter" else "")): {
            label for sample in family.samples for label in sample.labels if label != "le"
        }
        for family in text_string_to_metric_families(world.http.get("/metrics").text)
        if not family.name.endswith("_created")
    }
    rows = re.findall(r"^\| `(liftgate_\w+)` \| ([^|]*)\|", PAGE.read_text(), re.MULTILINE)
    assert {name: set(re.findall(r"`(\w+)`", labels)) for name, labels in rows} == measured


def test_the_page_is_true_to_the_table_of_rights() -> None:
    for path in re.findall(r"^\| `(/\w+)` \|", PAGE.read_text(), re.MULTILINE):
        assert ("GET", path) in RIGHTS
