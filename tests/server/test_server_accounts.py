"""One Liftgate, two accounts, on an AWS that enforces: lent and taken back in both, and never the one for the other."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import ClientError
from tests.server.accounts_world import ADDRESS, PLACES, Serve, asked, name, names, other, scope, serve, write
from tests.servers.embedded_aws import embedded_account
from tests.servers.other_account import (
    EXTERNAL_ID,
    HARBOUR,
    OtherAccount,
    policies_of_the_page,
)

from liftgate.clock import system_clock
from liftgate.demo.embedded_aws import OTHER_ACCOUNT
from liftgate.demo.sample_account import (
    keys_from,
)
from liftgate.elevation.deny import POLICY_NAME
from liftgate.iam.compile import role_policy
from liftgate.identity.aws_proof import proof_fields, sign_proof

__all__ = ["embedded_account", "name", "other", "serve"]

pytestmark = pytest.mark.slow


def test_a_session_lent_in_another_account_works_there_alone_and_is_taken_back_there_alone(
    serve: Serve,
) -> None:
    with serve() as run:
        here, there, more = (run.granted(one) for one in ("home-writer", "there-writer", "there-writer"))
        at_home, away, going_on = run.lent(here), run.lent(there), run.lent(more)
        places = PLACES["home-writer"], PLACES["there-writer"]
        assert [write(at_home, place) for place in places] == ["written", "AccessDenied"]
        assert [write(away, place) for place in places] == ["AccessDenied", "written"]

        assert run.revoked(there) == "in_place"
        assert write(away, PLACES["there-writer"]) == "AccessDenied"
        assert write(going_on, PLACES["there-writer"]) == "written"
        assert write(at_home, PLACES["home-writer"]) == "written"
        assert (POLICY_NAME in run.policies_there(), POLICY_NAME in run.policies_at_home()) == (True, False)

        assert run.revoked(here) == "in_place"
        assert write(at_home, PLACES["home-writer"]) == "AccessDenied"
        assert write(going_on, PLACES["there-writer"]) == "written"


def test_aws_refuses_the_broker_without_the_external_id_or_with_another(
    other: OtherAccount, name: str
) -> None:
    sts = other.home.aws.client("sts", other.home.broker)
    for role_arn in (other.revoker_role_arn, f"arn:aws:iam::{OTHER_ACCOUNT}:role/{name}"):
        order = {"RoleArn": role_arn, "RoleSessionName": "broker"}
        for wrong in ({}, {"ExternalId": "lg-0000000000000000"}):
            with pytest.raises(ClientError, match="AccessDenied"):
                sts.assume_role(**order, **wrong)
        assert sts.assume_role(**order, ExternalId=EXTERNAL_ID)["Credentials"]["SessionToken"]


def test_an_account_that_was_not_declared_gets_nothing_and_it_is_said_what_to_declare(serve: Serve) -> None:
    with serve() as run:
        said = run.post("ada", "/requests", asked("nowhere-writer"))
        assert (said["status"], said["code"]) == (503, "account_not_declared")
        assert "`777788889999`" in said["detail"]
        assert "docs/accounts.md" in said["advice"]
    with serve(accounts=[]) as run:
        assert run.post("ada", "/requests", asked("there-writer"))["code"] == "account_not_declared"
        assert run.granted("home-writer")


def test_an_account_that_is_declared_no_longer_is_lent_no_more_and_what_is_revoked_there_stays_pending(
    serve: Serve,
) -> None:
    with serve() as run:
        grant_id = run.granted("there-writer")
        assert write(run.lent(grant_id), PLACES["there-writer"]) == "written"
    with serve(accounts=[]) as run:
        assert run.post("ada", f"/grants/{grant_id}/sessions")["code"] == "account_not_declared"
        assert run.revoked(grant_id) == "pending"
    with serve() as run:
        assert run.post("grace", "/reconciliations")["repairs"]
        assert POLICY_NAME in run.policies_there()


def test_with_the_wrong_external_id_its_account_is_out_of_reach_and_the_other_is_not(
    serve: Serve, other: OtherAccount
) -> None:
    with serve(accounts=[{**other.declared, "external_id": "lg-wrong"}]) as run:
        said = run.post("ada", "/requests", asked("there-writer"))
        assert (said["status"], said["code"]) == (503, "revoker_out_of_reach")
        assert "AccessDenied" in said["detail"]
        assert "external_id" in said["advice"]
        assert "lg-wrong" not in json.dumps(said)
        assert write(run.lent(run.granted("home-writer")), PLACES["home-writer"]) == "written"


def test_a_revoker_that_cannot_be_assumed_closes_its_account_alone(serve: Serve, other: OtherAccount) -> None:
    with serve() as run:
        here, there = run.granted("home-writer"), run.granted("there-writer")
        at_home, away = run.lent(here), run.lent(there)
    other.trust(other.revoker_role_arn, json.dumps({"Version": "2012-10-17", "Statement": []}))
    with serve() as run:
        assert run.post("ada", "/requests", asked("there-writer"))["code"] == "revoker_out_of_reach"
        assert run.post("ada", f"/grants/{there}/sessions")["code"] == "revoker_out_of_reach"
        said = run.post("grace", "/revocations", {"everything": True, "reason": "the red button"})
        assert (said["revoked"], said["pending"]) == (2, 1), said
        assert write(at_home, PLACES["home-writer"]) == "AccessDenied"
        assert write(away, PLACES["there-writer"]) == "written"  # told as it is: pending
        found = [one for one in run.post("grace", "/reconciliations")["repairs"] if not one["repaired"]]
        assert f"the revoker role of account {OTHER_ACCOUNT}" in {one["what"] for one in found}
        assert all(OTHER_ACCOUNT in one["what"] or "777788889999" in one["what"] for one in found)
    other.trust(other.revoker_role_arn)
    with serve() as run:
        run.post("grace", "/reconciliations")
        assert write(away, PLACES["there-writer"]) == "AccessDenied"


def test_a_role_that_others_may_assume_is_not_lent(serve: Serve, other: OtherAccount, name: str) -> None:
    def trusting(who: str, **when: Any) -> str:
        allow = {"Effect": "Allow", "Principal": {"AWS": who}, "Action": "sts:AssumeRole", **when}
        return json.dumps({"Version": "2012-10-17", "Statement": [allow]})

    role_arn = f"arn:aws:iam::{OTHER_ACCOUNT}:role/{name}"
    by_id = {"Condition": {"StringEquals": {"sts:ExternalId": EXTERNAL_ID}}}
    for document, why in (
        (trusting(f"arn:aws:iam::{other.home.aws.account}:root", **by_id), "others than the broker"),
        (trusting(other.home.broker_arn), "demands no external id"),
    ):
        other.trust(role_arn, document)
        with serve() as run:
            said = run.post("ada", "/requests", asked("there-writer"))
            assert (said["code"], why in said["detail"]) == ("lending_trust_too_wide", True), said
            found = run.post("grace", "/reconciliations")["repairs"]
            assert [one["what"] for one in found if why in str(one["failure"])] == [
                f"the trust policy of {role_arn}"
            ]


def test_a_trust_policy_that_changed_after_the_grant_is_told_by_what_aws_says(
    serve: Serve, other: OtherAccount, name: str
) -> None:
    with serve() as run:
        grant_id = run.granted("there-writer")
        other.trust(
            f"arn:aws:iam::{OTHER_ACCOUNT}:role/{name}",
            policies_of_the_page()[0].replace(EXTERNAL_ID, "lg-another"),
        )
        said = run.post("ada", f"/grants/{grant_id}/sessions")
        assert said["code"] == "lending_refused"
        assert "external id" in said["advice"]
        assert EXTERNAL_ID not in json.dumps(said)


def test_a_drill_there_proves_that_a_revocation_bites(serve: Serve) -> None:
    with serve() as run:
        said = run.post("grace", "/drills", {"entitlement": "there-writer"})
        assert said["role_arn"] == f"arn:aws:iam::{OTHER_ACCOUNT}:role/{run.name}", said
        assert said["refused_after_ms"] is not None


def test_a_deny_that_somebody_took_off_there_is_written_again(serve: Serve, other: OtherAccount) -> None:
    with serve() as run:
        grant_id = run.granted("there-writer")
        s3 = run.lent(grant_id)
        run.revoked(grant_id)
        other.iam.delete_role_policy(RoleName=run.name, PolicyName=POLICY_NAME)
        assert write(s3, PLACES["there-writer"]) == "written"
        repaired = [
            one["what"] for one in run.post("grace", "/reconciliations")["repairs"] if one["repaired"]
        ]
        assert f"the denies on arn:aws:iam::{OTHER_ACCOUNT}:role/{run.name}" in repaired
        assert write(s3, PLACES["there-writer"]) == "AccessDenied"


# In place


def held_role(other: OtherAccount, name: str) -> str:
    """A role of the other account that Ada holds all day, under her own name alone; she is a user at home."""
    reads = {"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "*"}
    ceiling = json.loads(role_policy(scope(f"s3://{HARBOUR}/archive/", "write")))["Statement"]
    bounded = json.dumps({"Version": "2012-10-17", "Statement": [reads, *ceiling]})
    boundary = other.iam.create_policy(PolicyName=f"{name}Boundary", PolicyDocument=bounded)
    ada = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{other.home.aws.account}:user/ada"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:RoleSessionName": "ada"}},
    }
    made = other.iam.create_role(
        RoleName=name,
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [ada]}),
        PermissionsBoundary=boundary["Policy"]["Arn"],
    )
    only_reads = json.dumps({"Version": "2012-10-17", "Statement": [reads]})
    other.iam.put_role_policy(RoleName=name, PolicyName="ReadAll", PolicyDocument=only_reads)
    role_arn = str(made["Role"]["Arn"])
    other.let_revoker(role_arn, _rights_in_place(role_arn))
    may = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role_arn}
    other.home_iam.put_user_policy(
        UserName="ada",
        PolicyName=f"Assume{name}",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [may]}),
    )
    return role_arn


def test_access_in_place_there_opens_the_running_session_and_closes_with_its_end(
    serve: Serve, other: OtherAccount, name: str
) -> None:
    role_arn = held_role(other, f"{name}Held")
    sts = other.home.aws.client("sts", other.home.people["ada"])
    keys = keys_from(sts.assume_role(RoleArn=role_arn, RoleSessionName="ada")["Credentials"])
    s3, place = other.home.aws.client("s3", keys), PLACES["there-in-place"]
    with serve() as run:
        held = ReadOnlyCredentials(keys.access_key_id, keys.secret_access_key, keys.session_token)
        proof = proof_fields(sign_proof(held, other.home.aws.region, ADDRESS, system_clock()))
        token = run.http.post("/api/v1/sign-ins", json={"method": "aws", **proof}).json()["token"]
        with run.parts.store.write() as transaction:
            transaction.saw_name_fixed(role_arn, now=system_clock() - timedelta(hours=13))
        assert write(s3, place) == "AccessDenied"
        said = run.post_by(token, "/requests", asked("there-in-place"))
        assert write(s3, place) == "written", said
        assert write(s3, PLACES["there-writer"]) == "AccessDenied"
        run.revoked(said["grant"]["id"])
        assert write(s3, place) == "AccessDenied"
        assert names(other.iam, f"{name}Held") == ["ReadAll"]


def _rights_in_place(role_arn: str) -> str:
    """What docs/in-place.md says, but for the condition on the boundary, a key that the embedded AWS does not know."""
    page = Path(__file__).parents[2].joinpath("docs/in-place.md").read_text(encoding="utf-8")
    rights = json.loads(page.partition("```json\n")[2].partition("```")[0])
    for statement in rights["Statement"]:
        statement.pop("Condition", None)
    written = json.dumps(rights).replace("arn:aws:iam::111122223333:role/LakesideReadOnly", role_arn)
    return written.replace("arn:aws:iam::111122223333:policy/", f"arn:aws:iam::{OTHER_ACCOUNT}:policy/")
