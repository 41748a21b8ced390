"""Who an access key belongs to, by what ministack knows, as CloudTrail's ``userIdentity``.

Ministack keeps no source identities; those are remembered here, as calls to AssumeRole go by.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from liftgate.demo.trail.record import told
from liftgate.demo.trail.seen import SeenAnswer, SeenCall, action_of

_OK: Final = 200


@dataclass(frozen=True, slots=True)
class Callers:
    """Looks up who calls."""

    _source_identities: dict[str, str] = field(default_factory=dict, repr=False)  # by access key id

    def identity(self, access_key_id: str) -> dict[str, Any] | None:
        """The ``userIdentity`` of whoever holds a key; None where nobody does any more."""
        from ministack.core import iam_evaluator  # noqa: PLC0415  # belongs to the demo extra
        from ministack.services import sts  # noqa: PLC0415

        session = sts._sessions.get(access_key_id)  # noqa: SLF001 - it has no public way to ask
        number = access_key_id if access_key_id.isdigit() else None  # a further account's root, past the gate
        account = (session or {}).get("AccountId") or iam_evaluator.find_iam_access_key_account(access_key_id)
        found = iam_evaluator.resolve_credential(access_key_id, account or number)
        if isinstance(found, iam_evaluator.CredentialResolutionError):
            return None
        of_all = {
            "principalId": found.principal_id,
            "arn": found.principal_arn,
            "accountId": found.account_id,
        }
        if found.principal_type == "Root":
            return {"type": "Root", **of_all}  # without its key: knowing that one is being root
        of_all["accessKeyId"] = access_key_id
        if found.principal_type == "AssumedRole":
            context = self._of_role(access_key_id, found.principal_arn, found.account_id, session or {})
            return {"type": "AssumedRole", **of_all, "sessionContext": context}
        kind = "IAMUser" if found.principal_type == "User" else "FederatedUser"
        context = {"sessionContext": {"attributes": _attributes(session)}} if session else {}
        return {"type": kind, **of_all, "userName": found.principal_name, **context}

    def remember(self, call: SeenCall, answer: SeenAnswer) -> None:
        """Keep the source identity with which a role was assumed; one that was set before goes along."""
        if call.service != "sts" or answer.status != _OK:
            return
        action, said = action_of(call, answer)
        inherited = self._source_identities.get(call.access_key_id)
        source, new_key = inherited or said.get("SourceIdentity"), told(answer.start, "AccessKeyId")
        if action == "AssumeRole" and source and new_key:
            self._source_identities[new_key] = source

    def _of_role(
        self, access_key_id: str, arn: str, account: str, session: Mapping[str, Any]
    ) -> dict[str, Any]:
        from ministack.services import iam  # noqa: PLC0415  # belongs to the demo extra

        name = arn.split("/")[-2]
        role = iam._roles.get_scoped(account, None, name) or {}  # noqa: SLF001 - as above
        context: dict[str, Any] = {
            "sessionIssuer": {
                "type": "Role",
                "principalId": str(session.get("UserId", "")).partition(":")[0],
                "arn": role.get("Arn") or f"arn:aws:iam::{account}:role/{name}",
                "accountId": account,
                "userName": name,
            },
            "attributes": _attributes(session),
        }
        source = self._source_identities.get(access_key_id)
        return context | ({"sourceIdentity": source} if source else {})


def _attributes(session: Mapping[str, Any]) -> dict[str, str]:
    issued = datetime.fromtimestamp(float(session.get("IssuedAt", 0)), UTC)
    return {"creationDate": issued.strftime("%Y-%m-%dT%H:%M:%SZ"), "mfaAuthenticated": "false"}
