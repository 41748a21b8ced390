"""Several ``liftgate serve`` on one database, as behind a load balancer, and the people who call them."""

import os
import random
import select
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx
from tests.chaos.lakeside import Lakeside, catalogue_of, entitlement_of
from tests.servers.forked import Forked, forked_liftgate
from tests.servers.signing_in import sign_in_by

from liftgate.demo.sample_account import REPORTS

_READY_WITHIN_SECONDS = 60


@dataclass
class Fleet:
    """Running servers. Each call goes to one that chance chooses."""

    lakeside: Lakeside
    servers: list[httpx.Client]
    tokens: dict[tuple[str, str], str] = field(
        default_factory=dict
    )  # by person and the role of their session
    answers: Counter[str] = field(default_factory=Counter)
    places: Iterator[int] = field(default_factory=lambda: count(1))

    def sign_in(self, *requesters: str) -> None:
        grace = self._post(self.servers[0], "/sign-ins", {"method": "local", "person": "grace"})
        self.tokens["grace", ""] = grace.json()["token"]
        bound_to = str(self.servers[0].base_url).rstrip("/")
        for person in requesters:
            for role in self.lakeside.held:
                held = self.lakeside.session(person, role)
                answer = self._post(self.servers[0], "/sign-ins", sign_in_by(held, bound_to))
                assert answer.status_code == 201, answer.text
                self.tokens[person, role] = answer.json()["token"]

    def ask(self, chance: random.Random, person: str, role: str, seconds: int) -> httpx.Response:
        body = {
            "entitlement": entitlement_of(role),
            "actions": ["write"],
            "locations": [f"s3://{REPORTS}/2026/{next(self.places)}/"],
            "duration_seconds": seconds,
            "justification": "Correct the totals of the third quarter",
            **({"mechanism": "in-place"} if role in self.lakeside.held else {}),
        }
        return self.post(chance, (person, role), "/requests", body)

    def post(
        self, chance: random.Random, who: tuple[str, str], path: str, body: Any = None
    ) -> httpx.Response:
        token = self.tokens.get(who) or self.tokens[who[0], self.lakeside.held[0]]
        answer = self._post(chance.choice(self.servers), path, body, token=token)
        said = "" if answer.status_code < 400 else answer.json()["code"]
        self.answers[f"{answer.status_code} {said}".strip()] += 1
        return answer

    @staticmethod
    def _post(server: httpx.Client, path: str, body: Any, *, token: str = "") -> httpx.Response:
        sent = {} if body is None else {"json": body}
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return server.post(f"/api/v1{path}", headers=headers, **sent)


@contextmanager
def running_fleet(
    lakeside: Lakeside, folder: Path, url: str, *, servers: int, requesters: tuple[str, ...]
) -> Iterator[Fleet]:
    """Start the servers at the same time; at the end each is told to stop, and stops well."""
    catalogue = folder / "catalogue.yaml"
    catalogue.write_text(catalogue_of(lakeside, requesters=requesters))
    environment = settings_of(lakeside, catalogue, url)
    with ExitStack() as stack:
        processes = [
            stack.enter_context(
                forked_liftgate("serve", environment=environment, folder=folder, log=folder / "log")
            )
            for _ in range(servers)
        ]
        try:
            clients = [
                stack.enter_context(
                    httpx.Client(
                        base_url=_address(one),
                        timeout=60,
                        trust_env=False,
                        limits=httpx.Limits(max_connections=64),
                    )
                )
                for one in processes
            ]
            yield Fleet(lakeside, clients)
        finally:
            for one in processes:
                one.terminate()
            ended = [one.wait(30) for one in processes]
    assert ended == [0] * servers, (folder / "log").read_text()[-2_000:]


def settings_of(lakeside: Lakeside, catalogue: Path, url: str) -> dict[str, str]:
    """The environment of a server."""
    aws, broker = lakeside.account.aws, lakeside.account.broker
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "LANG") if name in os.environ}
    return kept | {
        "AWS_ACCESS_KEY_ID": broker.access_key_id,
        "AWS_SECRET_ACCESS_KEY": broker.secret_access_key,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "LIFTGATE_AWS_STS_ENDPOINT": aws.endpoint_url,
        "LIFTGATE_AWS_IAM_ENDPOINT": aws.endpoint_url,
        "LIFTGATE_CATALOGUE": str(catalogue),
        "LIFTGATE_DATABASE_URL": url,
        "LIFTGATE_LOCAL_SIGN_IN": "true",
        "LIFTGATE_PORT": "0",
    }


def _address(process: Forked) -> str:
    """Where it listens: its first line ends with that."""
    ready, _, _ = select.select([process.stdout], [], [], _READY_WITHIN_SECONDS)
    address = process.stdout.readline().strip().rpartition(" ")[2] if ready else ""
    assert address, "the server did not start"
    return address
