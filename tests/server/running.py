"""``liftgate serve`` as a process, and as a server on a real socket in this one."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
from starlette.types import ASGIApp
from tests.servers.forked import Forked, forked_liftgate

from liftgate.server.serving import Certificate, address_of, listening, server_for


class Running:
    """One process."""

    def __init__(self, process: Forked, log: Path) -> None:
        self.process = process
        self._log = log

    @cached_property
    def said(self) -> str:
        """Its first line, once it serves."""
        line = self.process.stdout.readline()
        assert line, self._log.read_text()
        return line

    @property
    def address(self) -> str:
        return next(word for word in self.said.split() if word.startswith("http")).removesuffix("/readyz")

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._log.read_text().splitlines()]

    def tell_to_stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)


@contextmanager
def running(home: Path, *arguments: str, name: str, catalogue: Path, **variables: str) -> Iterator[Running]:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / "data"),
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "an-example",
        **variables,
    }
    home.joinpath(name).unlink(missing_ok=True)  # its lines alone are wanted, not those of one before
    words = ("serve", "--catalogue", str(catalogue), "--port", "0", *arguments)
    with forked_liftgate(*words, environment=environment, folder=home, log=home / name) as process:
        yield Running(process, home / name)


@contextmanager
def served(app: ASGIApp, certificate: Certificate | None = None) -> Iterator[str]:
    """An application on a socket of its own, for as long as the block lasts; gives its address."""
    with listening("127.0.0.1", 0, "--port") as listener:
        server = server_for(app, certificate)
        thread = Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield address_of(listener, "127.0.0.1", tls=certificate is not None)
        finally:
            server.should_exit = True
            thread.join()


def calling(address: str, **more: Any) -> httpx.Client:
    return httpx.Client(base_url=address, trust_env=False, timeout=60, **more)
