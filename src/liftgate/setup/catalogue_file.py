"""The catalogue that the answers describe, as a commented file for people to go on with."""

from typing import Final

from liftgate.setup.entitlements import Planned, entitlements
from liftgate.setup.flags import as_flags
from liftgate.setup.model import Draft, Proof
from liftgate.setup.people import everybody, full_name, ids
from liftgate.setup.written import in_yaml, list_in_yaml, quoted

CATALOGUE: Final = "catalogue.yaml"

_HEAD: Final = """\
# Who may ask for what, for how long, and who agrees. Yours to edit; check it after each change:
#   liftgate catalogue check catalogue.yaml
# Every key: docs/catalogue.md. It was written by
#   {command}
version: 1

"""
_PROVED: Final = {
    Proof.AWS: "# Everybody who asks or answers. An identity is what `aws sts get-caller-identity` answers them as `Arn`.\n",
    Proof.OIDC: "# Everybody who asks or answers. An identity is the provider, and the `sub` of its tokens for them.\n",
    Proof.LOCAL: "# Everybody who asks or answers. Identities are left out: by `local_sign_in` a name alone lets in, for a try.\n",
}
_GROUPS: Final = """\
groups:
  requesters: {requesters}
  reviewers: {reviewers}

guards: [reviewers] # may revoke any grant
auditors: [reviewers] # may read every request, every grant and the ledger

entitlements:
"""
_ENTITLEMENT: Final = """\
  - name: {name}
    description: {description}
    account: {account}
    role: {role} # `liftgate deploy` makes it; only Liftgate may take it up
    ceiling: # the most that may ever be asked for
      actions: {actions}
      locations: {locations}
      {kms_keys}
    longest: {longest}
    requesters: [requesters]
    review:
      reviewers: [reviewers] # nobody answers a request of their own
      approvals: 1
      # without_review: {{ longest: 5m, actions: [write] }} # what needs nobody's nod
    justification: {{ at_least: 10 }}
    # ticket: {{ required: true, pattern: "[A-Z]+-[0-9]+" }}
"""
_NO_KEYS: Final = (
    "# kms_keys: [] # the ARNs of KMS keys, where objects there are encrypted under keys of your own"
)


def catalogue_text(draft: Draft) -> str:
    """The file. Raises what the catalogue's own parsers say of an answer that it cannot be written with."""
    return (
        _HEAD.format(command=as_flags(draft))
        + _people(draft)
        + _GROUPS.format(
            requesters=list_in_yaml(ids(draft.holders)), reviewers=list_in_yaml(ids(draft.reviewers))
        )
        + "\n".join(_entitlement(draft, one) for one in entitlements(draft))
    )


def _people(draft: Draft) -> str:
    lines = [_PROVED[draft.proof], "people:\n"]
    for id_, identity in everybody(draft).items():
        lines.append(f"  {in_yaml(id_)}:\n    name: {in_yaml(full_name(id_))} # guessed: reviewers read it\n")
        if identity is not None:
            lines.append(f"    identities: {list_in_yaml([identity])}\n")
    return "".join(lines) + "\n"


def _entitlement(draft: Draft, one: Planned) -> str:
    return _ENTITLEMENT.format(
        name=in_yaml(one.name),
        description=in_yaml(one.description),
        account=quoted(draft.account),
        role=in_yaml(one.role_arn),
        actions=list_in_yaml(draft.actions),
        locations=list_in_yaml(one.locations),
        kms_keys=f"kms_keys: {list_in_yaml(one.kms_keys)}" if one.kms_keys else _NO_KEYS,
        longest=in_yaml(draft.longest),
    )
