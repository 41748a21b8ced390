"""Digest files as CloudTrail writes them, with a key of our own."""

import base64
import gzip
import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.watch.replay_examples import numbered

BUCKET = "trail-logs"
ACCOUNT = "111122223333"
REGION = "eu-west-1"
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


@cache
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def fingerprint(of: rsa.RSAPrivateKey) -> str:
    return hashlib.md5(der(of)).hexdigest()  # noqa: S324 - a name, no protection


def der(of: rsa.RSAPrivateKey) -> bytes:
    return of.public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1)


def keys_text(*of: rsa.RSAPrivateKey) -> bytes:
    """As ``aws cloudtrail list-public-keys`` prints them."""
    listed = [
        {"Value": base64.b64encode(der(one)).decode(), "Fingerprint": fingerprint(one)}
        for one in of or (key(),)
    ]
    return json.dumps({"PublicKeyList": listed}, indent=4).encode() + b"\n"


@dataclass
class Trail:
    """A trail that delivers a log file and a digest each hour; ``objects`` is its bucket."""

    objects: dict[str, bytes] = field(default_factory=dict)
    signatures: dict[str, str] = field(default_factory=dict)
    hours: int = 0
    signer: rsa.RSAPrivateKey = field(default_factory=key)
    previous: tuple[str, bytes, str] | None = None

    def hour(self, logs: int = 2) -> str:
        """One more; gives the key of its digest."""
        start = NOON + timedelta(hours=self.hours)
        end = start + timedelta(hours=1)
        self.hours += 1
        listed = [self._log(start, number) for number in range(logs)]
        name = f"{ACCOUNT}_{'CloudTrail-Digest'}_{REGION}_main_{REGION}_{end:%Y%m%dT%H%M%SZ}.json.gz"
        place = f"AWSLogs/{ACCOUNT}/CloudTrail-Digest/{REGION}/{end:%Y/%m/%d}/{name}"
        before = self.previous
        digest = {
            "awsAccountId": ACCOUNT,
            "digestStartTime": f"{start:%Y-%m-%dT%H:%M:%SZ}",
            "digestEndTime": f"{end:%Y-%m-%dT%H:%M:%SZ}",
            "digestS3Bucket": BUCKET,
            "digestS3Object": place,
            "digestPublicKeyFingerprint": fingerprint(self.signer),
            "digestSignatureAlgorithm": "SHA256withRSA",
            "newestEventTime": f"{end:%Y-%m-%dT%H:%M:%SZ}",
            "oldestEventTime": f"{start:%Y-%m-%dT%H:%M:%SZ}",
            "previousDigestS3Bucket": BUCKET if before else None,
            "previousDigestS3Object": before[0] if before else None,
            "previousDigestHashValue": hashlib.sha256(before[1]).hexdigest() if before else None,
            "previousDigestHashAlgorithm": "SHA-256" if before else None,
            "previousDigestSignature": before[2] if before else None,
            "logFiles": listed,
        }
        text = json.dumps(digest).encode()
        self.objects[place] = gzip.compress(text)
        self.signatures[place] = signature = self.sign(digest, text)
        self.previous = (place, text, signature)
        return place

    def sign(self, digest: dict[str, Any], text: bytes) -> str:
        signed = (
            f"{digest['digestEndTime']}\n{digest['digestS3Bucket']}/{digest['digestS3Object']}\n"
            f"{hashlib.sha256(text).hexdigest()}\n{digest['previousDigestSignature'] or 'null'}"
        )
        return self.signer.sign(signed.encode(), padding.PKCS1v15(), SHA256()).hex()

    def _log(self, start: datetime, number: int) -> dict[str, Any]:
        at = start + timedelta(minutes=5 * number)
        name = f"{ACCOUNT}_CloudTrail_{REGION}_{at:%Y%m%dT%H%MZ}_{number:016}.json.gz"
        place = f"AWSLogs/{ACCOUNT}/CloudTrail/{REGION}/{at:%Y/%m/%d}/{name}"
        record = numbered(self.hours * 100 + number, eventTime=f"{at:%Y-%m-%dT%H:%M:%SZ}")
        text = json.dumps({"Records": [record]}).encode()
        self.objects[place] = gzip.compress(text)
        return {
            "s3Bucket": BUCKET,
            "s3Object": place,
            "hashValue": hashlib.sha256(text).hexdigest(),
            "hashAlgorithm": "SHA-256",
            "newestEventTime": f"{at:%Y-%m-%dT%H:%M:%SZ}",
            "oldestEventTime": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        }
