"""The rules that are shipped, on calls as the store keeps them: what they are told is what they were told of the calls themselves."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.store.store_examples import NOON
from tests.store.watch_stage import STANDING, Batch, all_kept, call, lend, taken

from liftgate.store.sql import SqlStore
from liftgate.watch.attribution import attribute
from liftgate.watch.lookup import known_of
from liftgate.watch.rules.counted import counted
from liftgate.watch.rules.load import load_rulebook
from liftgate.watch.rules.totals import totals_of
from liftgate.watch.service import take
from liftgate.watch.verdict import judge

calls = st.lists(
    st.fixed_dictionaries(
        {
            "operation": st.sampled_from(
                ["PutObject", "DeleteObject", "DeleteObjects", "GetObject", "HeadObject"]
            ),
            "sourceIPAddress": st.sampled_from(
                ["203.0.113.7", "198.51.100.9", "s3.amazonaws.com", None, "?"]
            ),
            "userAgent": st.sampled_from(["[aws-cli/2.1]", "[aws-cli/2.2]", "Boto3/1.3", None, ""]),
            "errorCode": st.sampled_from([None, "AccessDenied", "NoSuchKey"]),
            "readOnly": st.sampled_from([True, False, None]),
            "requestParameters": st.sampled_from(
                [
                    {"bucketName": "reports", "key": "2026/a", "versionId": "v1"},
                    {"bucketName": "reports", "key": "2026/b", "versionId": ""},
                    {"bucketName": "payroll", "key": "c"},
                    None,
                ]
            ),
            "additionalEventData": st.sampled_from(
                [None, {"bytesTransferredIn": 10, "bytesTransferredOut": 3.0}]
            ),
        }
    ),
    max_size=12,
)


@settings(
    max_examples=30,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(made=calls, size=st.integers(1, 12))
def test_what_is_kept_comes_to_the_same_totals_as_the_calls(
    store: SqlStore, made: list[dict[str, object]], size: int
) -> None:
    given_ = lend(store, key := f"ASIA{next(_keys):016}")
    texts = [
        call(given_, n, str(one.pop("operation")), key=key, **one) for n, one in enumerate(map(dict, made))
    ]
    for start in range(0, len(texts), size):
        taken(store, texts[max(0, start - 1) : start + size])  # the one before it again
    events = Batch(texts).events
    with store.read() as view:
        known = known_of(view, events, STANDING)
        kept = view.totals(given_.id)
    assert kept == totals_of(counted(judge(one, attribute(one, known))) for one in events)


_keys = iter(range(10**6))


def test_the_shipped_rules_find_what_they_should_in_what_is_kept(store: SqlStore) -> None:
    given_ = lend(store)
    rules = load_rulebook()
    deletes = [call(given_, 1, "DeleteObjects", eventID=f"e-{n}") for n in range(10)]
    asked = {"bucketName": "payroll", "key": "1"}
    tried = call(given_, 5, requestParameters=asked, errorCode="AccessDenied")
    for texts in (deletes[:4], deletes[4:9], deletes[9:], [tried]):
        take(
            [Batch(texts)],
            store=store,
            rulebook=rules,
            standing=STANDING,
            clock=lambda: NOON + timedelta(hours=1),
        )
    kept = all_kept(store, given_)
    rules_broken = {one.rule for one in kept["findings"].values()}
    assert {"bulk-delete", "outside-scope-tried"} <= rules_broken
    assert len(kept["ledger"]) == len(kept["findings"])
