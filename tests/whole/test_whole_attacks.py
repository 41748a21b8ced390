"""The attacker's list, end to end: a real server over real HTTP, and an AWS that enforces."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import ClientError
from tests.whole.crash_world import CATALOGUE, CrashWorld

from liftgate.demo.embedded_aws import Keys
from liftgate.demo.sample_account import PAYROLL, REPORTS, SampleAccount
from liftgate.identity.aws_proof import AwsProof, proof_fields, sign_proof

pytestmark = pytest.mark.slow

AT_ONCE = 16
PLACE = f"s3://{REPORTS}/2026/q3/"


@pytest.fixture(scope="module")
def world(embedded_account: SampleAccount, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CrashWorld]:
    running = CrashWorld(embedded_account, tmp_path_factory.mktemp("attacks"))
    running.start()
    yield running
    running.end()
    running.check()


def signed(world: CrashWorld, keys: Keys, *, audience: str = "", age: float = 0) -> AwsProof:
    held = ReadOnlyCredentials(keys.access_key_id, keys.secret_access_key, keys.session_token)
    return sign_proof(
        held, "us-east-1", audience or world.address, datetime.now(UTC) - timedelta(seconds=age)
    )


def sign_in(world: CrashWorld, proof: AwsProof, **more: object) -> httpx.Response:
    body = {"method": "aws", **proof_fields(proof), **more}
    return httpx.post(f"{world.address}/api/v1/sign-ins", json=body, trust_env=False)


def ask(world: CrashWorld, who: str = "ada", *, seconds: int = 600, **changes: Any) -> httpx.Response:
    body = {
        "actions": ["write"],
        "locations": [PLACE],
        "duration_seconds": seconds,
        "justification": "Correct the totals of the third quarter",
        **changes,
    }
    return world.call(who, "POST", "/requests", body)


def granted(world: CrashWorld) -> str:
    answer = ask(world)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["grant"]["id"])


def keys_of(lent: Any) -> Keys:
    return Keys(
        access_key_id=lent["access_key_id"],
        secret_access_key=lent["secret_access_key"],
        session_token=lent["session_token"],
    )


def at_once(call: Any) -> list[httpx.Response]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(call, range(AT_ONCE)))


# proofs of identity


def test_a_proof_signs_in_once(world: CrashWorld) -> None:
    proof = signed(world, world.account.people["linus"], age=7)
    answers = at_once(lambda _: sign_in(world, proof))
    assert sorted(answer.status_code for answer in answers) == [201] + [401] * (AT_ONCE - 1)
    assert {answer.json()["code"] for answer in answers if answer.status_code == 401} == {"proof_used"}


def test_a_proof_for_another_server_is_refused(world: CrashWorld) -> None:
    proof = signed(world, world.account.people["ada"], audience="https://evil.example.com")
    assert sign_in(world, proof).status_code == 401


def test_a_proof_is_good_for_its_moment_only(world: CrashWorld) -> None:
    old = signed(world, world.account.people["ada"], age=400)
    assert sign_in(world, old).json()["code"] == "proof_out_of_time"
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    assert sign_in(world, replace(old, amz_date=now)).status_code == 401
    ahead = signed(world, world.account.people["ada"], age=-400)
    assert sign_in(world, ahead).json()["code"] == "proof_out_of_time"


@pytest.mark.parametrize(
    "change",
    [
        {"signed_headers": ["content-type", "host", "x-amz-date", "x-liftgate-audience", "x-evil"]},
        {"signed_headers": ["host", "x-amz-date"]},
        {"signed_headers": ["host;x-amz-date", "x-liftgate-audience"]},
        {"access_key_id": "AKIAEXAMPLEEXAMPLE\r\nX-Evil: 1"},
        {"access_key_id": "AKIAEXAMPLE/20261124/us-east-1/iam"},
        {"region": "us-east-1.evil.example.com/"},
        {"region": "us-east-1/iam"},
        {"signature": "0" * 63 + "\n"},
        {"session_token": "x" * 20 + "\r\nhost: evil.example.com"},
        {"url": "https://evil.example.com"},
        {"headers": {"host": "evil.example.com"}},
        {"action": "AssumeRole"},
        {"service": "iam"},
    ],
)
def test_nothing_is_smuggled_beside_a_signature(world: CrashWorld, change: dict[str, object]) -> None:
    answer = sign_in(world, signed(world, world.account.people["ada"]), **change)
    assert answer.status_code in {400, 401, 422}, answer.text
    assert "token" not in answer.json()


def test_a_signature_for_another_service_is_no_proof(world: CrashWorld) -> None:
    """The same request, signed for IAM in its credential scope: rebuilt for STS, it is not the one that was signed."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest

    from liftgate.identity.sts_request import BODY, METHOD, signed_headers

    keys = world.account.people["ada"]
    honest = signed(world, keys)
    headers = signed_headers(
        "sts.us-east-1.amazonaws.com", amz_date=honest.amz_date, audience=world.address, session_token=None
    )
    forged: dict[str, str] = {}
    for service in ("sts", "iam", "s3"):
        request = AWSRequest(
            method=METHOD, url="https://sts.us-east-1.amazonaws.com/", headers=dict(headers), data=BODY
        )
        request.context["timestamp"] = honest.amz_date
        held = ReadOnlyCredentials(keys.access_key_id, keys.secret_access_key, None)
        signer = SigV4Auth(held, service, "us-east-1")
        text = signer.string_to_sign(request, signer.canonical_request(request))
        forged[service] = signer.signature(text, request)
    assert forged.pop("sts") == honest.signature  # so that only the service differs
    for signature in forged.values():
        assert sign_in(world, replace(honest, signature=signature)).status_code == 401


# other people's things


def test_another_persons_grant_is_not_there(world: CrashWorld) -> None:
    grant = granted(world)
    before = world.get("grace", "/ledger/verification")["count"]
    for method, path in (
        ("GET", ""),
        ("POST", "/sessions"),
        ("POST", "/revocation"),
        ("POST", "/return"),
    ):
        body = {"reason": "mine now"} if path == "/revocation" else None
        answer = world.call("linus", method, f"/grants/{grant}{path}", body)
        unknown = world.call("linus", method, f"/grants/gr-0000000000000000{path}", body)
        assert (answer.status_code, answer.json()["code"]) == (404, "no_such_grant")
        assert answer.json()["detail"].replace(grant, "X") == unknown.json()["detail"].replace(
            "gr-0000000000000000", "X"
        )
    # linus may have signed in for the first time: that alone may be on record.
    entries = world.get("grace", f"/ledger/entries?after={before}")["items"]
    assert {entry["kind"] for entry in entries} <= {"identity.signed_in"}
    assert world.get("ada", f"/grants/{grant}")["state"] == "active"


def test_nobody_reviews_themselves_by_a_second_identity(world: CrashWorld) -> None:
    tokens = [
        sign_in(world, signed(world, keys)).json()
        for keys in (world.account.people["ada"], world.account.as_baseline("ada"))
    ]
    assert tokens[0]["identity"] != tokens[1]["identity"]
    own = httpx.Client(base_url=f"{world.address}/api/v1", trust_env=False)
    world_tokens = [{"Authorization": f"Bearer {token['token']}"} for token in tokens]
    body = {
        "actions": ["write"],
        "locations": [PLACE],
        "duration_seconds": 3000,
        "justification": "Correct the totals of the third quarter",
    }
    request = own.post("/requests", json=body, headers=world_tokens[0]).json()["id"]
    for headers in world_tokens:
        answer = own.post(
            f"/requests/{request}/reviews", json={"answer": "approve", "comment": ""}, headers=headers
        )
        assert (answer.status_code, answer.json()["code"]) == (403, "self_review")
    assert own.get(f"/requests/{request}", headers=world_tokens[0]).json()["state"] == "pending"


# the ceiling


@pytest.mark.parametrize(
    ("location", "beyond"),
    [
        ("s3://lakeside-reports/2026/*", None),
        ("s3://lakeside-reports/2026/q?/", None),
        ("s3://lakeside-reports/2026/../", "archive/2025.csv"),
        ("s3://lakeside-reports/2026/${aws:username}/", None),
        ("s3://lakeside-reports/2026/${*}/", None),
        ("s3://lakeside-reports/202*", "2025/x"),
        ("s3://lakeside-reports/*", "archive/2025.csv"),
        ("s3://lakeside-*/2026/", None),
        ("s3://lakeside-reports/2026", "2026.csv"),
        ("s3://lakeside-payroll/2026/", None),
        ("arn:aws:s3:::lakeside-reports/2026/*", None),
        ("arn:aws-cn:s3:::lakeside-reports/2026/*", None),
        ("arn:aws:s3:::lakeside-reports", None),
        ("s3://lakeside-reports/2026/%2e%2e/", None),
        ("s3://lakeside-reports//2026/", "/2026/x"),
        ("s3://lakeside-reports/2026/\n", None),
    ],
)
def test_no_spelling_of_a_place_reaches_beyond_the_ceiling(
    world: CrashWorld, location: str, beyond: str | None
) -> None:
    """Refused when asked for; or granted, and then AWS itself is asked whether what was lent reaches outside."""
    answer = ask(world, locations=[location], seconds=60)
    if answer.status_code != 201:
        assert 400 <= answer.status_code < 500, answer.text
        return
    lent = world.call("ada", "POST", f"/grants/{answer.json()['grant']['id']}/sessions")
    assert lent.status_code == 201, lent.text
    s3 = world.account.aws.client("s3", keys_of(lent.json()))
    outside = [
        (REPORTS, "archive/2025.csv"),
        (REPORTS, "2025/x"),
        (PAYROLL, "2026/salaries.csv"),
        (REPORTS, "x"),
    ]
    for bucket, key in [*outside, *([(REPORTS, beyond)] if beyond else [])]:
        with pytest.raises(ClientError) as refused:
            s3.put_object(Bucket=bucket, Key=key, Body=b"x")
        assert refused.value.response["Error"]["Code"] == "AccessDenied"


# all at once


def test_of_parallel_approvals_one_makes_the_grant(world: CrashWorld) -> None:
    request = ask(world, seconds=3000).json()["id"]
    path, body = f"/requests/{request}/reviews", {"answer": "approve", "comment": ""}
    answers = at_once(lambda _: world.call("grace", "POST", path, body))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * (AT_ONCE - 1)
    kinds = [item["kind"] for item in world.get("grace", f"/ledger/entries?about={request}")["items"]]
    assert kinds.count("grant.made") == kinds.count("request.reviewed") == 1


def test_parallel_sessions_have_numbers_and_names_of_their_own(world: CrashWorld) -> None:
    grant = granted(world)
    lent = at_once(lambda _: world.call("ada", "POST", f"/grants/{grant}/sessions"))
    assert {answer.status_code for answer in lent} == {201}
    shown = world.get("ada", f"/grants/{grant}")["sessions"]
    assert [session["number"] for session in shown] == list(range(1, AT_ONCE + 1))
    assert len({session["name"] for session in shown}) == AT_ONCE
    given = {(answer.json()["session_name"], answer.json()["access_key_id"]) for answer in lent}
    assert {(session["name"], session["access_key_id"]) for session in shown} == given
    ended = at_once(
        lambda _: world.call("grace", "POST", f"/grants/{grant}/revocation", {"reason": "enough"})
    )
    assert sorted(answer.status_code for answer in ended) == [201] + [409] * (AT_ONCE - 1)
    for answer in lent[:4]:
        assert not world.may_write(keys_of(answer.json()))


def test_a_revocation_hits_no_session_with_a_similar_name(world: CrashWorld) -> None:
    """Two grants of one person at one time: of their sessions, only one grant's are refused."""
    one, other = granted(world), granted(world)
    sessions = {
        grant: keys_of(world.call("ada", "POST", f"/grants/{grant}/sessions").json())
        for grant in (one, other)
    }
    ended = world.call("grace", "POST", f"/grants/{one}/revocation", {"reason": "wrong quarter"})
    assert ended.json()["ending"]["deny"] == "in_place"
    assert not world.may_write(sessions[one])
    assert world.may_write(sessions[other])


# the catalogue changes


def test_who_leaves_the_catalogue_is_nobody_at_once(world: CrashWorld) -> None:
    file: Path = world.folder / "catalogue.yaml"
    assert world.call("linus", "GET", "/me").status_code == 200
    without = "\n".join(line for line in CATALOGUE.splitlines() if "linus:" not in line)
    file.write_text(without.replace("[ada, linus]", "[ada]") + "\n")
    try:
        # The file is looked at again by the next call after a moment; each of these calls is such a one.
        answer = eventually(lambda: world.call("linus", "GET", "/me"), status=401)
        assert answer.json()["code"] == "identity_unknown"
        file.write_text(CATALOGUE.replace("version: 1", "version: 1\nnonsense: true"))
        assert eventually_faulty(world)
        assert world.call("linus", "GET", "/me").status_code == 401  # the last good one still serves
        assert world.call("ada", "GET", "/me").status_code == 200
    finally:
        file.write_text(CATALOGUE)
    eventually(lambda: world.call("linus", "GET", "/me"), status=200)


def test_a_stolen_sign_in_is_shut_out_and_the_session_that_runs_under_it_refused(world: CrashWorld) -> None:
    file: Path = world.folder / "catalogue.yaml"
    file.write_text(CATALOGUE.replace("guards: [grace]", "guards: [grace, linus]"))
    try:
        eventually(lambda: world.call("linus", "GET", "/holds"), status=200)
        stolen = sign_in(world, signed(world, world.account.as_baseline("ada"))).json()["token"]
        keys = keys_of(world.call("ada", "POST", f"/grants/{granted(world)}/sessions").json())
        waits = ask(world, "linus", seconds=3600).json()["id"]
        assert world.may_write(keys)
        shut_out = world.call("grace", "POST", "/holds/ada", {"reason": "her laptop was stolen"})
        assert (shut_out.status_code, shut_out.json()["pending"]) == (201, 0)
        assert shut_out.json()["sign_ins"] >= 2
        assert not world.may_write(keys)
        approval = {"answer": "approve", "comment": "quickly"}
        for token in (stolen, world.tokens.pop("ada")):
            headers = {"Authorization": f"Bearer {token}"}
            answer = world.send("POST", f"/requests/{waits}/reviews", approval, headers)
            assert answer.json()["code"] == "token_unknown"
        again = sign_in(world, signed(world, world.account.as_baseline("ada")))
        assert again.json()["code"] == "person_shut_out"
        for guard in ("grace", "linus"):
            assert world.call(guard, "POST", "/holds/ada/releases", {"reason": "found"}).status_code == 201
        assert not world.may_write(keys)
        assert sign_in(world, signed(world, world.account.as_baseline("ada"), age=2)).status_code == 201
    finally:
        file.write_text(CATALOGUE)
    eventually(lambda: world.call("linus", "GET", "/holds"), status=403)


def eventually(call: Any, *, status: int) -> httpx.Response:
    answer: httpx.Response = call()
    for _ in range(3000):
        if answer.status_code == status:
            return answer
        answer = call()
    raise AssertionError(answer.text)


def eventually_faulty(world: CrashWorld) -> bool:
    return any(world.get("ada", "/catalogue")["faults"] for _ in range(3000))


# secrets


def test_no_secret_stays_anywhere(world: CrashWorld) -> None:
    proof = signed(world, world.account.as_baseline("ada"))
    signed_in = sign_in(world, proof).json()
    grant = granted(world)
    lent = world.call("ada", "POST", f"/grants/{grant}/sessions").json()
    answers = [world.call("grace", "GET", f"/grants/{grant}"), world.call("grace", "GET", "/ledger/export")]
    answers.append(world.call("ada", "POST", f"/grants/{grant}/return"))
    answers.append(sign_in(world, proof))
    answers.append(sign_in(world, replace(proof, amz_date="nonsense")))
    places = {path.name: path.read_bytes() for path in world.folder.iterdir() if path.is_file()}
    assert {"liftgate.db", "liftgate.db-wal", "log.stderr"} <= places.keys()
    assert lent["access_key_id"].encode() in places["liftgate.db"] + places["liftgate.db-wal"]
    secrets = [
        lent["secret_access_key"],
        lent["session_token"],
        signed_in["token"],
        proof.signature,
        proof.session_token,
        world.account.broker.secret_access_key,
        *world.tokens.values(),
    ]
    for secret in secrets:
        assert secret
        for place, content in places.items():
            assert secret.encode() not in content, place
        for answer in answers:
            assert secret not in answer.text
