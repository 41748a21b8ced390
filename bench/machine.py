"""What the figures were taken on: without it they mean nothing."""

import os
import platform
import sqlite3
import statistics
import tempfile
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from bench.figure import Amount

_PACKAGES: Final = (
    "liftgate",
    "fastapi",
    "starlette",
    "uvicorn",
    "pydantic",
    "sqlalchemy",
    "psycopg",
    "boto3",
    "ministack",
)


def machine_facts() -> tuple[Amount, ...]:
    """The processor, the memory, what a durable write costs here, how busy it was, and versions."""
    return (
        Amount(what="processor", amount=f"{_processor()}, {os.cpu_count()} cores"),
        Amount(what="memory", amount=_memory()),
        Amount(
            what="system",
            amount=f"{platform.system()} {platform.release().partition('-')[0]} {platform.machine()}",
        ),
        Amount(
            what="a durable write of 4 KiB (`fdatasync`, median)", amount=f"{_durable_write() * 1e3:.2f} ms"
        ),
        Amount(what="load average when it began", amount=f"{os.getloadavg()[0]:.1f}"),
        Amount(what="Python", amount=f"{platform.python_implementation()} {platform.python_version()}"),
        Amount(what="SQLite", amount=sqlite3.sqlite_version),
        Amount(what="packages", amount=", ".join(_versions())),
    )


def _processor() -> str:
    names = _proc_fields("/proc/cpuinfo", "model name")
    return names[0] if names else platform.processor() or "unknown"


def _memory() -> str:
    totals = _proc_fields("/proc/meminfo", "MemTotal")
    return f"{int(totals[0].split()[0]) / 1024**2:.0f} GiB" if totals else "unknown"


def _proc_fields(path: str, name: str) -> list[str]:
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    split = (line.partition(":") for line in lines)
    return [value.strip() for key, _, value in split if key.strip() == name]


def _durable_write() -> float:
    """Where the stores of the figures stand: in the folder for temporary files."""
    taken = []
    with tempfile.TemporaryFile() as file:
        for _ in range(50):
            file.write(b"\0" * 4096)
            file.flush()
            start = time.perf_counter()
            os.fdatasync(file.fileno())
            taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def _versions() -> list[str]:
    found = []
    for package in _PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return found
