"""CloudTrail's public keys, by which the signatures of its digest files are checked.

Source: "ListPublicKeys", AWS CloudTrail API Reference: PKCS #1 in DER, named by a fingerprint; a key pair for each Region.
"""

import base64
import binascii
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, TypeAlias

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from liftgate.watch.errors import KeysUnreadable

Keys: TypeAlias = Mapping[str, RSAPublicKey]
"""By fingerprint."""

_ADVICE: Final = "aws cloudtrail list-public-keys --start-time T --end-time T --region REGION >keys.json"


class _Key(msgspec.Struct):
    fingerprint: str = msgspec.field(name="Fingerprint")
    value: str = msgspec.field(name="Value")


class _Keys(msgspec.Struct):
    keys: list[_Key] = msgspec.field(name="PublicKeyList")


def read_keys(text: bytes, *, where: str) -> Keys:
    """What ``aws cloudtrail list-public-keys`` printed; of several Regions, one after another. Raises ``KeysUnreadable``."""
    found: dict[str, RSAPublicKey] = {}
    for document in _documents(text, where):
        try:
            listed = msgspec.json.decode(document, type=_Keys).keys
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise _unreadable(str(error), where) from None
        for number, one in enumerate(listed):
            place = f"{where}, $.PublicKeyList[{number}]"
            try:
                found[one.fingerprint] = _key(base64.b64decode(one.value, validate=True), place)
            except binascii.Error:
                raise _unreadable("a key is not in base64", place) from None
    return found


def listed_keys(client: Any, since: datetime, until: datetime) -> Keys:
    """The keys that were in use in a span, from CloudTrail itself. ``client``: boto3's, of the digests' Region."""
    found: dict[str, RSAPublicKey] = {}
    asked: dict[str, Any] = {"StartTime": since, "EndTime": until}
    while True:
        answer = client.list_public_keys(**asked)
        for one in answer["PublicKeyList"]:
            found[one["Fingerprint"]] = _key(one["Value"], "CloudTrail's answer")
        if not answer.get("NextToken"):
            return found
        asked["NextToken"] = answer["NextToken"]


def _documents(text: bytes, where: str) -> Iterable[bytes]:
    """JSON documents that stand one after another, as ``cat`` joins files."""
    parts = text.replace(b"}\n{", b"}\0{").split(b"\0")
    if not text.strip():
        raise _unreadable("it is empty", where)
    return parts


def _key(der: bytes, where: str) -> RSAPublicKey:
    try:
        key = load_der_public_key(der)
    except (ValueError, UnsupportedAlgorithm):
        raise _unreadable("a key is not RSA's, in PKCS #1", where) from None
    if not isinstance(key, RSAPublicKey):
        raise _unreadable("a key is not RSA's", where)
    return key


def _unreadable(what: str, where: str) -> KeysUnreadable:
    return KeysUnreadable(
        f"CloudTrail's public keys cannot be read: {what[:200]}", advice=_ADVICE, where=where
    )
