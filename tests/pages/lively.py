"""A world in which something of everything has happened, so that each page has something to show."""

from dataclasses import dataclass

from tests.server.server_world import World
from tests.server.watched import outside, watched

from liftgate.identity.link_model import Link
from liftgate.identity.model import Identity, IdentityKind

WHY = "Correct the totals of the third quarter: finance found the north region doubled"


@dataclass(frozen=True)
class Lively:
    """What there is to look at."""

    pending: str
    active: str
    ended: str
    finding: str

    def path(self, template: str) -> str:
        return template.format(request_id=self.pending, grant_id=self.active, finding_id=self.finding)


def enliven(world: World, *, why: str = WHY) -> Lively:
    """Requests, reviews, grants, sessions, calls, a finding and a hold."""
    ended = world.granted(justification=why)
    assert world.post("ada", f"/grants/{ended}/sessions").is_success
    [finding] = watched(world, outside(world, ended)).findings
    world.clock.pass_by(minutes=50)
    denied = world.pending(justification=why)
    world.post("grace", f"/requests/{denied}/reviews", {"answer": "deny", "comment": why})
    world.clock.pass_by(minutes=5)
    approved = world.pending(justification=why)
    world.post("grace", f"/requests/{approved}/reviews", {"answer": "approve", "comment": "go ahead"})
    [active] = [one["id"] for one in world.get("ada", "/grants", state="active").json()["items"]]
    world.post("ada", f"/grants/{active}/sessions")
    world.clock.pass_by(minutes=4)
    pending = world.pending(justification=why)
    linked(world)
    assert world.post("rosa", "/holds/mallory", {"reason": why}).is_success
    world.clock.pass_by(seconds=41)
    return Lively(pending=pending, active=active, ended=ended, finding=finding)


def linked(world: World) -> None:
    """A guard with two identities that were linked, of which one is worth nothing, and somebody else with one."""
    user = "arn:aws:iam::111122223333:user"
    for number, (person, kind, name) in enumerate(
        (
            ("rosa", IdentityKind.AWS, f"{user}/on-call/rosa-laptop"),
            ("rosa", IdentityKind.OIDC, "https://lakeside.okta.example.com#00u1a2b3c4d5e6f7g8h9"),
            ("ada", IdentityKind.AWS, f"{user}/ada-laptop"),
        )
    ):
        made = Link(
            id=f"li-{number:016}",
            identity=Identity(kind=kind, name=name),
            person_id=person,
            by=Identity(kind=IdentityKind.LOCAL, name=person),
            linked_at=world.clock(),
        )
        with world.store.write() as transaction:
            transaction.links.add(made)
