"""What can go wrong when IAM's language is read, compared or written: one class a kind of failure."""

from liftgate.errors import Invalid, Refused


class NotALocation(Invalid):
    """The text is neither ``s3://bucket/key`` nor the ARN of a bucket or object."""

    code = "not_a_location"


class BadBucket(Invalid):
    """The bucket's name breaks S3's naming rules, or is something that only looks like a bucket."""

    code = "bad_bucket"


class BadKey(Invalid):
    """The object key holds what cannot be proved, or what a reviewer could not see."""

    code = "bad_key"


class BadKmsKey(Invalid):
    """The text is not the ARN of one KMS key."""

    code = "bad_kms_key"


class UnknownAction(Invalid):
    """No S3 action, and no group, has this name."""

    code = "unknown_action"


class UnscopableAction(Invalid):
    """The action works on no bucket and no object, so no location can limit it."""

    code = "unscopable_action"


class WildcardTooWide(Invalid):
    """An action wildcard reaches an action that changes who may do what."""

    code = "wildcard_too_wide"


class EmptyScope(Invalid):
    """The scope, or an action in it, would allow nothing at all."""

    code = "empty_scope"


class UnknownOperation(Invalid):
    """An operation of S3's API that cannot be said in IAM actions."""

    code = "unknown_operation"


class UnknownTarget(Invalid):
    """A call of S3's API that does not tell what it reaches."""

    code = "unknown_target"


class PolicyFault(Invalid):
    """The text is not an IAM policy. ``where`` is ``<JSON path>:<line>:<column>``."""

    code = "bad_policy"


class RepeatedKey(Invalid):
    """The context of a request has one condition key twice, in two spellings."""

    code = "repeated_key"


class ScopeTooLarge(Refused):
    """The policy for this scope does not fit where AWS takes it."""

    code = "scope_too_large"


class Unproved(Refused):
    """The short spelling of a policy could not be proved equal to the long one, so it is not used."""

    code = "unproved_policy"
