"""What `pip install liftgate` brings to somebody who only asks: the built wheel in an environment with its own packages alone.

The packages are those of this environment, linked one by one into an empty one: nothing is fetched.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import Distribution, distribution, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from tests.pages.page_world import served_world
from tests.server.server_world import World, open_world

from liftgate.cli.exit_code import ExitCode

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SERVER_ONLY = (
    "fastapi",
    "sqlalchemy",
    "pydantic",
    "starlette",
    "boto3",
    "yaml",
    "msgspec",
    "jinja2",
    "uvicorn",
)
ASKS = (
    (
        "request",
        "s3://lakeside-reports/2026/q3/",
        "--write",
        "--for",
        "20m",
        "--reason",
        "correct the totals",
    ),
    ("status",),
    ("review",),
    ("grants",),
    ("catalogue",),
    ("whoami",),
    ("config", "show"),  # the last: where the server is installed, it looks at its settings too
)


@dataclass(frozen=True)
class Client:
    """An environment into which the wheel was installed."""

    folder: Path
    home: Path

    def run(self, *words: str, server: str = "http://127.0.0.1:1") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.folder / "bin" / "liftgate", *words],
            env={"HOME": str(self.home), "LIFTGATE_SERVER": server, "LIFTGATE_SIGN_IN": "local:ada"},
            cwd=self.home,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def client(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Client:
    folder, home = tmp_path_factory.mktemp("client"), tmp_path_factory.mktemp("home")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    [packages] = folder.glob("lib/python*/site-packages")
    for found in base_packages():
        for name in {
            file.parts[0] for file in found.files or () if file.parts[0] not in {"..", "__pycache__"}
        }:
            packages.joinpath(name).symlink_to(Path(str(found.locate_file(name))))
    pip(folder, "install", "--no-index", "--no-deps", str(wheel))
    return Client(folder, home)


def pip(folder: Path, *words: str) -> str:
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "--python",
            str(folder / "bin" / "python"),
            "--disable-pip-version-check",
            *words,
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def base_packages() -> Iterator[Distribution]:
    """What liftgate needs without any extra, and what that needs, and so on."""
    found: dict[str, Distribution] = {}
    wanted = ["liftgate"]
    while wanted:
        for line in requires(wanted.pop()) or ():
            requirement = Requirement(line)
            is_needed = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
            if is_needed and requirement.name not in found:
                found[requirement.name] = distribution(requirement.name)
                wanted.append(requirement.name)
    yield from found.values()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, World]]:
    with open_world(tmp_path_factory.mktemp("served")) as world:
        world.clock.now = datetime.now(UTC)  # the command line's own is the machine's
        with served_world(world) as address:
            yield address, world


def test_what_the_wheel_declares_is_all_that_it_needs(client: Client) -> None:
    assert pip(client.folder, "check").strip() == "No broken requirements found."
    there = {one["name"].lower() for one in json.loads(pip(client.folder, "list", "--format", "json"))}
    assert {"liftgate", "click", "rich", "httpx", "botocore"} <= there
    assert not there & set(SERVER_ONLY)


def test_the_help_and_the_version_are_there(client: Client) -> None:
    told = client.run("--help")
    assert (told.returncode, told.stdout.startswith("Usage: liftgate COMMAND")) == (0, True)
    assert re.fullmatch(r"liftgate \d+\.\d+\.\d+\n", client.run("--version").stdout)


def test_somebody_who_only_asks_asks(client: Client, served: tuple[str, World]) -> None:
    address, world = served
    asked = client.run(*ASKS[0], server=address)
    assert asked.returncode == 0, asked.stderr
    assert "waits for" in asked.stdout
    for words in ASKS[1:]:
        told = client.run(*words, server=address)
        assert told.returncode == 0, (words, told.stderr)
    assert "request.made" in world.ledger()


@pytest.mark.parametrize(
    "words", [("serve",), ("watch",), ("replay", "."), ("demo",), ("catalogue", "check", ".")]
)
def test_what_is_not_installed_is_named(client: Client, words: tuple[str, ...]) -> None:
    told = client.run(*words)
    assert told.returncode != ExitCode.OK
    assert re.search(r"next: pip install 'liftgate\[(server|demo)\]'", told.stderr), told.stderr
    assert "Traceback" not in told.stderr


@pytest.mark.parametrize("words", ASKS[:-1], ids=lambda words: words[0])
def test_asking_imports_nothing_of_the_server_where_all_is_installed(
    words: tuple[str, ...], served: tuple[str, World], tmp_path: Path
) -> None:
    script = (
        "import sys; from liftgate.cli.main import main; code = main(sys.argv[1:]); "
        f"print([name for name in {SERVER_ONLY!r} if name in sys.modules], file=sys.stderr); sys.exit(code)"
    )
    told = subprocess.run(
        [sys.executable, "-c", script, *words],
        env={
            "HOME": str(tmp_path),
            "LIFTGATE_SERVER": served[0],
            "LIFTGATE_SIGN_IN": "local:ada",
            "PYTHONPATH": str(ROOT / "src"),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (told.returncode, told.stderr.splitlines()[-1]) == (0, "[]"), told.stderr
