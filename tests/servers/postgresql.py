"""A PostgreSQL server of Debian's package, on a free loopback port, for as long as a block lasts."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "autovacuum": "off",  # plans and timings are the test's own
    "log_min_messages": "fatal",
}
_NOT_DURABLE = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
_ROOM_FOR_A_CLUSTER = 2**31  # those of a whole test run come to a tenth of it

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class PostgresqlServer:
    """A running cluster, and fresh databases in it."""

    port: int
    programs: Path
    folder: Path
    options: str

    def url(self, database: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def new_database(self, *, template: str = "template1") -> str:
        """Make an empty database, or a copy of another that nobody is connected to; returns its URL."""
        name = f"test_{next(_numbers)}"
        copied = "CREATE DATABASE {} TEMPLATE {}"
        if float(self.programs.parts[4]) >= 15:  # its own way, through its log, takes four times the CPU
            copied += " STRATEGY FILE_COPY"
        self._run(sql.SQL(copied).format(sql.Identifier(name), sql.Identifier(template)))
        return self.url(name)

    def drop_database(self, url: str) -> None:
        name = url.rpartition("/")[2]
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def crash_and_start(self) -> None:
        """End the server without letting it write anything more, and start it again on what is on disk."""
        self.crash()
        self.start()

    def crash(self) -> None:
        """End the server without letting it write anything more."""
        _run(self.programs / "pg_ctl", "stop", "-m", "immediate", "-D", self.folder / "data")

    def cut(self, url: str) -> None:
        """End every connection to a database, whatever it is in the middle of."""
        self._run(
            sql.SQL("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}").format(
                sql.Literal(url.rpartition("/")[2])
            )
        )

    def start(self) -> None:
        log, data = self.folder / "log", self.folder / "data"
        try:
            _run(self.programs / "pg_ctl", "start", "-w", "-D", data, "-l", log, "-o", self.options)
        except RuntimeError as fault:
            fault.add_note(log.read_text(errors="replace")[-2_000:])
            raise

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def postgresql_server(*, durable: bool = False) -> Iterator[PostgresqlServer]:
    """Start a cluster; skips the test, saying why, where Debian's ``postgresql`` is not installed."""
    programs = _programs()
    if programs is None:
        pytest.skip("NOT TESTED ON POSTGRESQL: install Debian's package `postgresql` to run this test")
    folder = Path(tempfile.mkdtemp(prefix="liftgate-postgresql-", dir=None if durable else _memory()))
    try:
        _own(folder)
        data = folder / "data"
        _run(
            programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"
        )
        port = _free_port()
        settings = {**_SETTINGS, **({} if durable else _NOT_DURABLE), "port": str(port)}
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        server = PostgresqlServer(port, programs, folder, options)
        server.start()
        try:
            yield server
        finally:
            _run(programs / "pg_ctl", "stop", "-m", "immediate", "-D", data)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path | None:
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[4]))
    return versions[-1].parent if versions else None


def _memory() -> Path | None:
    """A folder in memory, where making a database takes a fifth of the CPU; None where there is no room for a cluster."""
    memory = Path("/dev/shm")  # noqa: S108 - mkdtemp makes what is private in it
    if not os.access(memory, os.W_OK) or shutil.disk_usage(memory).free < _ROOM_FOR_A_CLUSTER:
        return None
    return memory


def _run(program: Path, *arguments: str | Path) -> None:
    done = subprocess.run(
        [program, *arguments],
        cwd="/",
        user="postgres" if os.geteuid() == 0 else None,  # PostgreSQL refuses to run as root
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        close_fds=True,
    )
    if done.returncode:
        raise RuntimeError(f"{program.name} failed: {done.stdout.decode(errors='replace')}")


def _own(folder: Path) -> None:
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port
