"""The same on the embedded AWS, which answers in a millisecond or two: Liftgate's own share, part by part."""

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Final

from bench.client import Client
from bench.effort import Effort
from bench.figure import Breakdown, Figure, Part, compared, plain
from bench.in_process import ENTITLEMENT, PERSON, Desk, new_ask, sit_down
from bench.lend import bare_assume_role
from bench.measure import Action, interleave, timed
from bench.server import running_server
from bench.stopwatch import Stopwatch, TimedLender, TimedStore, running_stopwatch
from liftgate.access.decision import decide, scope_within
from liftgate.clock import system_clock
from liftgate.demo.embedded_aws import EmbeddedAws, Keys, running_embedded_aws
from liftgate.demo.sample_account import REPORTS_WRITER, create_sample_account
from liftgate.elevation.lend import closed_policy
from liftgate.elevation.sts import StsLender
from liftgate.iam.contain import excess
from liftgate.store.sql import open_store

_BAR: Final = 5.0


def run(effort: Effort) -> Figure:
    """Through the API of a real `liftgate serve`, by boto3 alone, and in process, turn by turn on the embedded AWS."""
    rounds = effort.rounds(400)
    with running_embedded_aws() as aws:
        account = create_sample_account(aws)
        role_arn = account.elevated_role_arns[REPORTS_WRITER.name]
        bare = bare_assume_role(aws.client("sts", account.broker), role_arn)
        with (
            running_server(aws.endpoint_url, _variables(account.broker)) as server,
            closing(Client(server.address, PERSON)) as client,
            running_stopwatch() as watch,
            _timed_desk(aws, account.broker, watch) as desk,
        ):
            pairs = interleave({"bare": timed(bare), "api": timed(client.lend)}, rounds=rounds, warm_up=20)
            parts = _parts(client, desk, watch, rounds=rounds)
    reference = plain("a bare boto3 AssumeRole", pairs["bare"])
    return Figure(
        title="Lending, with AWS on this machine",
        how=(
            "The same two calls on the demo's embedded AWS, so that nearly all of the time is Liftgate's own. The server, the "
            "embedded AWS and the caller share this machine's processors. The parts are medians of rounds of their own: the "
            "use cases called in process on another store, with a stopwatch around the store and the lender; `iam` and the "
            "rules called by themselves, on scopes that were never seen before; HTTP is what the API takes longer than "
            "the use cases. With more things taking turns, each finds the processor's caches colder."
        ),
        rows=(
            reference,
            compared("request to credentials, embedded AWS", pairs["api"], reference, bar=_BAR),
        ),
        breakdowns=(Breakdown(of="request to credentials, embedded AWS", parts=parts),),
    )


def _variables(keys: Keys) -> dict[str, str]:
    return {"AWS_ACCESS_KEY_ID": keys.access_key_id, "AWS_SECRET_ACCESS_KEY": keys.secret_access_key}


@contextmanager
def _timed_desk(aws: EmbeddedAws, broker: Keys, watch: Stopwatch) -> Iterator[Desk]:
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(open_store(f"sqlite:///{folder}/liftgate.db", clock=system_clock)) as store,
    ):
        store.migrate()
        lender = StsLender(aws.client("sts", broker))
        yield sit_down(TimedStore(store, watch), TimedLender(lender, watch))


def _alone(desk: Desk) -> dict[str, Action]:
    """Parts that are timed by themselves, on an ask that nobody made before."""
    ceiling = desk.catalogue.entitlements[ENTITLEMENT].ceiling

    def rules() -> float:
        ask, asker, now = new_ask(), desk.caller().person, system_clock()
        return timed(lambda: decide(ask, asker, desk.catalogue, now))()

    def containment() -> float:
        scope = scope_within(new_ask(), ceiling)
        return timed(lambda: excess(scope, ceiling))()

    def session_policy() -> float:
        scope = scope_within(new_ask(), ceiling)
        return timed(lambda: closed_policy(scope))()

    return {
        "who": timed(desk.caller),
        "ask": timed(new_ask),
        "rules": rules,
        "containment": containment,
        "session policy": session_policy,
    }


def _parts(client: Client, desk: Desk, watch: Stopwatch, *, rounds: int) -> tuple[Part, ...]:
    actions = {"api": timed(client.lend), "in process": watch.lap(desk.lend), **_alone(desk)}
    samples = interleave(actions, rounds=rounds, warm_up=20)
    median = {name: taken.median for name, taken in samples.items()}
    known = (
        Part(what="who asks, twice: the token is looked up", seconds=2 * median["who"]),
        Part(what="reading the ask: actions and locations", seconds=median["ask"]),
        Part(what="rules: what the catalogue says", seconds=median["rules"] - median["containment"]),
        Part(what="`iam`: inside the ceiling, proved", seconds=median["containment"]),
        Part(what="`iam`: the session policy, proved", seconds=median["session policy"]),
        *(Part(what=share.value, seconds=taken) for share, taken in watch.medians(last=rounds).items()),
    )
    rest = median["in process"] - sum(part.seconds for part in known)
    return (
        Part(
            what="HTTP, twice: the caller, the wire, the server's layers",
            seconds=median["api"] - median["in process"],
        ),
        *known,
        Part(what="everything else", seconds=rest),
    )
