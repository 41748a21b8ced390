"""Policies as JSON's objects: every element of a statement, in the spellings that AWS takes."""

from typing import Any, Final

from tests.iam.generated.conditions import draw_conditions
from tests.iam.generated.draw import Draw
from tests.iam.generated.vocabulary import (
    ACCOUNT,
    ACTIONS,
    ANONYMOUS,
    FEDERATED,
    OTHER_ACCOUNT,
    ROLE,
    ROOT,
    SERVICE,
    SESSION,
    USER,
    USER_IN_PATH,
    Action,
    actions_of,
)

_VERSION: Final = "2012-10-17"
_EVERYTHING: Final = {"Effect": "Allow", "Action": "*", "Resource": "*"}
FULL_ACCESS: Final = {"Version": _VERSION, "Statement": _EVERYTHING}
FULL_RCP: Final = {"Version": _VERSION, "Statement": {**_EVERYTHING, "Principal": "*"}}

_BROAD: Final = (
    "arn:aws:s3:::alpha/*",
    "arn:aws:s3:::*/a/*",
    "arn:aws:s3:::alpha/${aws:username}/*",
    "arn:aws:s3:::alpha/${aws:PrincipalTag/team, 'a'}/*",
    "arn:aws:s3:::*/?/x",
    "arn:aws:s3:::alpha",
    f"arn:aws:kms:*:{ACCOUNT}:key/*",
    "arn:aws:sqs:us-east-1:*:jobs*",
    f"arn:aws:dynamodb:*:{ACCOUNT}:table/*",
    f"arn:aws:iam::{ACCOUNT}:user/${{aws:username}}",
    f"arn:aws:iam::{ACCOUNT}:role/*",
)


class Writer:
    """Writes policies about one service, mostly, and about resources of one account."""

    def __init__(self, draw: Draw, service: str, owner: str) -> None:
        self._draw = draw
        self._service = service
        self._owner = owner

    def several(self, *, least: int, most: int, generous: bool = False) -> list[dict[str, Any]]:
        count = self._draw.one(range(least, most + 1))
        return [self.policy(generous=generous) for _ in range(count)]

    def policy(self, *, generous: bool = False) -> dict[str, Any]:
        statements = [self._statement(generous=generous) for _ in range(self._draw.one((1, 1, 2, 3)))]
        return self._document(statements)

    def denies(self) -> dict[str, Any]:
        return self._document([self._statement(effect="Deny") for _ in range(self._draw.one((1, 2)))])

    def resource_control(self) -> dict[str, Any]:
        """A resource control policy: denies only, of everybody, by ``Action``, of services that know them."""
        statement = self._statement(effect="Deny", generous=True)
        statement.pop("NotAction", None)
        statement["Action"] = self._draw.one((f"{self._service}:*", self._target().name))
        return {"Version": _VERSION, "Statement": [{**statement, "Principal": "*"}]}

    def resource_policy(self, caller: str) -> dict[str, Any]:
        statements = []
        for _ in range(self._draw.one((1, 1, 2))):
            statement = self._statement(generous=True)
            name = "NotPrincipal" if statement["Effect"] == "Deny" and self._draw.chance(0.2) else "Principal"
            statement[name] = _principal(self._draw, caller, everybody=name == "Principal")
            statements.append(statement)
        return self._document(statements)

    def _document(self, statements: list[dict[str, Any]]) -> dict[str, Any]:
        version = _VERSION if self._draw.chance(0.75) else "2008-10-17"
        one = len(statements) == 1 and self._draw.chance(0.3)
        return {"Version": version, "Statement": statements[0] if one else statements}

    def _statement(self, *, effect: str | None = None, generous: bool = False) -> dict[str, Any]:
        draw, target = self._draw, self._target()
        statement: dict[str, Any] = {"Effect": effect or ("Allow" if draw.chance(0.75) else "Deny")}
        wide = generous and statement["Effect"] == "Allow"
        statement |= self._actions(target, wide=wide)
        statement |= self._resources(target, wide=wide)
        if draw.chance(0.25 if wide else 0.55):
            statement["Condition"] = draw_conditions(draw, target)
        return statement

    def _target(self) -> Action:
        draw = self._draw
        return draw.one(actions_of(self._service) if draw.chance(0.93) else ACTIONS)

    def _actions(self, target: Action, *, wide: bool) -> dict[str, Any]:
        draw = self._draw
        if draw.chance(0.1):
            others = [self._target().name for _ in range(draw.one((1, 2)))]
            return {"NotAction": _one_or_many(draw, others)}
        if wide and draw.chance(0.6):
            return {"Action": draw.one(("*", f"{self._service}:*"))}
        spellings = [
            _spelling(draw, one.name)
            for one in (target, *(self._target() for _ in range(draw.one((0, 0, 1, 2)))))
        ]
        return {"Action": _one_or_many(draw, spellings)}

    def _resources(self, target: Action, *, wide: bool) -> dict[str, Any]:
        draw = self._draw
        if draw.chance(0.08):
            return {"NotResource": _one_or_many(draw, [self._resource(self._target())])}
        if draw.chance(0.6 if wide else 0.25):
            return {"Resource": "*"}
        resources = [
            self._resource(one) for one in (target, *(self._target() for _ in range(draw.one((0, 0, 1)))))
        ]
        return {"Resource": _one_or_many(draw, resources)}

    def _resource(self, target: Action) -> str:
        return owned(self._pattern(target), self._owner)

    def _pattern(self, target: Action) -> str:
        draw = self._draw
        arn = draw.one(target.resources)
        if arn == "*" or draw.chance(0.3):
            return arn
        if draw.chance(0.4):
            fitting = [pattern for pattern in _BROAD if pattern.split(":")[2] == arn.split(":")[2]]
            return draw.one(fitting)
        head, _, tail = arn.rpartition(":")
        cut = draw.one(range(1, len(tail) + 1))
        return f"{head}:{tail[:cut]}{draw.one(('*', '*', '?', '?*', '${*}'))}"


def owned(arn: str, owner: str) -> str:
    """The resource as ``owner``'s."""
    return arn.replace(f":{ACCOUNT}:", f":{owner}:")


def _spelling(draw: Draw, name: str) -> str:
    """An action as people write it: whole, in another case, or with wildcards."""
    service, _, action = name.partition(":")
    return draw.weighted(
        {
            name: 5,
            f"{service}:{action[:3]}*": 2,
            f"{service}:*": 1,
            f"{service}:*{action[-4:]}": 1,
            f"{service}:?{action[1:]}": 0.5,
            f"{service}:{action.lower()}": 0.7,
            f"{service.upper()}:{action.upper()}": 0.3,
            "*": 0.3,
        }
    )


def _principal(draw: Draw, caller: str, *, everybody: bool) -> Any:
    """Who is named: often the caller, its role or its account; ``*`` only where it may be."""
    if everybody and draw.chance(0.2):
        return draw.one(("*", {"AWS": "*"}))
    if caller == SERVICE and draw.chance(0.6):
        return {"Service": draw.one((SERVICE, [SERVICE, "s3.amazonaws.com"]))}
    likely = {ANONYMOUS: ROOT, SERVICE: ROOT}.get(caller, caller)
    names = [
        likely,
        ROLE,
        ROOT,
        ACCOUNT,
        SESSION,
        USER,
        USER_IN_PATH,
        FEDERATED,
        f"arn:aws:iam::{OTHER_ACCOUNT}:root",
    ]
    chosen = [draw.one((likely, ROOT, draw.one(names)))]
    if draw.chance(0.3):
        chosen.append(draw.one(names))
    return {"AWS": _one_or_many(draw, chosen)}


def _one_or_many(draw: Draw, values: list[str]) -> str | list[str]:
    distinct = list(dict.fromkeys(values))
    return distinct[0] if len(distinct) == 1 and draw.chance(0.7) else distinct
