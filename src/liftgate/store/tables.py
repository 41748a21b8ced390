"""Every table, one place. The migrations make the same; a test holds the two together on both databases.

Unique constraints are the last line of defence: one grant a request, one review a reviewer, one ending a grant, whatever the code
above gets wrong. Indexes carry the reason that they exist for; each list and each lookup of the hot path has one.
"""

from typing import Any, Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from liftgate.store.columns import BigNumber, Flag, Moment, ScopeText, Span, Words

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

# SQLite would otherwise keep any type in any column.
_STRICT: Final[dict[str, Any]] = {"sqlite_strict": True}
_OPEN: Final[dict[str, Any]] = {
    "sqlite_where": text("outcome IS NULL"),
    "postgresql_where": text("outcome IS NULL"),
}

requests = Table(
    "requests",
    metadata,
    Column("id", Text, primary_key=True),
    Column("requester", Text, nullable=False),
    Column("identity", Words, nullable=False),
    Column("entitlement", Text, nullable=False),
    Column("catalogue_version", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("role_arn", Text, nullable=False),
    Column("external_id", Text),
    Column("max_session", Span, nullable=False),
    Column("scope", ScopeText, nullable=False),
    Column("duration", Span, nullable=False),
    Column("starts_at", Moment),
    Column("justification", Words, nullable=False),
    Column("ticket", Words),
    Column("approvals_needed", Integer, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("lapses_at", Moment, nullable=False),
    # The fact that closed it, written by the transaction that recorded that fact; what only time decides is not here.
    Column("outcome", Text),
    CheckConstraint("outcome IN ('approved', 'denied', 'cancelled')", name="outcome"),
    Index(None, "asked_at", "id"),
    Index(None, "requester", "asked_at", "id"),
    Index(None, "entitlement", "asked_at", "id"),
    # What waits for an answer: the few that are open, however many are past.
    Index("ix_requests_open", "lapses_at", **_OPEN),
    Index("ix_requests_open_requester", "requester", "lapses_at", **_OPEN),
    Index("ix_requests_open_entitlement", "entitlement", "lapses_at", **_OPEN),
    **_STRICT,
)

reviews = Table(
    "reviews",
    metadata,
    Column("request_id", Text, ForeignKey("requests.id"), nullable=False),
    Column("reviewer", Text, nullable=False),
    Column("identity", Words, nullable=False),
    Column("answer", Text, nullable=False),
    Column("comment", Words, nullable=False),
    Column("reviewed_at", Moment, nullable=False),
    PrimaryKeyConstraint("request_id", "reviewer"),
    **_STRICT,
)

cancellations = Table(
    "cancellations",
    metadata,
    Column("request_id", Text, ForeignKey("requests.id"), primary_key=True),
    Column("by", Text, nullable=False),
    Column("cancelled_at", Moment, nullable=False),
    **_STRICT,
)

grants = Table(
    "grants",
    metadata,
    Column("id", Text, primary_key=True),
    Column("request_id", Text, ForeignKey("requests.id"), nullable=False),
    Column("requester", Text, nullable=False),
    Column("entitlement", Text, nullable=False),
    Column("catalogue_version", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("role_arn", Text, nullable=False),
    Column("external_id", Text),
    Column("max_session", Span, nullable=False),
    Column("scope", ScopeText, nullable=False),
    Column("starts_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("granted_at", Moment, nullable=False),
    UniqueConstraint("request_id"),
    Index(None, "granted_at", "id"),
    Index(None, "requester", "granted_at", "id"),
    Index(None, "entitlement", "granted_at", "id"),
    Index(None, "role_arn", "granted_at", "id"),
    # What is live: found from its end, so that past grants are never looked at.
    Index(None, "ends_at"),
    Index(None, "requester", "ends_at"),
    Index(None, "entitlement", "ends_at"),
    **_STRICT,
)

# The session that a request in place is for. A request without a row here is for sessions that are lent.
in_place_requests = Table(
    "in_place_requests",
    metadata,
    Column("request_id", Text, ForeignKey("requests.id"), primary_key=True),
    Column("user_id", Text, nullable=False),
    Column("policy", Words, nullable=False),
    Index(None, "user_id"),  # whose call it was, for each that CloudTrail tells
    **_STRICT,
)

# What the role's boundary was when the request was made: the grant stands no longer where it came to hold more.
in_place_boundaries = Table(
    "in_place_boundaries",
    metadata,
    Column("request_id", Text, ForeignKey("requests.id"), primary_key=True),
    Column("boundary", Words, nullable=False),
    **_STRICT,
)

# Roles that fixed the session's name at every look; a row goes at the first look that saw somebody choose.
fixed_names = Table(
    "fixed_names",
    metadata,
    Column("role_arn", Text, primary_key=True),
    Column("since", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    **_STRICT,
)

in_place_grants = Table(
    "in_place_grants",
    metadata,
    Column("grant_id", Text, ForeignKey("grants.id"), primary_key=True),
    # Of the grant, so that what a role should carry is found without its past grants.
    Column("role_arn", Text, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Index(None, "role_arn", "ends_at"),
    Index(None, "ends_at"),
    **_STRICT,
)

in_place_statements = Table(
    "in_place_statements",
    metadata,
    Column("role_arn", Text, nullable=False),
    Column("grant_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    PrimaryKeyConstraint("role_arn", "grant_id"),
    CheckConstraint("state IN ('intended', 'read_back', 'open')", name="state"),
    Index(None, "grant_id"),
    **_STRICT,
)

endings = Table(
    "endings",
    metadata,
    Column("grant_id", Text, ForeignKey("grants.id"), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("reason", Words, nullable=False),
    Column("ended_at", Moment, nullable=False),
    # Of the grant, so that the denies that a role should carry are found without its other grants.
    Column("role_arn", Text, nullable=False),
    Column("window_ends_at", Moment, nullable=False),
    Index(None, "role_arn", "window_ends_at"),
    Index(None, "window_ends_at"),
    **_STRICT,
)

sessions = Table(
    "sessions",
    metadata,
    Column("grant_id", Text, ForeignKey("grants.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("role_arn", Text, nullable=False),
    Column("intended_at", Moment, nullable=False),
    Column("lent_at", Moment),
    Column("access_key_id", Text),
    Column("expires_at", Moment),
    Column("failure", Words),
    PrimaryKeyConstraint("grant_id", "number"),
    UniqueConstraint("name"),
    UniqueConstraint("access_key_id"),
    **_STRICT,
)

session_endings = Table(
    "session_endings",
    metadata,
    Column("grant_id", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("by", Text, nullable=False),
    Column("reason", Words, nullable=False),
    Column("ended_at", Moment, nullable=False),
    # Of the grant, as in ``endings``.
    Column("role_arn", Text, nullable=False),
    Column("window_ends_at", Moment, nullable=False),
    PrimaryKeyConstraint("grant_id", "number"),
    ForeignKeyConstraint(["grant_id", "number"], ["sessions.grant_id", "sessions.number"]),
    Index(None, "role_arn", "window_ends_at"),
    Index(None, "window_ends_at"),
    **_STRICT,
)

denies_in_place = Table(
    "denies_in_place",
    metadata,
    Column("role_arn", Text, nullable=False),
    Column("grant_id", Text, nullable=False),  # or the name of one session
    PrimaryKeyConstraint("role_arn", "grant_id"),
    **_STRICT,
)

leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("until", Moment, nullable=False),
    **_STRICT,
)

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("person_id", Text, nullable=False),
    Column("identity_kind", Text, nullable=False),
    Column("identity_name", Words, nullable=False),
    Column("identity_account", Text),
    Column("identity_user_id", Words),
    Column("signed_in_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Index(None, "expires_at"),
    **_STRICT,
)

used_proofs = Table(
    "used_proofs",
    metadata,
    Column("proof_hash", Text, primary_key=True),
    Column("expires_at", Moment, nullable=False),
    Index(None, "expires_at"),
    **_STRICT,
)

ledger = Table(
    "ledger",
    metadata,
    Column("seq", BigNumber, primary_key=True, autoincrement=False),
    # Text, as it was hashed: a record is kept in the form in which it was sealed.
    Column("at", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("request_id", Text),
    Column("grant_id", Text),
    Column("body", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
    UniqueConstraint("previous"),
    UniqueConstraint("hash"),
    Index(None, "request_id", "seq"),
    Index(None, "grant_id", "seq"),
    **_STRICT,
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigNumber, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("leased_by", Text),
    Column("leased_until", Moment),
    Column("last_error", Words),
    Index(None, "due_at", "id"),
    sqlite_autoincrement=True,  # an id is never given twice, so a late report cannot hit another item
    **_STRICT,
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("person_id", Text, nullable=False),
    Column("key", Words, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("resource_id", Text),
    Column("used_at", Moment, nullable=False),
    PrimaryKeyConstraint("person_id", "key"),
    Index(None, "used_at"),
    **_STRICT,
)

# What CloudTrail told of calls. Without a reference to ``grants``: keeping a call never waits for whoever ends its grant.
activities = Table(
    "activities",
    metadata,
    Column("event_id", Text, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("grant_id", Text),
    Column("session_name", Words),
    Column("role_arn", Words),
    Column("service", Words, nullable=False),
    Column("operation", Words, nullable=False),
    Column("bucket", Words),
    Column("key", Words),
    Column("folder", Words, nullable=False),
    Column("version_id", Words),
    Column("made_version_id", Words),
    Column("requests", Words, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("because", Words, nullable=False),
    Column("refused", Flag, nullable=False),
    Column("error_code", Words),
    Column("source_address", Words),
    Column("user_agent", Words),
    Column("bytes_in", BigNumber),
    Column("bytes_out", BigNumber),
    Column("read_only", Flag),
    Column("record", Words),
    Index(None, "grant_id", "at", "event_id"),
    **_STRICT,
)

findings = Table(
    "findings",
    metadata,
    Column("id", Text, primary_key=True),
    Column("rule", Words, nullable=False),
    Column("title", Words, nullable=False),
    Column("because", Words, nullable=False),
    Column("severity", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("found_at", Moment, nullable=False),
    Column("grant_id", Text),
    Column("entitlement", Text),  # of the grant, so that its reviewers' list needs no other table
    Column("person", Text),
    Column("session_name", Words),
    Column("role_arn", Words),
    Column("event_ids", Text, nullable=False),
    CheckConstraint("severity IN ('informational', 'low', 'medium', 'high', 'critical')", name="severity"),
    CheckConstraint("answer IN ('nothing', 'alert', 'revoke', 'quarantine')", name="answer"),
    Index(None, "at", "id"),
    Index(None, "severity", "at", "id"),
    Index(None, "rule", "at", "id"),
    Index(None, "grant_id", "at", "id"),
    Index(None, "entitlement", "at", "id"),
    **_STRICT,
)

set_aside = Table(
    "set_aside",
    metadata,
    Column("id", Text, primary_key=True),
    Column("reason", Words, nullable=False),
    Column("source", Words, nullable=False),
    Column("excerpt", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "at", "id"),
    **_STRICT,
)

catalogue_versions = Table(
    "catalogue_versions",
    metadata,
    Column("version", Text, primary_key=True),
    Column("snapshot", Words, nullable=False),
    Column("first_seen_at", Moment, nullable=False),
    **_STRICT,
)
