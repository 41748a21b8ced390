"""What `pip install liftgate` brings to somebody who only asks: the built wheel in an environment with its own packages alone.

The packages are those of this environment, linked one by one into an empty one: nothing is fetched. All of them are
plain Python, so that the same links serve each Python that is found on the machine.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import Distribution, distribution, distributions, metadata, requires
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from tests.pages.page_world import served_world
from tests.server.server_world import World, open_world

from liftgate.cli.contents import CONTENTS, command_names
from liftgate.cli.exit_code import ExitCode

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]

ROOT = Path(__file__).parents[2]
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
OTHER_PYTHONS = [version for version in PYTHONS if not sys.version.startswith(f"{version}.")]
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
    """An environment in which the wheel is installed."""

    folder: Path
    home: Path
    environ: Mapping[str, str] = field(default_factory=dict)

    @property
    def packages(self) -> Path:
        [packages] = self.folder.glob("lib/python*/site-packages")
        return packages

    @property
    def program(self) -> Path:
        return self.folder / "bin" / "liftgate"

    def run(self, *words: str, server: str = "http://127.0.0.1:1") -> subprocess.CompletedProcess[str]:
        environ = {"HOME": str(self.home), "LIFTGATE_SERVER": server, "LIFTGATE_SIGN_IN": "local:ada"}
        return subprocess.run(
            [self.program, *words],
            env={**environ, **self.environ},
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
    client = empty(sys.executable, tmp_path_factory)
    link(base_packages(), client)
    pip(client.folder, "install", "--no-index", "--no-deps", "--no-compile", str(wheel))
    return client


def empty(python: str, tmp_path_factory: pytest.TempPathFactory, **environ: str) -> Client:
    folder, home = tmp_path_factory.mktemp("client"), tmp_path_factory.mktemp("home")
    subprocess.run([python, "-m", "venv", "--without-pip", str(folder)], check=True)
    return Client(folder, home, environ)


def link(packages: Iterable[Distribution], client: Client) -> None:
    for found in packages:
        for name in {file.parts[0] for file in found.files or ()} - {"..", "__pycache__"}:
            client.packages.joinpath(name).symlink_to(Path(str(found.locate_file(name))))


def with_other_python(python: str, client: Client, tmp_path_factory: pytest.TempPathFactory) -> Client:
    """The same installed packages under another Python, which leaves nothing in them."""
    other = empty(python, tmp_path_factory, PYTHONDONTWRITEBYTECODE="1")
    for path in client.packages.iterdir():
        other.packages.joinpath(path.name).symlink_to(path.resolve())
    text = client.program.read_text(encoding="utf-8")
    other.program.write_text(text.replace(str(client.folder), str(other.folder)), encoding="utf-8")
    other.program.chmod(0o755)
    return other


def python_of(version: str) -> str | None:
    """A Python of this version that runs: by its name, or of pyenv, whose own names for it may lead nowhere."""
    named = shutil.which(f"python{version}")
    kept = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    for python in (*([named] if named else []), *map(str, kept)):
        if subprocess.run([python, "-c", "import venv"], check=False, capture_output=True).returncode == 0:
            return python
    return None


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


def test_the_wheel_names_the_pythons_that_it_is_tried_with(client: Client) -> None:
    [declared] = distributions(name="liftgate", path=[str(client.packages)])
    named = [line.rsplit(" :: ", 1)[-1] for line in declared.metadata.get_all("Classifier") or ()]
    assert [name for name in named if re.fullmatch(r"\d\.\d+", name)] == list(PYTHONS)
    assert f"Python {PYTHONS[0]} to {PYTHONS[-1]};" in ROOT.joinpath("README.md").read_text("utf-8")


def test_the_help_and_the_version_are_there(client: Client) -> None:
    told = client.run("--help")
    assert (told.returncode, told.stdout.startswith("Usage: liftgate COMMAND")) == (0, True)
    assert re.fullmatch(r"liftgate \d+\.\d+\.\d+\n", client.run("--version").stdout)


def test_somebody_who_only_asks_asks(client: Client, served: tuple[str, World]) -> None:
    address, world = served
    ask(client, address)
    assert "request.made" in world.ledger()


def ask(client: Client, address: str, asks: Iterable[tuple[str, ...]] = ASKS) -> None:
    for words in asks:
        told = client.run(*words, server=address)
        assert told.returncode == 0, (words, told.stderr)
        assert words[0] != "request" or "waits for" in told.stdout


@pytest.mark.parametrize("version", OTHER_PYTHONS)
def test_the_same_wheel_asks_with_other_pythons(
    version: str, client: Client, served: tuple[str, World], tmp_path_factory: pytest.TempPathFactory
) -> None:
    python = python_of(version)
    if python is None:
        pytest.skip(f"NOT TESTED ON PYTHON {version}: none is here that runs")
    other = with_other_python(python, client, tmp_path_factory)
    assert other.packages.parent.name == f"python{version}"
    ask(other, served[0], ASKS[:1])


def test_every_command_explains_itself_where_the_server_is_not_installed(client: Client) -> None:
    script = (
        "import contextlib, io, json, sys; from liftgate.cli.main import main; said = {}\n"
        "for name in sys.argv[1:]:\n"
        "    with contextlib.redirect_stdout(io.StringIO()) as out: code = main([name, '--help'])\n"
        "    said[name] = code, out.getvalue()\n"
        "print(json.dumps(said))"
    )
    told = subprocess.run(
        [client.folder / "bin" / "python", "-c", script, *command_names()],
        env={"HOME": str(client.home)},
        cwd=client.home,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    said = json.loads(told.stdout)
    assert {name: code for name, (code, _) in said.items() if code} == {}
    assert all(text.startswith(f"Usage: liftgate {name}") for name, (_, text) in said.items())
    assert {name for name, (_, text) in said.items() if "not installed" in text} <= set(CONTENTS["Set up"])


def test_the_wheel_holds_every_file_of_the_source_and_nothing_else(wheel: Path) -> None:
    source = ROOT / "src"
    files = {path.relative_to(source) for path in source.joinpath("liftgate").rglob("*") if path.is_file()}
    names = {file.as_posix() for file in files if "__pycache__" not in file.parts}
    with ZipFile(wheel) as archive:
        assert {name for name in archive.namelist() if ".dist-info/" not in name} == names


def test_every_extra_and_wheel_that_is_named_is_there(wheel: Path) -> None:
    extras = set(metadata("liftgate").get_all("Provides-Extra") or ())
    pages = [ROOT / "README.md", *ROOT.glob("docs/*.md"), *ROOT.glob("src/liftgate/**/*.py")]
    texts = [page.read_text(encoding="utf-8") for page in pages]
    named = {extra for text in texts for extra in re.findall(r"liftgate(?:-\S+\.whl)?\[([a-z]+)\]", text)}
    assert named == extras
    assert set(re.findall(r"dist/(liftgate-[^\s'`\[]+)", texts[0])) == {wheel.name}


@pytest.mark.parametrize(
    "words",
    [
        ("serve",),
        ("watch",),
        ("replay", "."),
        ("demo",),
        ("catalogue", "check", "."),
        ("init",),
        ("deploy", "cloudformation", ".", "--region", "eu-central-1", "--out", "aws"),
    ],
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
