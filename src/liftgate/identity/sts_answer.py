"""Reads what STS answered: one JSON or XML document, of exactly the form that GetCallerIdentity has, or nothing.

An answer that quotes what a caller chose, such as a session's name, must not be able to say anything else by it. So nothing is
searched for in the text: the document is parsed once, and each name in it must stand where it belongs, and only there.
"""

import json
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final
from xml.etree import ElementTree as ET

from liftgate.errors import LiftgateError
from liftgate.identity.aws_principal import CallerIdentity
from liftgate.identity.errors import ProofRefused, StsAnswerRefused, StsUnavailable
from liftgate.identity.sts_request import StsAnswer

_XML: Final = "{https://sts.amazonaws.com/doc/2011-06-15/}"
_NAMES: Final = frozenset({"Arn", "UserId", "Account"})
_LONGEST: Final = 2048  # an ARN, by the API Reference

# Which sentence an error gets; it decides nothing else, so finding it by a pattern is harmless.
_CODE: Final = re.compile(rb'(?:<Code>|"Code"\s*:\s*")([A-Za-z.]{1,64})[<"]')
_LATER: Final = frozenset(
    {"Throttling", "ThrottlingException", "RequestLimitExceeded", "ServiceUnavailable", "InternalFailure"}
)
_SIGN_IN_TO_AWS: Final = "sign in to AWS again, for example `aws sso login`, then repeat this"
_WHY: Final[Mapping[str, tuple[str, str]]] = {
    "ExpiredToken": ("the AWS credentials have expired", _SIGN_IN_TO_AWS),
    "ExpiredTokenException": ("the AWS credentials have expired", _SIGN_IN_TO_AWS),
    "InvalidClientTokenId": ("AWS does not know the access key, or not in that region", _SIGN_IN_TO_AWS),
    "SignatureDoesNotMatch": (
        "the signature was not made for this server, or with another secret key",
        "use the address of the server that it gives itself (`public_url`), and credentials that work with AWS",
    ),
    "RegionDisabledException": (
        "STS is switched off in that region of the caller's account",
        "name another region in the AWS profile, such as `us-east-1`",
    ),
}


def read_answer(answer: StsAnswer) -> CallerIdentity:
    """Whom STS named. Raises ``ProofRefused``, ``StsUnavailable`` or ``StsAnswerRefused``."""
    if answer.status != HTTPStatus.OK:
        raise _failure(answer)
    media_type = answer.content_type.partition(";")[0].strip().lower()
    try:
        text = answer.body.decode("utf-8")
        if media_type == "application/json":
            result = _from_json(text)
        elif media_type in {"text/xml", "application/xml"}:
            result = _from_xml(text)
        else:
            raise _unreadable()
    except (ValueError, RecursionError, ET.ParseError):
        raise _unreadable() from None
    return CallerIdentity(arn=result["Arn"], user_id=result["UserId"], account=result["Account"])


def _from_json(text: str) -> Mapping[str, str]:
    document = json.loads(text, object_pairs_hook=_each_once)
    outer = _members(document, {"GetCallerIdentityResponse"})["GetCallerIdentityResponse"]
    inner = _members(outer, {"GetCallerIdentityResult", "ResponseMetadata"})["GetCallerIdentityResult"]
    return _texts(_members(inner, _NAMES))


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _unreadable()
    return members


def _members(value: Any, names: frozenset[str] | set[str]) -> dict[str, Any]:
    if not isinstance(value, dict) or value.keys() != names:
        raise _unreadable()
    return value


def _from_xml(text: str) -> Mapping[str, str]:
    # A document type could define entities; a comment or an instruction could stand in the middle of a text.
    if "<!" in text or "<?" in text[1:]:
        raise _unreadable()
    root = ET.fromstring(text)  # noqa: S314  # without a document type there are no entities to expand
    response = _children(root, "GetCallerIdentityResponse", {"GetCallerIdentityResult", "ResponseMetadata"})
    result = _children(response["GetCallerIdentityResult"], "GetCallerIdentityResult", _NAMES)
    if any(len(element) or element.attrib for element in result.values()):
        raise _unreadable()
    return _texts({name: element.text for name, element in result.items()})


def _children(element: ET.Element, tag: str, names: frozenset[str] | set[str]) -> dict[str, ET.Element]:
    children = {child.tag: child for child in element}
    stray = [element.text, *(child.tail for child in element)]
    if (
        element.tag != _XML + tag
        or element.attrib
        or len(children) != len(element)
        or children.keys() != {_XML + name for name in names}
        or any(text and text.strip() for text in stray)
    ):
        raise _unreadable()
    return {name: children[_XML + name] for name in names}


def _texts(result: Mapping[str, object]) -> dict[str, str]:
    texts = {name: text for name, text in result.items() if isinstance(text, str) and len(text) <= _LONGEST}
    if texts.keys() != _NAMES:
        raise _unreadable()
    return texts


def _failure(answer: StsAnswer) -> LiftgateError:
    found = _CODE.search(answer.body)
    code = found[1].decode() if found else ""
    if (
        answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR
        or answer.status == HTTPStatus.TOO_MANY_REQUESTS
        or code in _LATER
    ):
        return StsUnavailable("STS does not answer just now", advice="try again in a moment")
    if answer.status in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        why, advice = _WHY.get(
            code, ("AWS does not accept the signature", "check that `aws sts get-caller-identity` works")
        )
        return ProofRefused(why, advice=advice)
    return _unreadable()


def _unreadable() -> StsAnswerRefused:
    return StsAnswerRefused(
        "what answered in the place of STS did not answer as STS does",
        advice="check that the server's address of STS leads to AWS, through no proxy that rewrites",
    )
