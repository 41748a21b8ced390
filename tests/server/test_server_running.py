"""``liftgate serve`` with TLS, with some of its roles, and how it ends: real processes and real sockets."""

import json
import signal
import socket
import ssl
import threading
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.server.answering_stage import Session
from tests.server.embedded_server import CATALOGUE
from tests.server.running import Running, calling, running, served
from tests.server.server_world import ADDRESS, World, an_ask
from tests.servers.postgresql import postgresql_server
from tests.servers.trail_queue import Trail, trail
from tests.servers.waiting import until

from liftgate.demo.sample_account import REPORTS
from liftgate.server.app import create_app
from liftgate.server.command import serve
from liftgate.server.errors import BadSettings, NothingToWatch
from liftgate.server.roles import Role
from liftgate.server.serving import Certificate, TlsUnusable
from liftgate.server.settings import load_settings

__all__ = ["trail"]


def certificate(folder: Path, name: str, *, lasts: timedelta = timedelta(days=1)) -> tuple[Path, Path]:
    """A self-signed certificate for 127.0.0.1, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=9))
        .not_valid_after(datetime.now(UTC) + lasts)
        .sign(key, hashes.SHA256())
    )
    chain, secret = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return chain, secret


@pytest.fixture
def pem(tmp_path: Path) -> tuple[Path, Path]:
    return certificate(tmp_path, "the-first")


@pytest.mark.slow
def test_tls_is_spoken_alone_and_no_old_one(world: World, pem: tuple[Path, Path]) -> None:
    trust = ssl.create_default_context(cafile=str(pem[0]))
    trust.check_hostname = False
    ours = Certificate(*pem)
    assert ours.context.minimum_version is ssl.TLSVersion.TLSv1_2  # whatever the machine's OpenSSL would take
    with served(create_app(world.parts), ours) as address:
        assert address.startswith("https://127.0.0.1:")
        with calling(address, verify=trust) as http:
            assert http.get("/healthz").json() == {"status": "ok"}
        with calling(address.replace("https", "http")) as http, pytest.raises(httpx.TransportError):
            http.get("/healthz")
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
        with pytest.warns(DeprecationWarning, match="TLSv1"):
            old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
        at = ("127.0.0.1", int(address.rpartition(":")[2]))
        with socket.create_connection(at) as raw, pytest.raises((ssl.SSLError, ConnectionError)):
            old.wrap_socket(raw)


def test_each_connection_has_a_key_of_its_own(pem: tuple[Path, Path]) -> None:
    """Whoever steals the certificate's key later reads nothing that was sent before."""
    offered = {cipher["kea"] for cipher in Certificate(*pem).context.get_ciphers()}
    assert offered == {"kx-any", "kx-ecdhe"}  # any: TLS 1.3, which has nothing else


def test_a_certificate_that_cannot_be_used_is_refused_and_the_one_in_use_stays(
    world: World, tmp_path: Path, pem: tuple[Path, Path]
) -> None:
    (tmp_path / "other").mkdir()
    _, foreign = certificate(tmp_path / "other", "another")
    locked = tmp_path / "locked.pem"
    fitting = serialization.load_pem_private_key(pem[1].read_bytes(), None)
    locked.write_bytes(
        fitting.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"x"),
        )
    )
    for pair in ((pem[0], foreign), (pem[0], locked), (pem[0], tmp_path / "none.pem"), (pem[1], pem[1])):
        with pytest.raises(TlsUnusable) as caught:
            Certificate(*pair)
        assert "PEM" in caught.value.advice
    used = Certificate(*pem)
    with served(create_app(world.parts), used) as address:
        pem[0].write_bytes(foreign.with_name("chain.pem").read_bytes())  # whose key has not come yet
        with pytest.raises(TlsUnusable):
            used.read()
        assert shown_certificate(address) == "the-first"
        certificate(tmp_path, "the-second")
        used.read()
        assert shown_certificate(address) == "the-second"


def shown_certificate(address: str) -> str:
    """The name in the certificate with which new connections are answered."""
    shown = ssl.get_server_certificate(("127.0.0.1", int(address.rpartition(":")[2])))
    [found] = x509.load_pem_x509_certificate(shown.encode()).subject.get_attributes_for_oid(
        NameOID.COMMON_NAME
    )
    return str(found.value)


@pytest.mark.parametrize(
    ("given", "said", "advice"),
    [
        ({"roles": "api,wroker"}, "`roles` names what is no role", "did you mean worker?"),
        ({"roles": "everything"}, "`roles` names what is no role", "write some of api, worker, watch"),
        ({"roles": ""}, "`roles` names no role", "write some of api, worker, watch"),
        ({"roles": []}, "`roles` names no role", "write some of api, worker, watch"),
        ({"roles": "api,,watch"}, "`roles` names no role", "write some of api, worker, watch"),
        ({"roles": "api", "worker": False}, "`worker` and `roles` both say", "leave `worker` out"),
        ({"tls_key": "key.pem"}, "`tls_certificate` is missing", "set both"),
        ({"tls_certificate": "chain.pem"}, "`tls_key` is missing", "set both"),
        ({"trusted_proxies": "0.0.0.0/0"}, "would believe everybody", "name the addresses"),
        ({"trusted_proxies": ["::/0"]}, "would believe everybody", "name the addresses"),
        ({"trusted_proxies": "proxy.internal"}, "neither an address nor a network", "10.0.0.0/24"),
        ({"trusted_proxies": "10.0.0.1/24"}, "neither an address nor a network", "10.0.0.0/24"),
        ({"metrics_token": "hunter2"}, "can be guessed", "32 visible"),
    ],
    ids=str,
)
def test_settings_of_running_that_cannot_be_meant(given: dict[str, Any], said: str, advice: str) -> None:
    with pytest.raises(BadSettings) as caught:
        load_settings(given={"catalogue": ["a"], **given})
    assert said in caught.value.sentence
    assert advice in caught.value.advice
    assert "hunter2" not in repr(vars(caught.value))


EVERYWHERE = "0.0.0.0"  # noqa: S104 - to be refused, not bound
OPEN = {"metrics_host": EVERYWHERE, "metrics_token": "x" * 32}
TLS = {"tls_certificate": "chain.pem", "tls_key": "key.pem"}


@pytest.mark.parametrize(
    "more", [{"metrics_port": 9484}, {"metrics_port": 0}, {"roles": "worker,watch"}], ids=str
)
def test_a_token_for_measures_does_not_cross_the_network_in_plain(more: dict[str, Any]) -> None:
    with pytest.raises(BadSettings) as caught:
        load_settings(given={"catalogue": ["a"], **OPEN, **more})
    assert caught.value.where == "metrics_host"
    assert "`metrics_token`" in caught.value.sentence
    assert "tls_certificate" in caught.value.advice
    assert "127.0.0.1" in caught.value.advice
    for meant in (TLS, {"metrics_host": "::1"}, {"metrics_token": None}):
        assert load_settings(given={"catalogue": ["a"], **OPEN, **more, **meant}).metrics_host


def test_measures_that_have_no_port_of_their_own_are_read_where_people_go() -> None:
    url = {"public_url": "https://liftgate.example.com", "host": EVERYWHERE}
    assert load_settings(given={"catalogue": ["a"], **OPEN, **url}).metrics_token


def test_roles_are_any_subset_and_what_was_said_before_still_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    def runs(**given: Any) -> set[Role]:
        return set(load_settings(given={"catalogue": ["a"], **given}).runs)

    assert runs() == runs(worker=True) == set(Role)
    assert runs(worker=False) == {Role.API, Role.WATCH}
    assert runs(roles=" watch , api,api") == {Role.API, Role.WATCH}
    assert runs(roles=["worker"]) == {Role.WORKER}
    monkeypatch.setenv("LIFTGATE_ROLES", "worker,watch")
    assert runs() == {Role.WORKER, Role.WATCH}


def test_a_process_that_is_to_watch_alone_needs_something_to_watch(tmp_path: Path) -> None:
    given = {
        "catalogue": [CATALOGUE],
        "database_url": f"sqlite:///{tmp_path / 'db'}",
        "roles": "watch",
        "port": 0,
    }
    with pytest.raises(NothingToWatch):
        serve(load_settings(given=given))


def token_of(http: httpx.Client, person: str) -> str:
    signed_in = http.post("/api/v1/sign-ins", json={"method": "local", "person": person}).json()
    return str(signed_in["token"])


def address_in(process: Running, event: str) -> str:
    [address] = [line["address"] for line in process.lines() if line["event"] == event]
    return str(address)


def test_a_stream_of_events_ends_by_itself_when_the_server_is_told_to_stop(world: World) -> None:
    with served(create_app(world.parts)) as address, calling(address) as browser:
        signed_in = browser.post("/sign-in/local", data={"person": "ada"}, headers={"Origin": ADDRESS})
        assert signed_in.status_code == 303, signed_in.text
        with browser.stream("GET", "/events") as stream:
            lines = stream.iter_lines()
            assert (stream.status_code, next(lines)) == (200, "retry: 2000")
            world.parts.closing.set()
            assert "event: changed" not in list(lines)  # to its proper end: a stream that is cut off raises


@pytest.mark.slow
@pytest.mark.xdist_group("trail")
def test_one_process_a_role_and_the_story_goes_through_them(
    tmp_path: Path, trail: Trail, pem: tuple[Path, Path]
) -> None:
    account = trail.account
    with postgresql_server() as postgresql, ExitStack() as stack:
        shared = {
            "LIFTGATE_DATABASE_URL": postgresql.new_database(),
            "LIFTGATE_LOCAL_SIGN_IN": "true",
            "LIFTGATE_AWS_REGION": account.aws.region,
            **{f"LIFTGATE_AWS_{of}_ENDPOINT": account.aws.endpoint_url for of in ("STS", "IAM", "SQS")},
            "LIFTGATE_WATCH_QUEUE_URL": account.aws.cloudtrail_queue_url,
            "LIFTGATE_RESPONSE": "act",
            "LIFTGATE_SETTLE_AFTER": "0s",
            "AWS_ACCESS_KEY_ID": account.broker.access_key_id,
            "AWS_SECRET_ACCESS_KEY": account.broker.secret_access_key,
        }

        def start(role: str, *more: str) -> Running:
            return stack.enter_context(
                running(tmp_path, "--roles", role, *more, name=role, catalogue=CATALOGUE, **shared)
            )

        api = start("api", "--metrics-port", "0")
        watch = start("watch", "--tls-certificate", str(pem[0]), "--tls-key", str(pem[1]))
        assert watch.said.startswith("Liftgate runs watch; whether it is well: https://127.0.0.1:")
        http = stack.enter_context(calling(api.address))

        def call(person: str, method: str, path: str, body: Any = None) -> Any:
            headers = {"Authorization": f"Bearer {token_of(http, person)}"}
            return http.request(method, f"/api/v1{path}", headers=headers, json=body).json()

        asked = call("ada", "POST", "/requests", an_ask(duration_seconds=1200))
        assert asked["state"] == "pending"
        answered = call(
            "grace", "POST", f"/requests/{asked['id']}/reviews", {"answer": "approve", "comment": "yes"}
        )
        grant_id = answered["grant"]["id"]
        session = Session(account, grant_id, call("ada", "POST", f"/grants/{grant_id}/sessions"))
        assert session.s3("put_object", Bucket=REPORTS, Key="2026/q3/a.csv", Body=b"north,1") == "done"
        assert session.s3("put_bucket_policy", Bucket=REPORTS, Policy=json.dumps({})) != "done"
        # The watch takes what CloudTrail tells of that, and takes the grant back.
        until(
            lambda: (call("ada", "GET", f"/grants/{grant_id}").get("ending") or {}).get("deny") == "in_place"
        )
        assert (
            session.s3("put_object", Bucket=REPORTS, Key="2026/q3/b.csv", Body=b"north,2") == "AccessDenied"
        )
        # Nobody makes its account until there is a worker.
        assert call("ada", "GET", f"/grants/{grant_id}/settlement")["account"] is None
        worker = start("worker")
        until(lambda: call("ada", "GET", f"/grants/{grant_id}/settlement")["account"] is not None)

        for process, loops in ((api, set()), (watch, {"watch"}), (worker, {"worker", "messenger"})):
            with calling(process.address, verify=False) as probes:
                until(lambda asks=probes: asks.get("/readyz").status_code == 200)  # type: ignore[misc]
                ready = probes.get("/readyz").json()["parts"]
                assert set(ready) == {"store", "catalogue"} | loops
                assert probes.get("/api/v1/me").status_code == (401 if process is api else 404)
        with calling(address_in(api, "listening for probes")) as probes:
            assert [probes.get(path).status_code for path in ("/healthz", "/metrics", "/api/v1/me")] == [
                200,
                200,
                404,
            ]

        # A signal to read the certificate again ends nobody, and whoever has one reads it.
        certificate(tmp_path, "the-second")
        for process in (api, watch):
            process.process.send_signal(signal.SIGHUP)
        until(lambda: "certificate read again" in {line["event"] for line in watch.lines()})
        assert shown_certificate(watch.address) == "the-second"

        # Told to stop, the server answers who waits, at once.
        asked = call("ada", "POST", "/requests", an_ask(duration_seconds=1200))
        answers: list[Any] = []
        waiting = f"/api/v1/requests/{asked['id']}?wait_seconds=25"
        headers = {"Authorization": f"Bearer {token_of(http, 'ada')}"}
        poll = threading.Thread(target=lambda: answers.append(http.get(waiting, headers=headers).json()))
        poll.start()
        until(lambda: "liftgate_http_requests_in_progress 2.0" in http.get("/metrics").text)
        for process in (api, watch, worker):
            process.tell_to_stop()
        assert [process.process.wait(60) for process in (api, watch, worker)] == [0, 0, 0]
        poll.join()
        assert [answer["state"] for answer in answers] == ["pending"]
