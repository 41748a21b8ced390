"""Shows one request, grant or finding by its id, whichever it is."""

from liftgate.cli.answers import read_grant, read_request
from liftgate.cli.asking import show_and_follow
from liftgate.cli.connection import Connection
from liftgate.cli.describe import after_grant, say_grant
from liftgate.cli.identifiers import kind_of_id
from liftgate.cli.terminal import say, say_json, say_next
from liftgate.cli.watched import read_finding, read_timeline, say_finding, say_timeline
from liftgate.clock import system_clock

_LIVE = frozenset({"active", "scheduled"})


def show(here: Connection, name: str, *, wait: bool, as_json: bool) -> None:
    """Print what an id names; ``wait`` follows a request until it is answered."""
    if kind_of_id(name) == "request":
        request = read_request(here.api.get(f"/requests/{name}"))
        show_and_follow(here, request, wait=wait, as_json=as_json)
        return
    if kind_of_id(name) == "finding":
        _show_finding(here, name, as_json=as_json)
        return
    grant = read_grant(here.api.get(f"/grants/{name}"))
    story = read_timeline(here.api.get(f"/grants/{name}/timeline"))
    if as_json:
        say_json({**grant.raw, "timeline": story.raw})
        return
    say_grant(grant, system_clock())
    say_timeline(story.items)
    if story.more:
        say("  There is more than can be told here: GET /grants/ID/activities has every call.")
    if grant.state == "active":
        say_next(*after_grant(grant, grant.scope, in_place=grant.in_place is not None))
    over = (
        [f"liftgate settlement {grant.id}"] if any(line.step == "settlement" for line in story.items) else []
    )
    if grant.state not in _LIVE and "s3:PutObject" in grant.scope.actions:
        over.append(f"liftgate uploads {grant.id}")
    if over:
        say_next(*over)


def _show_finding(here: Connection, name: str, *, as_json: bool) -> None:
    finding = read_finding(here.api.get(f"/findings/{name}"))
    if as_json:
        say_json(finding.raw)
        return
    say_finding(finding)
    if finding.grant_id is not None:
        grant = read_grant(here.api.get(f"/grants/{finding.grant_id}"))
        revoke = [f"liftgate revoke {grant.id} --reason …"] if grant.state in _LIVE else []
        say_next(f"liftgate show {finding.grant_id}", *revoke)
