"""A policy on a thing of the plan, a queue, the home bus, the bucket of log files: does it say what the plan's says?"""

from collections.abc import Iterator

from liftgate.drift.containing import beyond, refused_no_more
from liftgate.drift.model import Drift, Mend, Unseen
from liftgate.drift.seen import Looked
from liftgate.drift.walls import WALLS
from liftgate.iam.policy import Policy


def resource_policy_drift(
    arn: str,
    there: Looked[Policy],
    wanted: Policy,
    walls: tuple[str, str],
    mend: Mend,
    *,
    meant: str = "the plan's policy",
) -> Iterator[Drift | Unseen]:
    """What it allows beyond the plan's, or refuses no more; where that is nothing, what it keeps out. ``there``: none counts as empty.

    ``walls``: the one that falls where it is wider, and where it is narrower.
    """
    if isinstance(there, Unseen):
        yield there
        return
    found = there if isinstance(there, Policy) else Policy(statements=())
    wider = beyond(found, wanted, arn) or refused_no_more(found, wanted, arn)
    narrower = beyond(wanted, found, arn) if wider is None else None
    for wall, answer, verb in ((walls[0], wider, "allows"), (walls[1], narrower, "refuses")):
        if isinstance(answer, Unseen):
            yield answer
        elif answer is not None:
            yield Drift(wall=WALLS[wall], thing=arn, found=f"it {verb} {answer}", wanted=meant, mend=mend)
