"""Another Liftgate process: ends grants and brings their denies in place, with the broker's keys from its environment.

Run as ``python -m tests.elevation.revoke_elsewhere <database> <iam url> <role arn> <grant id>…``.
"""

import sys

from tests.elevation.elevation_stage import breathe
from tests.store.store_examples import ending

from liftgate.access.model import EndingKind
from liftgate.clock import system_clock
from liftgate.elevation.aws_clients import AwsEndpoints, iam_client
from liftgate.elevation.errors import RoleBusy
from liftgate.elevation.iam_roles import IamRolePolicies
from liftgate.elevation.revocation import bring_denies_in_place
from liftgate.ledger.model import Draft, EventKind
from liftgate.store.sql import SqlStore, open_store


def main(database: str, iam_url: str, role_arn: str, *grant_ids: str) -> None:
    store = open_store(database, clock=system_clock)
    iam = iam_client(AwsEndpoints(region="us-east-1", iam_url=iam_url))
    policies = IamRolePolicies(lambda _: iam)
    for grant_id in grant_ids:
        _end(store, grant_id)
        _settle(store, policies, role_arn, grant_id)


def _end(store: SqlStore, grant_id: str) -> None:
    with store.write() as transaction:
        record = transaction.lock_grant(grant_id)
        assert record is not None
        now = system_clock()
        transaction.add_ending(
            ending(record.grant, EndingKind.REVOKED, ended_at=now),
            Draft(at=now, kind=EventKind.REVOKED, actor="sec", grant_id=grant_id),
            [],
        )


def _settle(store: SqlStore, policies: IamRolePolicies, role_arn: str, holder: str) -> None:
    while True:
        try:
            state = bring_denies_in_place(
                role_arn,
                store=store,
                policies=policies,
                clock=system_clock,
                holder=holder,
                pause=breathe,
            )
        except RoleBusy:
            continue
        assert holder in state.in_place
        return


if __name__ == "__main__":
    main(*sys.argv[1:])
