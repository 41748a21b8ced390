"""The story that the demo plays: the main job end to end, each step with what was expected and what really happened.

Liftgate is driven through its own command line and AWS through the ``aws`` command, as people would; only where
the second matters does a client in this process take over.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass

from liftgate.demo.ran import Ran
from liftgate.demo.tampering import tamper
from liftgate.demo.window import watch_window_close
from liftgate.demo.world import World

REPORT = "s3://lakeside-reports/2026/q3/summary.csv"
Q3 = "s3://lakeside-reports/2026/q3/"
Q4 = "s3://lakeside-reports/2026/q4/"
ARCHIVE = "s3://lakeside-reports/archive/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the story. ``observed`` is what AWS or Liftgate answered, word for word."""

    step: str
    expected: str
    observed: str
    ok: bool
    command: str


def story(world: World) -> Iterator[Step]:
    """The steps, in order; each is played when it is asked for."""
    yield from _baseline(world)
    request = yield from _ask(world)
    grant = yield from _review(world, request)
    yield from _work(world, grant)
    yield from _close_on_time(world)
    yield from _revoke_one_of_two(world)
    yield from _attack(world)
    yield from _settlement(world, grant)
    yield from _ledger(world)


def _baseline(world: World) -> Iterator[Step]:
    read = world.aws("baseline", "s3", "cp", REPORT, "-")
    yield _step("baseline may read", "the object", read, ok="region,total" in read.output)
    write = world.upload("baseline", REPORT)
    yield _step("baseline may not write", "AccessDenied from AWS", write, ok=_denied(write, "PutObject"))


def _ask(world: World) -> Generator[Step, None, str]:
    who = world.liftgate("ada", "whoami")
    yield _step(
        "the caller proves an AWS identity",
        "ada, by the ARN that STS answered",
        who,
        ok=who.exit_code == 0 and "assumed-role/LakesideReadOnly/ada" in who.output,
    )
    beyond = world.ask("ada", "s3://lakeside-payroll/2026/", "--write", minutes=20)
    yield _step(
        "a request outside the ceiling is refused and the excess named",
        "a refusal that names lakeside-payroll",
        beyond,
        ok=beyond.exit_code != 0 and "lakeside-payroll" in beyond.output and not beyond.request_id,
    )
    asked = world.ask("ada", Q3, "--write", minutes=20)
    yield _step(
        "a request is made by a caller who proved an AWS identity",
        "a pending request",
        asked,
        ok=asked.exit_code == 0 and bool(asked.request_id) and not asked.grant_id,
    )
    return asked.request_id


def _review(world: World, request: str) -> Generator[Step, None, str]:
    own = world.liftgate("ada", "review", "approve", request, "--comment", "looks fine to me")
    yield _step(
        "the requester cannot review it",
        "a refusal: it is their own request",
        own,
        ok=own.exit_code != 0 and "your own request" in own.output,
    )
    approved = world.liftgate("grace", "review", "approve", request, "--comment", "go ahead")
    yield _step(
        "a reviewer approves",
        "a grant",
        approved,
        ok=approved.exit_code == 0 and bool(approved.grant_id),
    )
    return approved.grant_id


def _work(world: World, grant: str) -> Iterator[Step]:
    inside = world.upload_under(grant, Q3 + "corrected.csv")
    yield _step("the lent session writes inside its prefix", "uploaded", inside, ok=inside.exit_code == 0)
    outside = world.upload_under(grant, Q4 + "corrected.csv")
    yield _step(
        "AWS refuses it outside the prefix", "AccessDenied", outside, ok=_denied(outside, "PutObject")
    )
    delete = world.aws_under(grant, "s3", "rm", REPORT)
    yield _step("AWS refuses it to delete", "AccessDenied", delete, ok=_denied(delete, "DeleteObject"))
    bucket = world.upload_under(grant, "s3://lakeside-payroll/2026/corrected.csv")
    yield _step("AWS refuses it in another bucket", "AccessDenied", bucket, ok=_denied(bucket, "PutObject"))
    iam = world.aws_under(grant, "iam", "list-users")
    yield _step("AWS refuses it on IAM", "AccessDenied", iam, ok=_denied(iam, "ListUsers"))
    returned = world.liftgate("ada", "return", grant)
    refused = world.upload_under(grant, Q3 + "after.csv")
    yield _step("the requester returns it early", "returned", returned, ok=returned.exit_code == 0)
    yield _step(
        "AWS refuses the returned session while it still runs",
        "AccessDenied",
        refused,
        ok=_denied(refused, "PutObject"),
    )


def _close_on_time(world: World) -> Iterator[Step]:
    """A session, and beside it access in place, whose window ends while Liftgate is stopped for the session's."""
    in_place = world.ask("ada", ARCHIVE, "--write", "--in-place", seconds=15)
    yield _step(
        "access is asked for in place, with no new credentials",
        "a grant that is open",
        in_place,
        ok=in_place.exit_code == 0 and bool(in_place.grant_id),
    )
    opened = world.upload("baseline", ARCHIVE + "corrected.csv")
    yield _step(
        "the session that she holds all day writes there", "uploaded", opened, ok=opened.exit_code == 0
    )
    asked = world.ask("ada", Q4, "--write", seconds=12)
    closed = watch_window_close(world, asked.grant_id)
    yield Step(
        step="a grant of some seconds ends on time with Liftgate stopped",
        expected="AWS allows until the window's end and refuses from then on, with no Liftgate running",
        observed=closed.observed,
        ok=closed.ok,
        command=asked.command,
    )
    found = world.liftgate_once("grace", "findings", "--grant", asked.grant_id, says="lakeside-payroll")
    yield _step(
        "what it tried beyond its scope meanwhile is found, though no event came: the log files tell",
        "the attempt on lakeside-payroll, by ada",
        found,
        ok=found.exit_code == 0 and "Ada Lovelace" in found.output and "lakeside-payroll" in found.output,
    )
    world.wait_for_end(in_place.grant_id)
    shut = world.upload("baseline", ARCHIVE + "corrected.csv")
    yield _step(
        "access in place closes by itself", "AccessDenied from AWS", shut, ok=_denied(shut, "PutObject")
    )


def _revoke_one_of_two(world: World) -> Iterator[Step]:
    first = world.ask("ada", Q3, "--write", minutes=2)
    second = world.ask("ada", Q4, "--write", minutes=2)
    running = world.upload_under(first.grant_id, Q3 + "one.csv")
    yield _step(
        "two overlapping grants of one person, both in use",
        "uploaded under the first",
        running,
        ok=running.exit_code == 0 and first.grant_id != second.grant_id,
    )
    world.upload_under(second.grant_id, Q4 + "two.csv")
    revoked = world.liftgate("grace", "revoke", first.grant_id, "--reason", "wrong quarter")
    yield _step("one of them is revoked", "the deny is in place", revoked, ok=revoked.exit_code == 0)
    refused = world.upload_under(first.grant_id, Q3 + "one-again.csv")
    yield _step("its running session is refused", "AccessDenied", refused, ok=_denied(refused, "PutObject"))
    goes_on = world.upload_under(second.grant_id, Q4 + "two-again.csv")
    yield _step("the other goes on", "uploaded", goes_on, ok=goes_on.exit_code == 0)
    world.liftgate("ada", "return", second.grant_id)


def _attack(world: World) -> Iterator[Step]:
    """Somebody who holds a lent session tries to open the bucket to all, and nobody is there to see it."""
    grant = world.ask("ada", Q4, "--write", minutes=2).grant_id
    before = world.upload_under(grant, Q4 + "before.csv")
    policy = world.aws_under(
        grant, "s3api", "put-bucket-policy", "--bucket", "lakeside-reports", "--policy", _OPEN_TO_ALL
    )
    yield _step(
        "a session that may write tries to open the bucket to everyone",
        "AccessDenied from AWS",
        policy,
        ok=before.exit_code == 0 and _denied(policy, "PutBucketPolicy"),
    )
    found = world.liftgate_once("grace", "findings", "--grant", grant, says="PutBucketPolicy")
    yield _step(
        "CloudTrail tells, and it is a finding",
        "the attempt, by ada, as a grave finding",
        found,
        ok=found.exit_code == 0 and "Ada Lovelace" in found.output and "high" in found.output,
    )
    ended = world.liftgate_once("grace", "show", grant, says="revoked")
    after = world.upload_under(grant, Q4 + "after.csv")
    yield _step("the grant is taken back by itself", "revoked", ended, ok="revoked" in ended.output)
    yield _step("AWS refuses the session that did it", "AccessDenied", after, ok=_denied(after, "PutObject"))


_OPEN_TO_ALL = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:*",'
    '"Resource":["arn:aws:s3:::lakeside-reports","arn:aws:s3:::lakeside-reports/*"]}]}'
)


def _settlement(world: World, grant: str) -> Iterator[Step]:
    """What became of the first grant, from CloudTrail."""
    settled = world.liftgate_once("grace", "settlement", grant, says="Granted")
    yield _step(
        "the account of the first grant: granted against used",
        "what was granted, what was used of it and what was tried beyond it",
        settled,
        ok=settled.exit_code == 0 and "refused" in settled.output,
    )


def _ledger(world: World) -> Iterator[Step]:
    verified = world.liftgate("grace", "ledger", "verify")
    yield _step("the ledger verifies", "intact", verified, ok=verified.exit_code == 0)
    found = tamper(world.database)
    yield Step(
        step="one altered byte in the ledger is found and its entry named",
        expected=f"entry {found.altered} is named, in a copy with one byte changed",
        observed=found.observed,
        ok=found.named == found.altered,
        command="liftgate ledger verify  # on the altered copy",
    )


def _step(step: str, expected: str, ran: Ran, *, ok: bool) -> Step:
    return Step(step=step, expected=expected, observed=ran.output, ok=ok, command=ran.command)


def _denied(ran: Ran, operation: str) -> bool:
    """Whether AWS itself, and nobody before it, refused just this call."""
    return ran.exit_code != 0 and "AccessDenied" in ran.output and operation in ran.output
