"""AWS goes wrong at each call that Liftgate makes of it; then ``liftgate doctor --reconcile`` finds nothing, or mends it and says so.

What went wrong once is met by trying again. What goes on is told: a loan is refused with a stable code and its grant stands, a revocation
is pending and not called done. Then AWS is well again.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from tests.chaos.chaos_world import ChaosWorld, in_words
from tests.chaos.stories import SITES, STORIES, Story
from tests.enforcement.record import tried
from tests.servers.chaos_proxy import Fault

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("chaos")]

TOPIC = "AWS goes wrong: Liftgate, and what `doctor --reconcile` says"


@dataclass(frozen=True, slots=True)
class Strike:
    """A fault, and how long it lasts."""

    fault: Fault
    once: bool

    def __str__(self) -> str:
        return f"{self.fault.value}, {'once' if self.once else 'each time'}"


STRIKES = (
    Strike(Fault.HANGS, once=True),
    Strike(Fault.DROPS, once=False),
    Strike(Fault.TWICE, once=False),
    Strike(Fault.DOUBLED, once=False),
    Strike(Fault.TOO_MANY, once=False),
    Strike(Fault.FAILS, once=False),
)
# What is answered in the end is as good as one answer.
HARMLESS = {Fault.TWICE, Fault.DOUBLED}


def is_absorbed(strike: Strike) -> bool:
    return strike.once or strike.fault in HARMLESS


def cases() -> Iterator[Any]:
    for name, action, policy in SITES:
        story = STORIES[name]
        for strike in STRIKES:
            at = f"{name}: {action}" + (f" of {policy}" if policy else "") + f" {strike}"
            must = f"`{story.done if is_absorbed(strike) else story.not_done}`, then mended"
            yield pytest.param(
                name, action, policy, strike, id=at, marks=tried(TOPIC, at, "Liftgate", must=must)
            )


@pytest.mark.parametrize(("name", "action", "policy", "strike"), list(cases()))
def test_whatever_aws_does_it_is_told_as_it_is_and_mended(
    name: str,
    action: str,
    policy: str,
    strike: Strike,
    chaos: ChaosWorld,
    record_property: Callable[[str, object], None],
) -> None:
    story = STORIES[name]
    chaos.proxy.calm()
    chaos.handed_over.clear()
    made = story.prepare(chaos)
    chaos.proxy.strike(action, strike.fault, times=1 if strike.once else None, policy=policy)
    said = story.act(chaos, made)
    assert chaos.proxy.struck, "the fault met no call"
    assert said == (story.done if is_absorbed(strike) else story.not_done)
    chaos.work()
    meanwhile = "" if is_absorbed(strike) else f"meanwhile {in_words(chaos.reconcile())}; "
    chaos.check_claims()
    chaos.proxy.pass_all()
    found = see_through(chaos, story, made)
    record_property("happened", f"`{said}`; {meanwhile}{'then ' if meanwhile else ''}{found}")


def see_through(chaos: ChaosWorld, story: Story, made: object) -> str:
    """AWS is well again, and no worker was there yet: reconcile mends, says so, and has nothing to say the second time; in the end nothing is left open."""
    with chaos.later(minutes=2):
        found = chaos.reconcile()
        assert all(one["repaired"] for one in found), found
        assert chaos.reconcile() == []
    chaos.check_claims()
    chaos.check_roles()
    story.again(chaos, made)
    ended = chaos.call("grace", "POST", "/revocations", {"everything": True, "reason": "the end"}).json()
    assert ended["pending"] == 0
    chaos.check_roles()
    chaos.work()
    for session, keys in chaos.proxy.issued:  # those that nobody was told of, too
        assert not chaos.may_write(keys, session.rpartition("-")[0])
    return in_words(found)
