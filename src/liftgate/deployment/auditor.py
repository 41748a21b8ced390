"""The auditor of each account: the role by which the server sees whether the account is still as it was deployed."""

from collections.abc import Iterable
from typing import Final

from liftgate.deployment.calls import By, On, looking_calls
from liftgate.deployment.model import Concern, ManagedPolicy, Role, Watching
from liftgate.deployment.options import AUDITOR_NAME
from liftgate.deployment.places import Places, account_of
from liftgate.deployment.rights import MOST_POLICIES, Right, policies_of
from liftgate.deployment.statements import allow, policy
from liftgate.deployment.taken_up import Taker, taken_up
from liftgate.iam.policy import Policy

_SIDS: Final = {
    On.ANYTHING: "LookAtTheWhole",
    On.ANY_ROLE: "LookAtRoles",
    On.ANY_POLICY: "LookAtPolicies",
    On.BUCKETS: "LookAtBuckets",
    On.POINTS: "LookAtAccessPoints",
    On.KEYS: "LookAtKeys",
    On.TRAILS: "LookAtTrails",
    On.RULES: "LookAtRules",
    On.BUS: "LookAtTheBus",
    On.QUEUES: "LookAtQueues",
}


def auditor_parts(
    places: Places, account: str, watching: Watching, *, by: Taker
) -> tuple[list[ManagedPolicy], Role]:
    """The auditor role of an account, its policies and its boundary."""

    def look(number: str, document: Policy) -> ManagedPolicy:
        return ManagedPolicy(
            concern=Concern.AUDITOR,
            account=account,
            partition=places.partition,
            name=f"{AUDITOR_NAME}Look{number}",
            document=document,
            why="What lets the auditor read settings: of the plan's things, and of IAM.",
        )

    found, most = policies_of(_rights(places, account, watching), look), _most(places.partition, account)
    if len(found) > MOST_POLICIES:  # thousands of buckets: then of any bucket, rather than none at all
        found = [look("", most)]
    return taken_up(
        Concern.AUDITOR,
        AUDITOR_NAME,
        places,
        account,
        by=by,
        found=found,
        most=most,
        why="Taken up by the broker to see whether this account is still as it was deployed. It changes nothing and reads no object.",
    )


def looking_policy() -> Policy:
    """What a role of somebody's own needs to look, wherever the things are."""
    return policy(allow("LookAtSettings", looking_calls(), ["*"]))


def _most(partition: str, account: str) -> Policy:
    """The same reads, on whatever the account has of each kind."""
    return policy(
        *(
            Right(sid, By.AUDITOR, on, ()).statement(_patterns(on, partition, account), ())
            for on, sid in _SIDS.items()
        )
    )


def _rights(places: Places, account: str, watching: Watching) -> list[Right]:
    """What is read in an account. Of IAM all: the one call that tells of roles and policies tells of all of them."""
    own = {
        On.BUCKETS: [
            *places.buckets_of(account),
            *([f"arn:{places.partition}:s3:::{watching.log_bucket}"] if account == places.account else []),
        ],
        On.KEYS: _of(account, (*places.keys, watching.log_key_arn)),
        On.RULES: _of(account, (watching.rule_arn, *(one.rule_arn for one in watching.forwards))),
        On.BUS: _of(account, (watching.home_bus_arn,)),
        On.QUEUES: _of(account, (watching.queues.arn, watching.queues.dead_letters_arn)),
    }
    if watching.trails:  # else it is there already, in whatever account and region
        own[On.TRAILS] = _of(account, (one.arn for one in watching.trails))
    return [
        Right(sid, By.AUDITOR, on, tuple(own.get(on, _patterns(on, places.partition, account))))
        for on, sid in _SIDS.items()
    ]


def _patterns(on: On, partition: str, account: str) -> list[str]:
    aws, here = f"arn:{partition}", f":{account}:"
    return {
        On.ANYTHING: ["*"],
        On.ANY_ROLE: [f"{aws}:iam:{here}role/*"],
        On.ANY_POLICY: [f"{aws}:iam:{here}policy/*", f"{aws}:iam::aws:policy/*"],
        On.BUCKETS: [f"{aws}:s3:::*"],
        On.POINTS: [f"{aws}:s3:*{here}accesspoint/*"],
        On.KEYS: [f"{aws}:kms:*{here}key/*"],
        On.TRAILS: [f"{aws}:cloudtrail:*:*:trail/*"],  # an organisation's is another account's
        On.RULES: [f"{aws}:events:*{here}rule/*"],
        On.BUS: [f"{aws}:events:*{here}event-bus/*"],
        On.QUEUES: [f"{aws}:sqs:*{here}*"],
    }[on]


def _of(account: str, arns: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(arn for arn in arns if arn and account_of(arn) == account))
