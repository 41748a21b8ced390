"""Real records of attack techniques (tests/data/cloudtrail): what is found in each, by whoever made them."""

from collections import Counter
from pathlib import Path

import msgspec
import pytest
from tests.watch.watch_examples import scope

from liftgate.watch.attribution import attribute
from liftgate.watch.event import Event
from liftgate.watch.finding import Answer
from liftgate.watch.known import NOTHING_KNOWN
from liftgate.watch.rules.load import load_rulebook
from liftgate.watch.rules.trial import as_elevated
from liftgate.watch.verdict import judge

SHIPPED, WITHOUT_STORE = load_rulebook(), load_rulebook(without_store=True)
FOLDER = Path(__file__).parent.parent / "data" / "cloudtrail"
USED, LOOKED = "another-service-used", "another-service-looked-at"
DONE, TRIED, MADE = "tampering-done", "tampering-tried", "credentials-made"
ANYONE, ANYONE_TRIED, STOPPED = "tampering-by-anyone", "tampering-refused-to-anyone", "trail-stopped"

# For each file: what its records are when an elevated session makes them, and what they are with nothing known of
# grants. The number is that of findings. Without a store only changes of permissions and records are found: to
# read secrets, start machines or run commands is what many people do all day, and no record tells who may.
EXPECTED: dict[str, tuple[dict[str, int], dict[str, int]]] = {
    "credential-access.ec2-get-password-data": ({LOOKED: 30, DONE: 2, MADE: 2, TRIED: 2}, {ANYONE_TRIED: 2}),
    "credential-access.ec2-steal-instance-credentials": ({USED: 44}, {}),
    "credential-access.secretsmanager-batch-retrieve-secrets": ({USED: 5}, {}),
    "credential-access.secretsmanager-retrieve-secrets": ({USED: 21}, {}),
    "credential-access.ssm-retrieve-securestring-parameters": ({USED: 10}, {}),
    "defense-evasion.cloudtrail-delete": ({DONE: 1}, {STOPPED: 1}),
    "defense-evasion.cloudtrail-event-selectors": ({DONE: 1}, {STOPPED: 1}),
    "defense-evasion.cloudtrail-stop": ({DONE: 1}, {STOPPED: 1}),
    "defense-evasion.dns-delete-logs": ({DONE: 1}, {ANYONE: 1}),
    "defense-evasion.organizations-leave": ({DONE: 2, MADE: 2, TRIED: 1}, {ANYONE_TRIED: 1}),
    "defense-evasion.vpc-remove-flow-logs": ({DONE: 1}, {ANYONE: 1}),
    "discovery.ec2-download-user-data": ({LOOKED: 15, DONE: 2, MADE: 2, TRIED: 2}, {ANYONE_TRIED: 2}),
    "execution.ec2-launch-unusual-instances": ({USED: 1, DONE: 2, MADE: 2}, {}),
    "execution.ec2-user-data": ({USED: 35}, {}),
    "execution.ssm-send-command": ({USED: 56}, {}),
    "execution.ssm-start-session": ({USED: 29}, {}),
    "exfiltration.ec2-security-group-open-port-22-ingress": ({DONE: 1}, {ANYONE: 1}),
    "exfiltration.ec2-share-ami": ({DONE: 1}, {ANYONE: 1}),
    "exfiltration.ec2-share-ebs-snapshot": ({DONE: 1}, {ANYONE: 1}),
    "exfiltration.rds-share-snapshot": ({DONE: 1}, {ANYONE: 1}),
    "impact.bedrock-invoke-model": ({USED: 15}, {}),
    "initial-access.console-login-without-mfa": ({USED: 1}, {}),
    "lateral-movement.ec2-instance-connect": ({DONE: 3}, {ANYONE: 3}),
    "lateral-movement.ec2-serial-console-send-ssh-public-key": ({DONE: 4}, {ANYONE: 4}),
    "persistence.iam-backdoor-role": ({DONE: 1}, {ANYONE: 1}),
    "persistence.iam-backdoor-user": ({DONE: 1, MADE: 1}, {ANYONE: 1}),
    "persistence.iam-create-admin-user": ({DONE: 3, MADE: 1}, {ANYONE: 3}),
    "persistence.iam-create-backdoor-role": ({DONE: 2}, {ANYONE: 2}),
    "persistence.iam-create-user-login-profile": ({TRIED: 1, DONE: 1, MADE: 1}, {ANYONE: 1}),
    "persistence.lambda-backdoor-function": ({DONE: 1}, {ANYONE: 1}),
    "persistence.lambda-layer-extension": ({USED: 1}, {}),
    "persistence.lambda-overwrite-code": ({USED: 1}, {}),
    "persistence.rolesanywhere-create-trust-anchor": ({DONE: 2, MADE: 1}, {ANYONE: 2}),
    "persistence.sts-federation-token": ({DONE: 1, MADE: 1}, {ANYONE: 1}),
    "privilege-escalation.iam-update-user-login-profile": ({DONE: 1, MADE: 1}, {ANYONE: 1}),
}


def events_of(technique: str) -> tuple[Event, ...]:
    return msgspec.json.decode((FOLDER / f"aws.{technique}.json").read_bytes(), type=tuple[Event, ...])


def test_every_file_is_listed() -> None:
    assert {f"aws.{technique}.json" for technique in EXPECTED} == {
        file.name for file in FOLDER.glob("*.json")
    }


@pytest.mark.parametrize("technique", EXPECTED)
def test_by_an_elevated_session(technique: str) -> None:
    events, known = as_elevated(events_of(technique), scope())
    found = [one for event in events for one in SHIPPED.of_call(judge(event, attribute(event, known)))]
    assert Counter(one.rule for one in found) == EXPECTED[technique][0]
    assert {one.person for one in found} == {"example"}
    told = {event_id for one in found for event_id in one.event_ids}
    harmless = {event.event_id for event in events if event.event_name == "GetCallerIdentity"}
    assert told | harmless == {event.event_id for event in events}  # each call but that one is found


@pytest.mark.parametrize("technique", EXPECTED)
def test_with_nothing_known_of_grants(technique: str) -> None:
    judged = [judge(event, attribute(event, NOTHING_KNOWN)) for event in events_of(technique)]
    assert (
        Counter(found.rule for one in judged for found in WITHOUT_STORE.of_call(one))
        == EXPECTED[technique][1]
    )


def test_persistence_escalation_and_evasion_by_an_elevated_session_take_the_grant_back_at_least() -> None:
    for technique in EXPECTED:
        if technique.startswith(("persistence.", "privilege-escalation.", "defense-evasion.")):
            events, known = as_elevated(events_of(technique), scope())
            answers = {
                one.answer
                for event in events
                for one in SHIPPED.of_call(judge(event, attribute(event, known)))
            }
            assert answers & {Answer.REVOKE, Answer.QUARANTINE}, technique
