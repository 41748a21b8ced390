"""What keeps a deployment from being written."""

from liftgate.errors import Conflict, Invalid


class AccountUnclear(Invalid):
    """It cannot be told in which account the broker is to be."""

    code = "deploy_account_unclear"


class BadDeployOption(Invalid):
    """An option names something that cannot be deployed."""

    code = "bad_deploy_option"


class CeilingsTooLarge(Invalid):
    """Entitlements share a role, and their ceilings together fit into no permissions boundary."""

    code = "ceilings_too_large"


class TooManyRoles(Invalid):
    """The broker's rights fit into no role."""

    code = "too_many_roles"


class TooLongForIam(Invalid):
    """A policy is longer than IAM takes."""

    code = "too_long_for_iam"


class NotOurFile(Conflict):
    """A file stands where one would be written that somebody else wrote."""

    code = "not_our_file"
