"""What is tried of taking back, and of two grants side by side: each plays on a role of its own."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final, TypeAlias
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

from tests.enforcement.stage import ALLOWED, HERE, KEY, REFUSED, REPORTS, Stage, attempt

from liftgate.access.model import EndingKind
from liftgate.access.ports import DENY_SLACK
from liftgate.elevation.deny import POLICY_NAME, shorter_forms
from liftgate.iam.scope import Window

Play: TypeAlias = Callable[[Stage], dict[str, str]]  # what was tried, and what came of it; as must be

THERE: Final = f"s3://{REPORTS}/2026/q4/"
THERE_KEY: Final = "2026/q4/a.csv"


def put(session: Any, key: str = KEY) -> str:
    return attempt(lambda: session.put_object(Bucket=REPORTS, Key=key, Body=b"new"))


def a_running_session(stage: Stage) -> dict[str, str]:
    given = stage.granted()
    session = stage.session(given)
    before = put(session)
    stage.ended(given)
    return {"before": before, "revoked": put(session)}


def every_session(stage: Stage) -> dict[str, str]:
    given = stage.granted()
    sessions = [stage.session(given) for _ in range(3)]
    stage.ended(given)
    return {f"revoked {number}": put(session) for number, session in enumerate(sessions)}


def one_session_of_three(stage: Stage) -> dict[str, str]:
    given = stage.granted()
    sessions = [stage.session(given) for _ in range(3)]
    stage.ended_session(given, 2)
    first, second, third = map(put, sessions)
    return {"other 1": first, "revoked": second, "other 3": third, "other new": put(stage.session(given))}


def one_of_two_of_one_person(stage: Stage) -> dict[str, str]:
    first, second = stage.granted(), stage.granted()
    one, other = stage.session(first), stage.session(second)
    stage.ended(first)
    return {"revoked": put(one), "other": put(other)}


def one_of_two_people(stage: Stage) -> dict[str, str]:
    adas, graces = stage.granted(), stage.granted(person="grace")
    ada, grace = stage.session(adas), stage.session(graces)
    stage.ended(adas)
    return {"revoked": put(ada), "other": put(grace)}


def returned(stage: Stage) -> dict[str, str]:
    given = stage.granted()
    session = stage.session(given)
    stage.ended(given, EndingKind.RETURNED)
    return {"revoked": put(session)}


def a_new_grant_after_it(stage: Stage) -> dict[str, str]:
    first = stage.granted()
    stage.session(first)
    stage.ended(first)
    return {"other": put(stage.session(stage.granted()))}


def every_second_of_twenty(stage: Stage) -> dict[str, str]:
    given = [stage.granted() for _ in range(20)]
    sessions = [stage.session(one) for one in given]
    for one in given[::2]:
        stage.ended(one)
    return {
        **{f"revoked {number}": put(session) for number, session in enumerate(sessions[::2])},
        **{f"other {number}": put(session) for number, session in enumerate(sessions[1::2])},
    }


def without_room_for_names(stage: Stage) -> dict[str, str]:
    """So many of one person that their names do not fit: refused by person and age, and nobody else is."""
    first = stage.granted()
    session = stage.session(first)
    before = put(session)
    graces = stage.session(stage.granted(person="grace"))
    stage.ended(first)
    for _ in range(330):
        stage.ended(stage.granted(), settle=False)
    stage.settle()
    assert "liftgate-person" in (stage.policies.read(stage.role_arn) or "")
    return {"before": before, "revoked": put(session), "other person": put(graces)}


def without_room_for_people(stage: Stage) -> dict[str, str]:
    """The last resort: refused by age alone, whoever it is."""
    given = stage.granted()
    session = stage.session(given)
    before = put(session)
    stage.ended(given)
    with stage.store.read() as view:
        *_, by_age = shorter_forms(view.wanted_denies(stage.role_arn, now=stage.clock()))
    stage.policies.write(stage.role_arn, by_age)
    return {"before": before, "revoked": put(session)}


def pruned(stage: Stage) -> dict[str, str]:
    """When the window is over, the deny goes, and what others wrote on the role stays."""
    given = stage.granted()
    session = stage.session(given)
    stage.ended(given)
    refused = put(session)
    assert POLICY_NAME in stage.inline_policies()
    stage.at(lambda: given.window.ends_at + DENY_SLACK + timedelta(seconds=1)).settle()
    assert set(stage.inline_policies()) == {"own"}
    return {"revoked": refused, "other": put(stage.session(stage.granted()))}


def a_presigned_address(stage: Stage) -> dict[str, str]:
    given = stage.granted("read")
    address = presigned(stage.session(given))
    before = fetched(address)
    stage.ended(given)
    return {"before": before, "revoked": fetched(address)}


def an_upload_in_flight(stage: Stage) -> dict[str, str]:
    given = stage.granted()
    session = stage.session(given)
    place = {"Bucket": REPORTS, "Key": KEY}
    number = session.create_multipart_upload(**place)["UploadId"]
    part = {**place, "UploadId": number, "PartNumber": 1, "Body": b"new"}
    before = attempt(lambda: session.upload_part(**part))
    stage.ended(given)
    left = stage.enforcer.owner.list_multipart_uploads(Bucket=REPORTS)["Uploads"]
    assert number in {upload["UploadId"] for upload in left}
    return {"before": before, "revoked": attempt(lambda: session.upload_part(**part))}


def two_prefixes(stage: Stage) -> dict[str, str]:
    here, there = stage.session(stage.granted(at=[HERE])), stage.session(stage.granted(at=[THERE]))
    return {
        "own here": put(here),
        "own there": put(there, THERE_KEY),
        "revoked, never had: there": put(here, THERE_KEY),
        "revoked, never had: here": put(there),
    }


def two_actions(stage: Stage) -> dict[str, str]:
    writes, deletes = stage.session(stage.granted("write")), stage.session(stage.granted("delete"))
    return {
        "own write": put(writes),
        "own delete": attempt(lambda: deletes.delete_object(Bucket=REPORTS, Key=KEY)),
        "revoked, never had: delete": attempt(lambda: writes.delete_object(Bucket=REPORTS, Key=KEY)),
        "revoked, never had: write": put(deletes),
    }


def one_ends_by_its_window(stage: Stage) -> dict[str, str]:
    """The window of one is over, that of the other is not: neither touches the other."""
    now = stage.clock().replace(microsecond=0)
    began, over = now - timedelta(minutes=5), Window(starts_at=now - timedelta(minutes=5), ends_at=now)
    short = stage.session_at(stage.granted(window=over), began)
    return {"revoked, over": put(short), "other": put(stage.session(stage.granted()))}


REVOCATION_CASES: Final[dict[str, Play]] = {
    "a running session of the grant": a_running_session,
    "three running sessions of the grant": every_session,
    "one session of three, the others and a new one go on": one_session_of_three,
    "another grant of the same person goes on": one_of_two_of_one_person,
    "another person's grant goes on": one_of_two_people,
    "returned by its holder": returned,
    "a new grant of the same person works at once": a_new_grant_after_it,
    "ten of twenty grants, the others go on": every_second_of_twenty,
    "331 grants of one person, more than a role has room to name": without_room_for_names,
    "room for nothing but an age": without_room_for_people,
    "the deny is taken away after the window, nothing else is": pruned,
    "a presigned URL made before": a_presigned_address,
    "a multipart upload in flight: parts refused, the upload listed": an_upload_in_flight,
}
TWO_GRANT_CASES: Final[dict[str, Play]] = {
    "two prefixes of one person": two_prefixes,
    "write and delete of one person": two_actions,
    "one is over, the other goes on": one_ends_by_its_window,
}


def as_must_be(tried: dict[str, str]) -> bool:
    """Whether what was taken back was refused, and all else allowed."""
    return all(said == (REFUSED if what.startswith("revoked") else ALLOWED) for what, said in tried.items())


def in_words(tried: dict[str, str]) -> str:
    """What was seen, for the page."""
    refused = sum(said == REFUSED for said in tried.values())
    return f"{len(tried) - refused} allowed, {refused} refused"


def presigned(session: Any) -> str:
    address: str = session.generate_presigned_url(
        "get_object", Params={"Bucket": REPORTS, "Key": KEY}, ExpiresIn=3600
    )
    return address


def fetched(address: str) -> str:
    """What a stranger who was given the address gets."""
    try:
        with build_opener(ProxyHandler({})).open(address, timeout=10) as answer:
            answer.read()
    except HTTPError as refusal:
        if refusal.code == 403:
            return REFUSED
        raise
    return ALLOWED
