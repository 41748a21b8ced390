"""The walls that keep people out: roles, their trust and policies, buckets and keys."""

from typing import Final, TypeAlias

from liftgate.drift.model import Risk

Row: TypeAlias = tuple[str, Risk, str, str, str]
"""Id, risk, what is wrong, what somebody could do, how it is mended."""

APPLY: Final = "apply the file of `liftgate deploy` that makes it"
_HIGH, _MEDIUM, _LOW = Risk.HIGH, Risk.MEDIUM, Risk.LOW
_TRUST: Final = "put the trust policy of the plan in place"
_POLICY: Final = "make the plan's document the policy's default version"

ACCESS: Final[tuple[Row, ...]] = (
    (
        "role-missing",
        _MEDIUM,
        "a role of the plan, or the broker, is not there",
        "what needs it does not work: lending, taking back, forwarding events, or looking",
        f"{APPLY}; make a broker of your own by hand",
    ),
    (
        "trust-opened",
        _HIGH,
        "a role's trust policy lets in everybody, or a whole account",
        "whoever is let in may do what the role may, without asking",
        _TRUST,
    ),
    (
        "second-principal",
        _HIGH,
        "a role's trust policy names somebody beside the plan's",
        "the other takes up the role without asking",
        _TRUST,
    ),
    (
        "external-id-missing",
        _HIGH,
        "a role's trust policy asks for no external ID",
        "another customer of whoever runs Liftgate can reach the role through it",
        _TRUST,
    ),
    (
        "trust-loosened",
        _HIGH,
        "a condition fell out of a role's trust policy",
        "sessions come up without person, grant or name of Liftgate's, and nobody can tell whose they are",
        _TRUST,
    ),
    (
        "trust-narrowed",
        _LOW,
        "a role's trust policy keeps out whom the plan lets in",
        "Liftgate cannot take up the role",
        _TRUST,
    ),
    (
        "boundary-missing",
        _HIGH,
        "a role, or the broker, has no permissions boundary, or another",
        "a policy that is added to it counts in full; on an elevated role Liftgate's denies are refused",
        "put the plan's boundary on it",
    ),
    (
        "ceiling-widened",
        _HIGH,
        "an elevated role's ceiling allows more than its entitlements",
        "a lent session can be given more than the catalogue says",
        _POLICY,
    ),
    (
        "broker-widened",
        _HIGH,
        "a policy of the broker allows more than Liftgate calls",
        "whoever steals the broker's key gets that too",
        _POLICY,
    ),
    (
        "revoker-widened",
        _HIGH,
        "a policy of the revoker allows more than Liftgate calls",
        "whoever steals the broker's key gets that too, in the other account",
        _POLICY,
    ),
    (
        "auditor-widened",
        _HIGH,
        "a policy of the auditor allows more than a check reads",
        "whoever steals the broker's key gets that too",
        _POLICY,
    ),
    (
        "baseline-widened",
        _HIGH,
        "the policy of everyday access allows more than to list and get",
        "people write without asking",
        _POLICY,
    ),
    (
        "policy-added",
        _HIGH,
        "a role of the plan, or the broker, carries a policy that allows more than the plan",
        "as far as its boundary goes, it does more than was agreed on",
        "take the policy off it",
    ),
    (
        "policy-missing",
        _LOW,
        "a policy of the plan is not there, or not on its role or the broker",
        "what was agreed on does not work",
        APPLY,
    ),
    (
        "policy-narrowed",
        _LOW,
        "a policy allows less than the plan",
        "what was agreed on does not work, or access cannot be taken back",
        _POLICY,
    ),
    (
        "session-too-short",
        _LOW,
        "a role's longest session is shorter than the plan's",
        "windows that the catalogue allows are refused by STS",
        "set the role's MaxSessionDuration",
    ),
    (
        "session-too-long",
        _MEDIUM,
        "a role's longest session is longer than the plan's",
        "a stolen broker key gives sessions that live longer",
        "set the role's MaxSessionDuration",
    ),
    (
        "standing-permission",
        _HIGH,
        "a user or role may do already what an entitlement is for",
        "they write without asking, and no window ends it",
        "take the permission away, or say that it is meant: --expect ARN",
    ),
    (
        "bucket-opened",
        _HIGH,
        "a bucket's policy lets everybody, or another account, write where an entitlement does",
        "they write without asking",
        "take the statement out of the bucket's policy",
    ),
    (
        "bucket-names-session",
        _HIGH,
        "a bucket's policy names a session of an elevated role",
        "a session that is named is not held by its session policy: window and scope no longer count",
        "take the statement out of the bucket's policy, or name the role",
    ),
    (
        "bucket-names-broker",
        _HIGH,
        "a bucket's policy names the broker's user, or a session of its role",
        "the broker is not held by its boundary there: whoever has its key reads, or writes, without a grant",
        "take the statement out of the bucket's policy",
    ),
    (
        "bucket-lets-write",
        _MEDIUM,
        "a bucket's policy lets somebody write where an entitlement does",
        "they write without asking",
        "take the statement out of the bucket's policy, or say that it is meant: --expect ARN",
    ),
    (
        "bucket-missing",
        _LOW,
        "a bucket of the catalogue, or that of the log files, is not there",
        "what was agreed on does not work; somebody else can take its name",
        "make the bucket, or take it out of the catalogue",
    ),
    (
        "public-block-off",
        _MEDIUM,
        "a bucket's block of public access is not on, nor that of its account",
        "one wrong policy or ACL makes its objects public",
        "switch all four parts of the block on",
    ),
    (
        "access-point-opened",
        _HIGH,
        "an access point's policy lets everybody, or another account, write where an entitlement does",
        "they write without asking, as far as the bucket's policy lets access points decide",
        "take the statement out of the access point's policy",
    ),
    (
        "access-point-names-session",
        _HIGH,
        "an access point's policy names a session of an elevated role",
        "a session that is named is not held by its session policy: window and scope no longer count",
        "take the statement out of the access point's policy, or name the role",
    ),
    (
        "access-point-names-broker",
        _HIGH,
        "an access point's policy names the broker's user, or a session of its role",
        "the broker is not held by its boundary there: whoever has its key reads, or writes, without a grant",
        "take the statement out of the access point's policy",
    ),
    (
        "access-point-lets-write",
        _MEDIUM,
        "an access point's policy lets somebody write where an entitlement does",
        "they write without asking",
        "take the statement out of the access point's policy, or say that it is meant: --expect ARN",
    ),
    (
        "key-opened",
        _HIGH,
        "a KMS key's policy lets everybody, or an account that is not the plan's, use it",
        "what the bucket's policy keeps out is no longer kept out by the key",
        "take the statement out of the key's policy",
    ),
    (
        "key-disabled",
        _LOW,
        "a KMS key of the plan cannot be used",
        "objects can be neither read nor written; after its deletion never again",
        "enable the key; cancel its deletion first where it is pending",
    ),
)
