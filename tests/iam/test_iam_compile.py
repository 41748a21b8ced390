import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.iam.iam_examples import CHINESE_KEY, KMS_KEY, NOON, TWENTY_MINUTES, scope, scopes
from tests.iam.iam_reference import reference_allows

from liftgate.iam.compile import (
    companions,
    compile_session_policy,
    role_policy,
    scope_policy,
    unmerged,
    within,
)
from liftgate.iam.contain import NotContained, contains, excess
from liftgate.iam.errors import BadKey, BadKmsKey, EmptyScope, ScopeTooLarge, UnknownAction, Unproved
from liftgate.iam.evaluate import Wall, allows, evaluate
from liftgate.iam.parse import Kind, parse_policy
from liftgate.iam.policy import Effect, Patterns, Policy, Statement
from liftgate.iam.request import Request
from liftgate.iam.s3.actions import ACTIONS, AccessLevel
from liftgate.iam.s3.location import parse_location
from liftgate.iam.scope import Location, Scope, Window


def session(asked: Scope, window: Window = TWENTY_MINUTES) -> Policy:
    return parse_policy(compile_session_policy(asked, window), Kind.SESSION)


def call(action: str, resource: str, at: datetime = NOON, **context: str) -> Request:
    return Request(
        action=action,
        resource=f"arn:aws:s3:::{resource}",
        context={
            "aws:CurrentTime": at.isoformat(),
            **{key.replace("_", ":"): v for key, v in context.items()},
        },
    )


WRITE = scope(["write"], "s3://reports/2026/")


def test_a_session_policy_is_small_and_says_what_it_should() -> None:
    text = compile_session_policy(WRITE, TWENTY_MINUTES)
    window = {
        "DateGreaterThanEquals": {"aws:CurrentTime": "2026-11-24T12:00:00Z"},
        "DateLessThan": {"aws:CurrentTime": "2026-11-24T12:20:00Z"},
    }
    assert json.loads(text) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject"],
                "Resource": "arn:aws:s3:::reports/2026/*",
                "Condition": window,
            },
            {
                "Effect": "Allow",
                "Action": "s3:GetBucketLocation",
                "Resource": "arn:aws:s3:::reports",
                "Condition": window,
            },
            {
                "Effect": "Allow",
                "Action": "s3:ListBucket",
                "Resource": "arn:aws:s3:::reports",
                "Condition": {"StringLike": {"s3:prefix": "2026/*"}} | window,
            },
        ],
    }
    assert " " not in text
    assert text.isascii()


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (call("s3:PutObject", "reports/2026/a.csv"), True),
        (call("s3:PutObject", "reports/2026/"), True),
        (call("s3:AbortMultipartUpload", "reports/2026/a"), True),
        (call("s3:ListMultipartUploadParts", "reports/2026/a"), True),
        (call("s3:ListBucket", "reports", s3_prefix="2026/"), True),
        (call("s3:ListBucket", "reports", s3_prefix="2026/q1/"), True),
        (call("s3:GetBucketLocation", "reports"), True),
        (call("s3:PutObject", "reports/2026/a.csv", NOON + timedelta(minutes=20)), False),
        (call("s3:PutObject", "reports/2026/a.csv", NOON - timedelta(seconds=1)), False),
        (call("s3:PutObject", "reports/2026-secret/a.csv"), False),
        (call("s3:PutObject", "reports/2026"), False),
        (call("s3:PutObject", "reports-secret/2026/a"), False),
        (call("s3:DeleteObject", "reports/2026/a.csv"), False),
        (call("s3:GetObject", "reports/2026/a.csv"), False),
        (call("s3:PutObjectAcl", "reports/2026/a.csv"), False),
        (call("s3:PutBucketPolicy", "reports"), False),
        (call("s3:ListBucket", "reports"), False),
        (call("s3:ListBucket", "reports", s3_prefix=""), False),
        (call("s3:ListBucket", "reports", s3_prefix="2026"), False),
        (call("s3:ListBucketVersions", "reports", s3_prefix="2026/"), False),
        (call("s3:ListBucketMultipartUploads", "reports"), False),
        (call("s3:ListBucket", "other", s3_prefix="2026/"), False),
    ],
)
def test_a_write_under_a_prefix_allows_that_and_no_more(request_: Request, *, expected: bool) -> None:
    assert allows(session(WRITE), request_) is expected


def test_one_object_is_that_object() -> None:
    policy = session(scope(["write", "read"], "s3://reports/a.csv"))
    assert allows(policy, call("s3:PutObject", "reports/a.csv"))
    assert allows(policy, call("s3:GetObject", "reports/a.csv"))
    assert not allows(policy, call("s3:PutObject", "reports/a.csv.bak"))
    assert not allows(policy, call("s3:ListBucket", "reports", s3_prefix="a.csv"))  # would show a.csv.bak


def test_a_whole_bucket_is_listed_without_a_prefix() -> None:
    policy = session(scope(["write"], "s3://reports/"))
    assert allows(policy, call("s3:ListBucket", "reports"))
    assert allows(policy, call("s3:ListBucketMultipartUploads", "reports"))
    assert not allows(policy, call("s3:ListBucket", "reports-secret"))


def test_bucket_actions_stand_on_whole_buckets_only() -> None:
    policy = scope_policy(scope(["GetBucketTagging", "write"], "s3://reports/", "s3://other/p/"))
    assert allows(policy, call("s3:GetBucketTagging", "reports"))
    assert not allows(policy, call("s3:GetBucketTagging", "other"))


@pytest.mark.parametrize(
    ("asked", "advice"),
    [
        (scope(["GetBucketTagging"], "s3://reports/p/"), "a whole bucket"),
        (scope(["write", "list"], "s3://reports/a.csv"), "a prefix that ends with `/`"),
    ],
)
def test_an_action_that_would_mean_nothing_is_refused(asked: Scope, advice: str) -> None:
    with pytest.raises(EmptyScope) as caught:
        compile_session_policy(asked, TWENTY_MINUTES)
    assert advice in caught.value.advice
    with pytest.raises(EmptyScope):
        role_policy(asked)


def test_empty_scopes_are_refused() -> None:
    for actions, locations in ((frozenset[str](), WRITE.locations), (WRITE.actions, frozenset[Location]())):
        with pytest.raises(EmptyScope):
            compile_session_policy(Scope(actions=actions, locations=locations), TWENTY_MINUTES)


def test_what_was_not_parsed_is_still_not_let_through() -> None:
    """A scope read back from a damaged or forged record, past ``parse_location``."""
    for actions, key, kms_key, error in (
        (WRITE.actions, "${aws:username}/*", KMS_KEY, BadKey),
        (frozenset({"s3:Put*"}), "a/*", KMS_KEY, UnknownAction),
        (frozenset({"iam:PassRole"}), "a/*", KMS_KEY, UnknownAction),
        (WRITE.actions, "a/*", "arn:aws:kms:*:123456789012:key/*", BadKmsKey),
    ):
        forged = Scope(
            actions=actions, locations=frozenset({Location("reports", key)}), kms_keys=frozenset({kms_key})
        )
        with pytest.raises(error):
            compile_session_policy(forged, TWENTY_MINUTES)


def test_a_key_that_looks_like_a_template_hole_is_refused_not_filled_in() -> None:
    window = Window(starts_at=NOON, ends_at=NOON + timedelta(hours=1))
    tricky = scope(["write"], "s3://reports/2222-02-22T22:22:22Z/", "s3://reports/1111-11-11T11:11:11Z/")
    with pytest.raises(Unproved):
        compile_session_policy(tricky, window)


def test_a_window_in_the_hour_that_a_clock_change_repeats_is_an_hour_long() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    first, again = (datetime(2026, 10, 25, 2, 30, tzinfo=berlin, fold=fold) for fold in (0, 1))
    window = Window(starts_at=first, ends_at=again)
    assert window.ends_at - window.starts_at == timedelta(hours=1)
    assert window.holds(datetime(2026, 10, 25, 1, 0, tzinfo=UTC))
    assert not window.holds(datetime(2026, 10, 25, 1, 30, tzinfo=UTC))
    with pytest.raises(ValueError, match="ends after"):
        Window(starts_at=again, ends_at=first)


def test_the_window_is_written_in_utc_whatever_its_zone() -> None:
    east = timezone(timedelta(hours=5, minutes=30))
    local = Window(starts_at=NOON.astimezone(east), ends_at=TWENTY_MINUTES.ends_at.astimezone(east))
    assert compile_session_policy(WRITE, local) == compile_session_policy(WRITE, TWENTY_MINUTES)


def test_kms_keys_are_used_through_s3_in_their_region_only() -> None:
    policy = session(scope(["write"], "s3://reports/", kms_keys=[KMS_KEY, CHINESE_KEY]))
    context = {"aws:CurrentTime": NOON.isoformat(), "kms:ViaService": "s3.eu-west-1.amazonaws.com"}

    def kms(action: str, key: str, **more: str) -> bool:
        changed = context | {name.replace("_", ":"): value for name, value in more.items()}
        return allows(policy, Request(action=action, resource=key, context=changed))

    assert kms("kms:GenerateDataKey", KMS_KEY)
    assert kms("kms:Decrypt", KMS_KEY)
    assert kms("kms:Decrypt", CHINESE_KEY, kms_ViaService="s3.cn-north-1.amazonaws.com.cn")
    assert not kms("kms:Decrypt", KMS_KEY, kms_ViaService="secretsmanager.eu-west-1.amazonaws.com")
    assert not kms("kms:Decrypt", KMS_KEY.replace("0a1b", "ffff"))
    assert not kms("kms:PutKeyPolicy", KMS_KEY)


def test_reading_opens_keys_and_deleting_uses_none() -> None:
    read = companions(scope(["read"], "s3://reports/", kms_keys=[KMS_KEY]))
    named = {name for one in read.statements for name in one.actions.values}
    assert "kms:Decrypt" in named
    assert "kms:GenerateDataKey" not in named
    delete = companions(scope(["delete"], "s3://reports/", kms_keys=[KMS_KEY]))
    assert not any("kms" in name for one in delete.statements for name in one.actions.values)


@given(scopes)
def test_companions_only_read(asked: Scope) -> None:
    for one in companions(asked).statements:
        for name in one.actions.values:
            assert name in {"kms:Decrypt", "kms:GenerateDataKey"} or ACTIONS[name].level in {
                AccessLevel.LIST,
                AccessLevel.READ,
            }


ARNS = [
    f"arn:aws:s3:::{name}"
    for name in (
        "alpha",
        "beta-logs",
        "alpha/",
        "alpha/a",
        "alpha/a/b",
        "alpha/a/b/c",
        "alpha/ab/x/",
        "alpha/ä/z",
        "beta-logs/a/y/x/z",
        "alphabet/a/b",
    )
]
ASKED = ["s3:PutObject", "s3:GetObject", "s3:ListBucket", "s3:ListBucketVersions", "s3:PutObjectAcl", "s3:DeleteObjectVersion", "s3:PutBucketPolicy", "s3:GetBucketTagging", "kms:Decrypt"]  # fmt: skip
PREFIXES = [None, "", "a", "a/", "a/b/", "b", "ä/"]


@pytest.mark.slow
@given(scopes)
@settings(max_examples=60)
def test_the_compiled_policy_means_the_unmerged_one(asked: Scope) -> None:
    text = compiled(asked)
    long = within(unmerged(asked), "2026-11-24T12:00:00Z", "2026-11-24T12:20:00Z")
    short = parse_policy(text, Kind.SESSION)
    assert len(text) <= 2048
    assert contains(short, long)
    assert contains(long, short)
    for action, arn, prefix in product(ASKED, [*ARNS, KMS_KEY], PREFIXES):
        context = {
            "aws:CurrentTime": "2026-11-24T12:00:00+00:00",
            "kms:ViaService": "s3.eu-west-1.amazonaws.com",
        }
        request = Request(
            action=action, resource=arn, context=context | ({} if prefix is None else {"s3:prefix": prefix})
        )
        assert reference_allows(short, request) is reference_allows(long, request) is allows(short, request)


@pytest.mark.slow
@given(scopes, st.integers(0, 1200))
def test_nothing_is_allowed_outside_the_window(asked: Scope, seconds: int) -> None:
    text = compiled(asked)
    start = NOON + timedelta(seconds=seconds)
    window = Window(starts_at=start, ends_at=start + timedelta(seconds=300))
    policy = parse_policy(compile_session_policy(asked, window), Kind.SESSION)
    assert len(text) == len(compile_session_policy(asked, window))
    forever = Policy(statements=scope_policy(asked).statements + companions(asked).statements)
    assert contains(policy, within(forever, _written(start), _written(window.ends_at)))
    assert isinstance(
        contains(policy, within(forever, _written(start + timedelta(seconds=1)), "2030-01-01")), NotContained
    )
    assert isinstance(
        contains(policy, within(forever, "2020-01-01", _written(window.ends_at - timedelta(seconds=1)))),
        NotContained,
    )


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def compiled(asked: Scope) -> str:
    try:
        return compile_session_policy(asked, TWENTY_MINUTES)
    except EmptyScope:
        assume(False)
        raise


@given(scopes, scopes)
def test_a_scope_inside_a_ceiling_works_under_its_role(asked: Scope, more: Scope) -> None:
    """Session and role policy are both walls: what is inside the ceiling must pass both, companions too."""
    ceiling = Scope(
        actions=asked.actions | more.actions,
        locations=asked.locations | more.locations,
        kms_keys=asked.kms_keys | more.kms_keys,
    )
    text = compiled(asked)
    compiled(ceiling)
    assert excess(asked, ceiling) == ()
    assert contains(parse_policy(text, Kind.SESSION), parse_policy(role_policy(ceiling), Kind.BOUNDARY))


def test_a_role_policy_spells_every_action_out() -> None:
    text = role_policy(
        scope(["read", "write", "tag", "delete", "delete-versions"], "s3://reports/", "s3://data/x/")
    )
    for one in parse_policy(text, Kind.BOUNDARY).statements:
        assert not any("*" in name for name in one.actions.values)


def test_a_wider_role_still_ends_at_the_session_policy() -> None:
    everything = parse_policy(
        '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
    )
    ceiling = parse_policy(role_policy(scope(["write"], "s3://reports/")), Kind.BOUNDARY)
    verdict = evaluate(
        call("s3:PutObject", "reports/2027/a"),
        identity=[everything],
        session=[session(WRITE)],
        boundary=ceiling,
    )
    assert verdict.refused_by is Wall.SESSION


def test_wildcards_join_actions_only_where_nothing_else_slips_in() -> None:
    tagging = compile_session_policy(scope(["tag"], "s3://reports/"), TWENTY_MINUTES)
    assert '"s3:*ObjectTagging"' in tagging
    two = compile_session_policy(
        scope(["PutObjectTagging", "DeleteObjectTagging"], "s3://reports/"), TWENTY_MINUTES
    )
    assert "Tagging*" not in two
    assert "s3:*ObjectTagging" not in two
    assert not allows(parse_policy(two), call("s3:GetObjectTagging", "reports/a"))


@given(
    st.frozensets(
        st.sampled_from(sorted(name for name, one in ACTIONS.items() if one.on_objects)), min_size=1
    )
)
@settings(max_examples=40)
def test_any_set_of_actions_is_spelled_without_a_stranger(actions: frozenset[str]) -> None:
    asked = Scope(actions=actions, locations=frozenset({Location("reports", "p/*")}))
    policy = session(asked)
    for name in ACTIONS:
        wanted = name in actions or (
            name == "s3:ListMultipartUploadParts" and actions & {"s3:PutObject", "s3:AbortMultipartUpload"}
        )
        assert allows(policy, call(name, "reports/p/x")) is bool(wanted)


def test_a_scope_too_large_is_refused_with_what_to_cut() -> None:
    many = scope(["write"], *(f"s3://reports/2026/quarter-{n}/figures/" for n in range(40)))
    with pytest.raises(ScopeTooLarge) as caught:
        compile_session_policy(many, TWENTY_MINUTES)
    assert "and AWS takes 2,048" in caught.value.sentence
    assert "40 locations" in caught.value.advice
    assert "`s3://reports/2026/` would hold 40 of them" in caught.value.advice


def test_thousands_of_locations_are_refused_before_any_work() -> None:
    many = Scope(
        actions=WRITE.actions, locations=frozenset(Location("reports", f"*{n}*{n}*/a") for n in range(5_000))
    )
    for compiling in (partial(compile_session_policy, window=TWENTY_MINUTES), role_policy):
        with pytest.raises(ScopeTooLarge, match="5,000 locations"):
            compiling(many)


def test_a_tight_fit_is_reached_by_shorter_spelling() -> None:
    """A set of actions whose names alone would not fit."""
    names = sorted(name for name, one in ACTIONS.items() if one.on_objects)
    asked = Scope(
        actions=frozenset(names),
        locations=frozenset(Location("reports", f"{n}{'x' * 60}/*") for n in range(8)),
    )
    assert sum(map(len, names)) > 700
    assert len(compile_session_policy(asked, TWENTY_MINUTES)) <= 2048


def in_buckets(number: int, *more: str) -> Scope:
    """A scope in so many buckets, at another prefix in each, so that no two statements can be joined."""
    places = (f"s3://bucket-{n}-of-many/in-{n}/" for n in range(number))
    return scope(["read", "write", "list", *more], *places)


MORE = ("delete", "PutObjectLegalHold", "GetObjectTorrent", "read-versions")


def test_of_three_forms_the_plainest_that_fits_is_taken() -> None:
    """The window in each statement; then said once, by two refusals; then with single actions cut short too."""
    few, more, most = (
        compile_session_policy(one, TWENTY_MINUTES)
        for one in (in_buckets(4), in_buckets(7), in_buckets(7, *MORE))
    )
    assert "Deny" not in few
    assert few.count("DateLessThan") == len(json.loads(few)["Statement"])
    for text in (more, most):
        refusals = [one for one in json.loads(text)["Statement"] if one["Effect"] == "Deny"]
        assert refusals == [
            {
                "Effect": "Deny",
                "Action": "*",
                "Resource": "*",
                "Condition": {operator: {"aws:CurrentTime": f"2026-11-24T12:{minute}:00Z"}},
            }
            for operator, minute in (("DateLessThanIfExists", "00"), ("DateGreaterThanEqualsIfExists", "20"))
        ]
    assert '"s3:PutObject"' in more
    assert '"s3:PutObject"' not in most


def test_a_window_said_once_ends_as_sharply_and_lets_no_request_without_a_time_through() -> None:
    policy = session(in_buckets(7))
    assert any(one.effect is Effect.DENY for one in policy.statements)
    for seconds, expected in ((-1, False), (0, True), (1199, True), (1200, False)):
        at = NOON + timedelta(seconds=seconds)
        assert allows(policy, call("s3:PutObject", "bucket-3-of-many/in-3/a", at)) is expected
    timeless = Request(action="s3:PutObject", resource="arn:aws:s3:::bucket-3-of-many/in-3/a")
    assert not allows(policy, timeless)


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_each_partition_has_its_own_arns(partition: str) -> None:
    place = parse_location("s3://reports/2026/", partition=partition)
    policy = session(Scope(actions=WRITE.actions, locations=frozenset({place})))
    named = {value for one in policy.statements if one.resources for value in one.resources.values}
    assert named == {f"arn:{partition}:s3:::reports", f"arn:{partition}:s3:::reports/2026/*"}


@pytest.mark.parametrize("micro", [1, 999_999])
def test_a_window_of_parts_of_seconds_is_refused_not_rounded(micro: int) -> None:
    """Rounded, it would open earlier or close later than was approved."""
    with pytest.raises(ValueError, match="whole seconds"):
        Window(starts_at=NOON.replace(microsecond=micro), ends_at=NOON + timedelta(hours=1))
    with pytest.raises(ValueError, match="whole seconds"):
        Window(starts_at=NOON, ends_at=NOON.replace(hour=13, microsecond=micro))


def test_a_moment_of_long_ago_has_its_four_digits() -> None:
    old = Window(starts_at=NOON.replace(year=999), ends_at=NOON)
    assert '"0999-11-24T12:00:00Z"' in compile_session_policy(WRITE, old)


def test_the_text_names_nothing_that_it_does_not_need() -> None:
    text = compile_session_policy(WRITE, TWENTY_MINUTES)
    for needless in ('"Sid"', '"Id"', "null", "[]", "{}", " "):
        assert needless not in text
    assert json.loads(text)["Version"] == "2012-10-17"


def test_a_single_statement_stands_without_brackets() -> None:
    text = compile_session_policy(scope(["GetBucketLocation"], "s3://reports/"), TWENTY_MINUTES)
    assert json.loads(text)["Statement"]["Action"] == "s3:GetBucketLocation"


def test_hundreds_of_wild_locations_are_refused_or_compiled_in_bounded_time() -> None:
    """Whether one pattern lies inside others is asked for so long, and no longer."""
    wild = Scope(
        actions=WRITE.actions,
        locations=frozenset(
            Location("b-b", "*".join("ab"[(k >> j) % 2] * 25 for j in range(14)) + "*") for k in range(280)
        ),
    )
    begun = time.perf_counter()
    for compiling in (partial(compile_session_policy, window=TWENTY_MINUTES), role_policy):
        with pytest.raises(ScopeTooLarge):
            compiling(wild)
    assert time.perf_counter() - begun < 10


@pytest.mark.slow
def test_hundreds_of_buckets_are_refused_in_bounded_time() -> None:
    many = Scope(actions=WRITE.actions, locations=frozenset(Location(f"b{n}", "p/*") for n in range(290)))
    begun = time.perf_counter()
    for compiling in (partial(compile_session_policy, window=TWENTY_MINUTES), role_policy):
        with pytest.raises(ScopeTooLarge):
            compiling(many)
    assert time.perf_counter() - begun < 10


def test_a_short_spelling_that_is_wrong_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The proof bites: whatever the merger gets wrong, too much or too little, no policy comes out."""
    module = sys.modules["liftgate.iam.compile"]
    right = module.merged

    def too_wide(policy: Policy, length: Callable[[Statement], int]) -> Policy:
        first, *rest = right(policy, length).statements
        return Policy(
            statements=(replace(first, resources=Patterns(("arn:aws:s3:::wrong/*",))), first, *rest)
        )

    def too_narrow(policy: Policy, length: Callable[[Statement], int]) -> Policy:
        return Policy(statements=right(policy, length).statements[1:])

    for number, wrong in enumerate((too_wide, too_narrow)):
        monkeypatch.setattr(module, "merged", wrong)
        with pytest.raises(Unproved):
            compile_session_policy(scope(["write"], f"s3://wrong-{number}/p/"), TWENTY_MINUTES)


def test_overlapping_locations_are_merged() -> None:
    merged = scope(
        ["write"], "s3://reports/a/", "s3://reports/a/b/", "s3://reports/a/b/c.csv", "s3://reports/a*"
    )
    alone = scope(["write"], "s3://reports/a*")
    assert compile_session_policy(merged, TWENTY_MINUTES) == compile_session_policy(alone, TWENTY_MINUTES)
