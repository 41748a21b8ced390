"""A third of all calls to AWS goes wrong, by seeded chance, while people ask, borrow, give back and are revoked."""

import random
from collections.abc import Callable, Sequence

import pytest
from tests.chaos.chaos_world import ChaosWorld, in_words
from tests.enforcement.record import tried

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("chaos")]

STEPS = 60
SHARE = 0.33
SEEDS = (1, 2, 3)
CASE = "{} steps with a third of all calls to AWS going wrong, seed {}"


@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(
            seed,
            marks=tried(
                "AWS goes wrong: Liftgate, and what `doctor --reconcile` says",
                CASE.format(STEPS, seed),
                "Liftgate",
                must="never told otherwise than it is, then mended",
            ),
        )
        for seed in SEEDS
    ],
)
def test_in_a_storm_nothing_is_told_otherwise_than_it_is(
    seed: int, chaos: ChaosWorld, record_property: Callable[[str, object], None]
) -> None:
    chance = random.Random(seed)  # noqa: S311 - a test's
    chaos.proxy.calm()
    chaos.handed_over.clear()
    chaos.proxy.storm(random.Random(chance.random()), SHARE)  # noqa: S311 - a test's
    live: list[str] = []
    for _ in range(STEPS):
        step(chaos, chance, live)
    struck = len(chaos.proxy.struck)
    assert struck > STEPS / 4
    assert chaos.check_claims() > STEPS / 6
    chaos.proxy.pass_all()
    with chaos.later(minutes=3):
        found = chaos.reconcile()
        assert all(one["repaired"] for one in found), found
        assert chaos.reconcile() == []
    chaos.check_claims()
    chaos.check_roles()
    for grant_id, keys in chaos.handed_over:
        assert chaos.may_write(keys, grant_id) is (chaos.get(f"/grants/{grant_id}")["ending"] is None)
    chaos.call("grace", "POST", "/revocations", {"everything": True, "reason": "the end"})
    for session, keys in chaos.proxy.issued:
        assert not chaos.may_write(keys, session.rpartition("-")[0])
    record_property("happened", f"{struck} calls went wrong; {in_words(found)}")


KINDS = ("ask", "ask", "lend", "lend", "return", "revoke", "everything", "worker")


def step(chaos: ChaosWorld, chance: random.Random, live: list[str], kinds: Sequence[str] = KINDS) -> None:
    """One thing that somebody does, or a turn of the worker; what is refused is refused with a code."""
    what = chance.choice(kinds)
    if what == "ask":
        answer = chaos.ask(chance.choice(chaos.lakeside.roles))
        if answer.status_code == 201:
            live.append(answer.json()["grant"]["id"])
    elif what == "worker":
        with chaos.later(seconds=chance.randrange(10)):
            chaos.work()
        return
    elif what == "everything":
        if chance.random() > 0.2:
            return
        answer = chaos.call("grace", "POST", "/revocations", {"person": "ada", "reason": "a drill"})
    elif not live:
        return
    elif what == "lend":
        answer = chaos.lend(chance.choice(live))
    else:
        grant_id = live.pop(chance.randrange(len(live)))
        who, path, body = (
            ("ada", "return", None) if what == "return" else ("grace", "revocation", {"reason": "a drill"})
        )
        answer = chaos.call(who, "POST", f"/grants/{grant_id}/{path}", body)
    assert answer.status_code in {201, 409, 503}, answer.text
    if answer.status_code != 201:
        assert answer.json()["code"] != "internal"
