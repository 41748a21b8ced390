"""Pipelines sign in with their issuer's token, and nobody else does: each attack on that is tried here."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.identity.issuer_examples import rsa_key
from tests.pipelines.pipeline_world import (
    CHECKED,
    SUBJECT,
    PipelineIssuer,
    Pipelines,
    catalogue_of,
    code_of,
    open_pipelines,
)
from tests.server.server_world import ADDRESS

from liftgate.identity.errors import ClaimRefused
from liftgate.identity.token_issuer import CheckedClaim, TokenIssuer, checked_claims


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, issuer: PipelineIssuer) -> Iterator[Pipelines]:
    """For what leaves nothing behind."""
    with open_pipelines(tmp_path_factory.mktemp("shared"), issuer) as opened:
        yield opened


def bearer(answer: Any) -> dict[str, str]:
    assert answer.status_code == 201, answer.text
    return {"Authorization": f"Bearer {answer.json()['token']}"}


def test_a_pipeline_signs_in_for_as_long_as_its_token_lasts(pipelines: Pipelines) -> None:
    answer = pipelines.sign_in()
    assert answer.status_code == 201, answer.text
    said = answer.json()
    assert said["person"] == {"id": "reports-ci", "name": "Reports pipeline", "kind": "service"}
    assert said["identity"] == f"oidc:{pipelines.issuer.base}#{SUBJECT}"
    until = datetime.fromisoformat(said["expires_at"])
    assert until == pipelines.world.clock.now + timedelta(minutes=15)

    http, mine = pipelines.world.http, bearer(answer)
    assert http.get("/api/v1/me", headers=mine).json()["person"]["id"] == "reports-ci"
    pipelines.world.clock.pass_by(minutes=15)
    assert code_of(http.get("/api/v1/me", headers=mine)) == "token_expired"


def test_a_sign_in_ends_after_an_hour_whatever_the_token_says(pipelines: Pipelines) -> None:
    now = pipelines.world.clock.now
    answer = pipelines.sign_in(exp=int(now.timestamp()) + 86_400)
    assert datetime.fromisoformat(answer.json()["expires_at"]) == now + timedelta(hours=1)


def test_the_ledger_says_who_vouched_for_whom_and_what_was_checked(pipelines: Pipelines) -> None:
    pipelines.sign_in()
    with pipelines.world.store.read() as view:
        [entry] = [one for one in view.entries() if one.draft.kind.value == "identity.signed_in"]
    body = entry.draft.body
    assert entry.draft.actor == "reports-ci"
    assert (body["issuer"], body["subject"]) == (pipelines.issuer.base, SUBJECT)
    assert body["claims"] == [
        {"claim": "repository_owner", "says": "acme"},
        {"claim": "repository", "says": "acme/reports"},
        {"claim": "environment", "says": "production"},
    ]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"repository": "acme/website"}, "claim_refused"),
        ({"repository": "acme/reports-evil"}, "claim_refused"),
        ({"repository_owner": "acme-evil"}, "claim_refused"),
        ({"repository_owner": "Acme"}, "claim_refused"),
        ({"repository_owner": "acme\u0000"}, "claim_refused"),
        ({"environment": None, "sub": "repo:acme/reports:pull_request"}, "claim_refused"),  # from a fork
        ({"environment": None}, "claim_refused"),
        ({"environment": ""}, "claim_refused"),
        ({"environment": "development"}, "claim_refused"),
        ({"repository_owner": ["acme", "evil"]}, "claim_refused"),
        ({"repository_owner": ["acme"]}, "claim_refused"),
        ({"repository_owner": 7}, "claim_refused"),
        ({"repository_owner": True}, "claim_refused"),
        ({"repository_owner": {"acme": "acme"}}, "claim_refused"),
        ({"aud": "https://liftgate.other.example"}, "signed_token_misdirected"),
        ({"aud": f"{ADDRESS}/"}, "signed_token_misdirected"),
        ({"aud": None}, "signed_token_misdirected"),
        ({"iss": "https://token.actions.githubusercontent.com"}, "issuer_not_declared"),
        ({"iss": None}, "issuer_not_declared"),
        ({"iss": ["https://token.actions.githubusercontent.com"]}, "issuer_not_declared"),
        ({"sub": "repo:acme/reports:environment:production2"}, "identity_unknown"),
        ({"sub": "repo:acme/reports"}, "identity_unknown"),
        ({"sub": None}, "signed_token_malformed"),
        ({"sub": 7}, "signed_token_malformed"),
        ({"sub": f"{SUBJECT}\n"}, "signed_token_malformed"),
        ({"jti": 7}, "signed_token_malformed"),
        ({"jti": ""}, "signed_token_malformed"),
        ({"jti": "7" * 501}, "signed_token_malformed"),
        ({"exp": None}, "signed_token_out_of_time"),
    ],
)
def test_a_token_that_says_something_else_lets_nobody_in(
    shared: Pipelines, changed: dict[str, Any], code: str
) -> None:
    assert shared.refused(**changed) == code
    assert "identity.signed_in" not in shared.world.ledger()


def test_what_is_refused_uses_nothing_up(pipelines: Pipelines) -> None:
    """Anybody can get a genuine token of a public issuer: they must not be able to write here."""
    for changed in (
        {"repository_owner": "evil"},
        {"sub": "repo:acme/reports:x"},
        {"aud": "https://x.example"},
    ):
        pipelines.refused(**changed)
    assert pipelines.sign_in().status_code == 201


def test_a_token_that_is_over_lets_nobody_in(pipelines: Pipelines) -> None:
    token = pipelines.token()
    pipelines.world.clock.pass_by(seconds=900)
    for later in (0, 30, 31, 3_600):
        pipelines.world.clock.pass_by(seconds=later)
        assert code_of(pipelines.show(token)) == "signed_token_out_of_time"


def test_a_token_lets_in_once(pipelines: Pipelines) -> None:
    token = pipelines.token()
    assert pipelines.show(token).status_code == 201
    assert code_of(pipelines.show(token)) == "proof_used"
    pipelines.world.clock.pass_by(minutes=14, seconds=59)
    with pipelines.world.store.write() as transaction:
        transaction.forget_expired(now=pipelines.world.clock.now)
    assert code_of(pipelines.show(token)) == "proof_used"
    assert pipelines.sign_in(jti="another").status_code == 201


def test_of_many_that_show_one_token_at_once_one_gets_in(pipelines: Pipelines) -> None:
    token = pipelines.token()
    with ThreadPoolExecutor(8) as many:
        answers = [one.status_code for one in many.map(lambda _: pipelines.show(token), range(8))]
    assert sorted(answers) == [201, *[401] * 7]


def test_a_token_without_a_name_lets_in_until_it_is_over(pipelines: Pipelines) -> None:
    token = pipelines.token(jti=None)
    assert [pipelines.show(token).status_code for _ in range(2)] == [201, 201]


def test_tokens_that_stay_in_a_file_may_be_used_again_where_the_settings_say_so(
    tmp_path: Path, issuer: PipelineIssuer
) -> None:
    with open_pipelines(tmp_path, issuer, used_once=False) as pipelines:
        token = pipelines.token()
        assert [pipelines.show(token).status_code for _ in range(2)] == [201, 201]
        pipelines.world.clock.pass_by(minutes=16)
        assert code_of(pipelines.show(token)) == "signed_token_out_of_time"


@pytest.mark.parametrize(
    ("header", "code"),
    [({"alg": "HS256"}, "signature_refused"), ({"typ": "at+jwt"}, "signed_token_misdirected")],
)
def test_a_token_of_another_kind_lets_nobody_in(
    pipelines: Pipelines, header: dict[str, Any], code: str
) -> None:
    if "alg" in header:
        from joserfc.jwk import OctKey

        token = pipelines.token(header=header, key=OctKey.generate_key(256, parameters={"kid": "pipelines"}))
    else:
        token = pipelines.token(header=header)
    assert code_of(pipelines.show(token)) == code


def test_a_token_that_somebody_else_signed_lets_nobody_in(pipelines: Pipelines) -> None:
    forged = pipelines.token(key=rsa_key("mallory"), header={"kid": "pipelines"})
    assert code_of(pipelines.show(forged)) == "signature_refused"
    head, body, signature = pipelines.token().split(".")
    assert code_of(pipelines.show(f"{head}.{body}.{signature[::-1]}")) == "signature_refused"
    assert code_of(pipelines.show(f"{head}.{body}.")) == "issuer_not_declared"  # not even a token


def test_one_issuer_speaks_for_no_subject_of_another(
    tmp_path: Path, issuer: PipelineIssuer, other_issuer: PipelineIssuer
) -> None:
    """Both are declared, and both would let in what they truly issued."""
    other = {"name": "other", "issuer": other_issuer.base, "checked": CHECKED}
    with open_pipelines(tmp_path, issuer, others=(other,)) as pipelines:
        # The other's own token with the same subject is somebody whom the catalogue does not know.
        theirs = {"iss": other_issuer.base, "key": rsa_key("others")}
        assert pipelines.refused(**theirs) == "identity_unknown"
        # What the other signed in the first one's name is not the first one's, under either key's name.
        assert pipelines.refused(key=rsa_key("others")) == "signature_refused"
        assert pipelines.refused(key=rsa_key("others"), header={"kid": "pipelines"}) == "signature_refused"
        # A subject that spells the first one's out is a subject of the other still.
        assert pipelines.refused(**theirs, sub=f"{issuer.base}#{SUBJECT}") == "identity_unknown"
        assert pipelines.sign_in().status_code == 201


def test_one_issuer_uses_up_no_token_of_another(
    tmp_path: Path, issuer: PipelineIssuer, other_issuer: PipelineIssuer
) -> None:
    other = {"name": "other", "issuer": other_issuer.base, "checked": CHECKED}
    mine = f'"oidc:{issuer.base}#{SUBJECT}"'
    both = catalogue_of(issuer.base).replace(mine, f'{mine}, "oidc:{other_issuer.base}#{SUBJECT}"')
    with open_pipelines(tmp_path, issuer, others=(other,), catalogue=both) as pipelines:
        theirs = {"iss": other_issuer.base, "key": rsa_key("others")}
        assert pipelines.sign_in(jti="same", **theirs).status_code == 201
        assert pipelines.sign_in(jti="same").status_code == 201


def test_a_token_lets_no_person_in(tmp_path: Path, issuer: PipelineIssuer) -> None:
    catalogue = catalogue_of(issuer.base).replace(", kind: service", "")
    with open_pipelines(tmp_path, issuer, catalogue=catalogue) as pipelines:
        assert pipelines.refused() == "not_a_service"


def test_whoever_becomes_a_person_or_unknown_is_out_at_once(pipelines: Pipelines) -> None:
    http, mine = pipelines.world.http, bearer(pipelines.sign_in())
    file = pipelines.world.catalogue_file
    before = file.read_text()
    file.write_text(before.replace(", kind: service", ""))
    assert code_of(http.get("/api/v1/me", headers=mine)) == "token_unknown"
    file.write_text(before.replace(SUBJECT, "repo:acme/reports:environment:staging"))
    assert code_of(http.get("/api/v1/me", headers=mine)) == "identity_unknown"


def test_sign_ins_of_an_issuer_that_is_no_longer_declared_are_worth_nothing(
    tmp_path: Path, issuer: PipelineIssuer
) -> None:
    with open_pipelines(tmp_path, issuer) as pipelines:
        mine = bearer(pipelines.sign_in())
        declared = pipelines.world.parts.token_issuers
        assert declared is not None
        object.__setattr__(declared, "declared", ())
        assert code_of(pipelines.world.http.get("/api/v1/me", headers=mine)) == "token_unknown"


def test_a_server_without_issuers_takes_no_token(tmp_path: Path, issuer: PipelineIssuer) -> None:
    with open_pipelines(tmp_path, issuer) as pipelines:
        object.__setattr__(pipelines.world.parts, "token_issuers", None)
        assert pipelines.refused() == "issuer_not_declared"


def test_a_claim_that_nobody_declared_is_named_in_the_log_and_let_be(
    tmp_path: Path, issuer: PipelineIssuer
) -> None:
    ignored = ["repository_visibility", "event_name", "ref"]
    with open_pipelines(tmp_path, issuer, required=["run_id"], ignored=ignored) as pipelines:
        assert pipelines.sign_in(jti="one").status_code == 201
        assert not [line for line in pipelines.world.log.lines if "claims" in line]
        assert pipelines.sign_in(jti="two", new_claim="a-value").status_code == 201
        [line] = [line for line in pipelines.world.log.lines if "claims" in line]
        assert (line["issuer"], line["claims"]) == ("github", ["new_claim"])
        assert "a-value" not in pipelines.world.log.text
        nothings: tuple[Any, ...] = (None, "", [], {})
        for nothing in nothings:
            assert pipelines.refused(jti="three", run_id=nothing) == "claim_refused"


@pytest.mark.parametrize(
    ("accepted", "said", "is_in"),
    [
        (("refs/tags/*",), "refs/tags/v1", True),
        (("refs/tags/*",), "refs/tags/", False),
        (("refs/tags/*",), "refs/tags", False),
        (("refs/tags/*",), "refs/tags-evil/v1", False),
        (("refs/tags/*",), "x/refs/tags/v1", False),
        (("refs/heads/main", "refs/tags/*"), "refs/heads/main", True),
        (("refs/heads/main", "refs/tags/*"), "refs/heads/main2", False),
    ],
)
def test_a_value_may_stand_for_all_that_begin_so(
    accepted: tuple[str, ...], said: str, *, is_in: bool
) -> None:
    checked = (CheckedClaim(path=("ref",), accepted=accepted),)
    declared = TokenIssuer(name="github", issuer="https://id.example.com", audience="x", checked=checked)
    if is_in:
        assert checked_claims({"ref": said}, declared) == (("ref", said),)
    else:
        with pytest.raises(ClaimRefused):
            checked_claims({"ref": said}, declared)


def test_a_claim_may_be_an_object(tmp_path: Path, issuer: PipelineIssuer) -> None:
    """Kubernetes and AWS put theirs into one."""
    checked = {"kubernetes.io": {"namespace": "reports", "serviceaccount": {"name": "export"}}}
    good = {"namespace": "reports", "serviceaccount": {"name": "export", "uid": "7"}, "pod": {"name": "x"}}
    with open_pipelines(tmp_path, issuer, checked=checked) as pipelines:
        assert pipelines.sign_in(**{"kubernetes.io": good}).status_code == 201
        for bad in (
            {**good, "namespace": "default"},
            {**good, "serviceaccount": "export"},
            {**good, "serviceaccount": {}},
            "reports",
            [good],
        ):
            assert pipelines.refused(jti="x", **{"kubernetes.io": bad}) == "claim_refused"
        flat = {"kubernetes.io.namespace": "reports", "kubernetes.io.serviceaccount.name": "export"}
        assert pipelines.refused(jti="y", **flat) == "claim_refused"


def test_a_service_may_have_all_subjects_that_begin_so(tmp_path: Path, issuer: PipelineIssuer) -> None:
    catalogue = catalogue_of(issuer.base, "repo:acme/reports:*")
    with open_pipelines(tmp_path, issuer, catalogue=catalogue) as pipelines:
        assert pipelines.sign_in(jti="1").status_code == 201
        assert pipelines.sign_in(jti="2", sub="repo:acme/reports:ref:refs/heads/a/b").status_code == 201
        for sub in (
            "repo:acme/reports:",
            "repo:acme/reports-evil:ref:x",
            "repo:acme/reports",
            "xrepo:acme/reports:a",
        ):
            assert pipelines.refused(jti="3", sub=sub) == "identity_unknown"


def test_a_token_that_is_wrong_is_quoted_nowhere(shared: Pipelines) -> None:
    for body in (
        {"method": "token", "token": 7},
        {"method": "token"},
        {"method": "token", "token": "a" * 20_000},
    ):
        answer = shared.world.http.post("/api/v1/sign-ins", json=body)
        assert answer.status_code == 422, answer.text
        assert "aaaa" not in answer.text
    for text in ("no-token", "a.b.c", "é", "e30.e30.e30"):
        assert code_of(shared.show(text)) == "issuer_not_declared"


def test_an_issuer_that_is_down_lets_nobody_in(tmp_path: Path, issuer: PipelineIssuer) -> None:
    silent = "http://127.0.0.1:9"
    other = {"name": "silent", "issuer": silent, "checked": CHECKED}
    with open_pipelines(tmp_path, issuer, others=(other,)) as pipelines:
        answer = pipelines.sign_in(iss=silent)
        assert (answer.status_code, answer.json()["code"]) == (503, "issuer_unavailable")
        assert pipelines.sign_in().status_code == 201


def test_what_is_wrong_with_a_token_is_said_of_the_field_that_was_sent(pipelines: Pipelines) -> None:
    answer = pipelines.world.http.post("/api/v1/sign-ins", json={"method": "token", "token": ""})
    assert answer.status_code == 422
    assert (answer.json()["where"], answer.json()["detail"]) == ("token", "`token` is too short")
