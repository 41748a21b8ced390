"""Whether log files are what CloudTrail wrote: its digest files, their signatures, the chain of them, and each log file's hash.

Sources: "CloudTrail digest file structure" and "Custom implementations of CloudTrail log file integrity validation", AWS
CloudTrail User Guide. A digest's own signature lies in the metadata of its S3 object, which a copy in a folder has lost; but
the next digest repeats it. So in a folder all but the newest of each chain can be proved.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from liftgate.watch.digest_keys import Keys
from liftgate.watch.finding import Answer, Finding, Severity, finding_id
from liftgate.watch.unpacking import unpack


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A digest file as it lies somewhere."""

    where: str  # how people are told of it
    name: str  # without folders
    data: bytes
    signature: str | None = None  # hexadecimal, from its metadata


class Store(Protocol):
    """Where digests and log files lie."""

    def digests(self) -> Iterable[Stored]:
        """All digest files, in any order."""
        ...

    def log_file(self, bucket: str, key: str) -> bytes | None:
        """A log file by the place at which CloudTrail put it; None where it is not there."""
        ...


@dataclass(slots=True, kw_only=True)
class Verified:
    """What was proved, and what was found wrong."""

    digests: int = 0  # whose signatures hold
    log_files: int = 0  # that are as those digests say
    unproved: list[str] = field(default_factory=list)  # digests of which nobody here has the signature
    findings: list[Finding] = field(default_factory=list)


class _LogFile(msgspec.Struct, frozen=True, rename="camel"):
    s3_bucket: str = msgspec.field(name="s3Bucket")
    s3_object: str = msgspec.field(name="s3Object")
    hash_value: str = msgspec.field(name="hashValue")


class _Digest(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    start: datetime = msgspec.field(name="digestStartTime")
    end: datetime = msgspec.field(name="digestEndTime")
    bucket: str = msgspec.field(name="digestS3Bucket")
    object: str = msgspec.field(name="digestS3Object")
    fingerprint: str = msgspec.field(name="digestPublicKeyFingerprint")
    previous_object: str | None = msgspec.field(default=None, name="previousDigestS3Object")
    previous_hash: str | None = msgspec.field(default=None, name="previousDigestHashValue")
    previous_signature: str | None = msgspec.field(default=None, name="previousDigestSignature")
    log_files: list[_LogFile] = []


class _EndAsWritten(msgspec.Struct):
    end: str = msgspec.field(name="digestEndTime")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Link:
    """A digest in its chain."""

    stored: Stored
    digest: _Digest
    text: bytes

    @property
    def chain(self) -> str:
        """Digests of one account, Region and trail have one name, but for the moment at its end."""
        name = self.digest.object.rpartition("/")[2].removesuffix(".json.gz")
        kind = "_backfill" if name.endswith("_backfill") else ""
        return name.removesuffix("_backfill").rpartition("_")[0] + kind


def verify(store: Store, keys: Keys) -> Verified:
    """Hold every digest and every log file that one names against each other and the keys."""
    verified = Verified()
    chains: dict[str, list[_Link]] = {}
    for stored in store.digests():
        link = _read(stored, verified)
        if link is not None:
            chains.setdefault(link.chain, []).append(link)
    for name in sorted(chains):
        links = sorted(chains[name], key=lambda one: (one.digest.end, one.digest.object))
        _verify_chain(links, store, keys, verified)
    return verified


def _read(stored: Stored, verified: Verified) -> _Link | None:
    unpacked = unpack(stored.data)
    try:
        digest = msgspec.json.decode(unpacked.text, type=_Digest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        digest = None
    if unpacked.fault is not None or digest is None:
        verified.findings.append(_unreadable(stored))
        return None
    return _Link(stored=stored, digest=digest, text=unpacked.text)


def _verify_chain(links: Sequence[_Link], store: Store, keys: Keys, verified: Verified) -> None:
    by_object = {link.digest.object: link for link in links}
    following = {link.digest.previous_object: link for link in links if link.digest.previous_object}
    for place, link in enumerate(links):
        faults = [*_chain_faults(link, by_object, is_first=place == 0)]
        after = following.get(link.digest.object)
        faults += _changed(link, after)
        signature = link.stored.signature or (after.digest.previous_signature if after else None)
        if signature is None:
            verified.unproved.append(link.stored.where)
        else:
            faults += _signature_faults(link, signature, keys)
        is_proved = signature is not None and not faults
        verified.digests += is_proved
        for log in link.digest.log_files:
            fault = _log_fault(log, store, link)
            if fault is not None:
                faults.append(fault)
            elif is_proved:
                verified.log_files += 1
        verified.findings += faults


def _chain_faults(link: _Link, by_object: Mapping[str, _Link], *, is_first: bool) -> Iterator[Finding]:
    digest = link.digest
    if link.stored.name != digest.object.rpartition("/")[2]:
        yield _found(
            "digest-moved", link, Severity.HIGH, f"it says that CloudTrail put it at `{digest.object[:200]}`"
        )
    if is_first:
        return  # what came before was not asked for
    if digest.previous_object is None:
        yield _found(
            "digest-chain-broken",
            link,
            Severity.MEDIUM,
            f"it names none before it: the trail wrote no digests until {digest.start:%Y-%m-%dT%H:%M:%SZ}",
        )
    elif digest.previous_object not in by_object:
        yield _found(
            "digest-missing",
            link,
            Severity.CRITICAL,
            f"the digest before it, `{digest.previous_object[:200]}`, is not here",
        )


def _changed(link: _Link, after: _Link | None) -> Iterator[Finding]:
    said = after.digest.previous_hash if after else None
    if said is not None and said.lower() != hashlib.sha256(link.text).hexdigest():
        yield _found("digest-changed", link, Severity.CRITICAL, "the digest after it has another hash of it")


def _signature_faults(link: _Link, signature: str, keys: Keys) -> Iterator[Finding]:
    key = keys.get(link.digest.fingerprint)
    if key is None:
        yield _found(
            "digest-key-unknown",
            link,
            Severity.HIGH,
            f"its key `{link.digest.fingerprint[:64]}` is not among those given: list the keys of its Region and time",
        )
        return
    try:
        key.verify(bytes.fromhex(signature), _signed(link), PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError):
        yield _found(
            "digest-signature-wrong",
            link,
            Severity.CRITICAL,
            "its signature is not CloudTrail's: it was changed, or forged",
        )


def _signed(link: _Link) -> bytes:
    """The text that CloudTrail signed."""
    digest = link.digest
    end = msgspec.json.decode(link.text, type=_EndAsWritten).end
    place = f"{digest.bucket}/{digest.object}"
    text_hash = hashlib.sha256(link.text).hexdigest()
    return "\n".join([end, place, text_hash, digest.previous_signature or "null"]).encode()


def _log_fault(log: _LogFile, store: Store, link: _Link) -> Finding | None:
    data = store.log_file(log.s3_bucket, log.s3_object)
    if data is None:
        return _found(
            "log-file-missing",
            link,
            Severity.CRITICAL,
            f"CloudTrail delivered `{log.s3_object}`, and it is not here",
            about=log.s3_object,
        )
    unpacked = unpack(data)
    if unpacked.fault is None and hashlib.sha256(unpacked.text).hexdigest() == log.hash_value.lower():
        return None
    return _found(
        "log-file-changed",
        link,
        Severity.CRITICAL,
        f"`{log.s3_object}` is not what CloudTrail delivered",
        about=log.s3_object,
    )


_TITLES: Final = {
    "digest-moved": "A digest file is not where CloudTrail put it",
    "digest-chain-broken": "Digest files begin anew",
    "digest-missing": "A digest file is missing",
    "digest-changed": "A digest file was changed",
    "digest-key-unknown": "A digest file's key is not known",
    "digest-signature-wrong": "A digest file's signature is wrong",
    "log-file-missing": "A log file is missing",
    "log-file-changed": "A log file was changed",
    "digest-unreadable": "A digest file cannot be read",
}


def _found(rule: str, link: _Link, severity: Severity, because: str, *, about: str | None = None) -> Finding:
    subject = about or link.digest.object
    said = because if about else f"{link.stored.where}: {because}"
    return Finding(
        id=finding_id(rule, subject),
        rule=rule,
        title=_TITLES[rule],
        because=said,
        severity=severity,
        answer=Answer.ALERT,
        at=link.digest.end,
    )


def _unreadable(stored: Stored) -> Finding:
    rule = "digest-unreadable"
    return Finding(
        id=finding_id(rule, stored.name),
        rule=rule,
        title=_TITLES[rule],
        because=f"{stored.where} is damaged, or no digest",
        severity=Severity.CRITICAL,
        answer=Answer.ALERT,
        at=_BEGINNING,
    )


_BEGINNING: Final = datetime.fromisoformat(
    "1970-01-01T00:00:00+00:00"
)  # when it was written, it does not tell
