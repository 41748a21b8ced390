"""Log files that were changed, or are missing, are told from those that CloudTrail wrote."""

import base64
import gzip
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from awscli.customizations.cloudtrail.validation import Sha256RSADigestValidator
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.watch.digest_examples import BUCKET, NOON, Trail, der, fingerprint, key, keys_text

from liftgate.watch.digest import Stored, Verified, verify
from liftgate.watch.digest_keys import listed_keys, read_keys
from liftgate.watch.errors import KeysUnreadable
from liftgate.watch.log_files import log_files
from liftgate.watch.log_folder import LogFolder
from liftgate.watch.log_kinds import DIGESTS


class Bucket:
    """A trail's bucket, with what digests have in their metadata."""

    def __init__(self, trail: Trail, *, signatures: bool = True) -> None:
        self._trail = trail
        self._signatures = trail.signatures if signatures else {}

    def digests(self) -> Iterator[Stored]:
        for place, data in self._trail.objects.items():
            if DIGESTS in place:
                name = place.rpartition("/")[2]
                yield Stored(where=place, name=name, data=data, signature=self._signatures.get(place))

    def log_file(self, bucket: str, key: str) -> bytes | None:
        assert bucket == BUCKET
        return self._trail.objects.get(key)


@pytest.fixture
def trail() -> Trail:
    made = Trail()
    for _ in range(4):
        made.hour()
    return made


def verified(trail: Trail, *, signatures: bool = True, keys: bytes | None = None) -> Verified:
    return verify(Bucket(trail, signatures=signatures), read_keys(keys or keys_text(), where="keys.json"))


def rules(found: Verified) -> list[str]:
    return sorted(finding.rule for finding in found.findings)


def digests(trail: Trail) -> list[str]:
    return [place for place in trail.objects if DIGESTS in place]


def logs(trail: Trail) -> list[str]:
    return [place for place in trail.objects if DIGESTS not in place]


def test_what_nobody_touched(trail: Trail) -> None:
    found = verified(trail)
    assert (found.digests, found.log_files, found.unproved, found.findings) == (4, 8, [], [])


def test_awss_own_tool_takes_the_same_signatures(trail: Trail) -> None:
    for place in digests(trail):
        text = gzip.decompress(trail.objects[place])
        told = json.loads(text) | {"_signature": trail.signatures[place]}
        public = json.loads(keys_text())["PublicKeyList"][0]["Value"]
        Sha256RSADigestValidator().validate(BUCKET, place, public, told, text)


def test_without_metadata_the_next_digest_proves_each_but_the_newest(trail: Trail) -> None:
    found = verified(trail, signatures=False)
    assert (found.digests, found.log_files, found.findings) == (3, 6, [])
    assert found.unproved == [digests(trail)[-1]]


def changed_log(trail: Trail) -> None:
    place = logs(trail)[2]
    trail.objects[place] = gzip.compress(
        gzip.decompress(trail.objects[place]).replace(b"PutObject", b"GetObject")
    )


def cut_log(trail: Trail) -> None:
    place = logs(trail)[2]
    trail.objects[place] = trail.objects[place][:-9]


def missing_log(trail: Trail) -> None:
    del trail.objects[logs(trail)[2]]


def missing_digest(trail: Trail) -> None:
    del trail.objects[digests(trail)[1]]


def changed_digest(trail: Trail) -> None:
    """Somebody took a log file out of a digest."""
    place = digests(trail)[1]
    digest = json.loads(gzip.decompress(trail.objects[place]))
    del digest["logFiles"][0]
    trail.objects[place] = gzip.compress(json.dumps(digest).encode())


def wrong_signature(trail: Trail) -> None:
    """The newest digest, signed by somebody else."""
    place = digests(trail)[-1]
    forger = Trail(signer=rsa.generate_private_key(public_exponent=65537, key_size=2048))
    text = gzip.decompress(trail.objects[place])
    trail.signatures[place] = forger.sign(json.loads(text), text)


def no_signature_at_all(trail: Trail) -> None:
    trail.signatures[digests(trail)[-1]] = "nonsense"


def moved_digest(trail: Trail) -> None:
    place = digests(trail)[-1]
    trail.objects[place.replace("main", "other")] = trail.objects.pop(place)
    trail.signatures[place.replace("main", "other")] = trail.signatures.pop(place)


def damaged_digest(trail: Trail) -> None:
    trail.objects[digests(trail)[-1]] = b"\x1f\x8bnonsense"


def emptied_digest(trail: Trail) -> None:
    trail.objects[digests(trail)[-1]] = gzip.compress(b'{"digestEndTime": 7}')


@pytest.mark.parametrize(
    ("harm", "expected"),
    [
        (changed_log, ["log-file-changed"]),
        (cut_log, ["log-file-changed"]),
        (missing_log, ["log-file-missing"]),
        (missing_digest, ["digest-missing"]),
        (changed_digest, ["digest-changed", "digest-signature-wrong"]),
        (wrong_signature, ["digest-signature-wrong"]),
        (no_signature_at_all, ["digest-signature-wrong"]),
        (moved_digest, ["digest-moved"]),
        (damaged_digest, ["digest-unreadable"]),
        (emptied_digest, ["digest-unreadable"]),
    ],
)
def test_each_harm_is_found(trail: Trail, harm: Callable[[Trail], None], expected: list[str]) -> None:
    harm(trail)
    found = verified(trail)
    assert rules(found) == expected
    assert found.digests + found.log_files < 12
    assert len({finding.id for finding in found.findings}) == len(expected)


def test_a_trail_that_was_stopped_begins_a_new_chain() -> None:
    trail = Trail()
    trail.hour()
    trail.hour()
    trail.hours, trail.previous = 5, None
    trail.hour()
    found = verified(trail)
    assert rules(found) == ["digest-chain-broken"]
    assert "2026-11-02T17:00:00Z" in found.findings[0].because


def test_a_key_that_nobody_gave(trail: Trail) -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    found = verified(trail, keys=keys_text(other))
    assert rules(found) == ["digest-key-unknown"] * 4
    assert (found.digests, found.log_files) == (0, 0)


def test_keys_of_several_regions_in_one_file(trail: Trail) -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert verified(trail, keys=keys_text(other) + keys_text()).digests == 4


def test_keys_from_cloudtrail_itself() -> None:
    class Client:
        def list_public_keys(self, **asked: Any) -> dict[str, Any]:
            if "NextToken" not in asked:
                return {"PublicKeyList": [], "NextToken": "more"}
            return {"PublicKeyList": [{"Fingerprint": fingerprint(key()), "Value": der(key())}]}

    found = listed_keys(Client(), NOON, NOON + timedelta(hours=1))
    assert list(found) == [fingerprint(key())]


ELLIPTIC = ec.generate_private_key(ec.SECP256R1()).public_key()


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"{}",
        b"\xff",
        b'{"PublicKeyList": [{"Fingerprint": "x", "Value": "%"}]}',
        b'{"PublicKeyList": [{"Fingerprint": "x", "Value": "eA=="}]}',
        json.dumps(
            {
                "PublicKeyList": [
                    {
                        "Fingerprint": "x",
                        "Value": base64.b64encode(
                            ELLIPTIC.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
                        ).decode(),
                    }
                ]
            }
        ).encode(),
    ],
)
def test_what_are_no_keys(text: bytes) -> None:
    with pytest.raises(KeysUnreadable):
        read_keys(text, where="keys.json")


def test_a_folder_as_it_was_copied_from_the_bucket(trail: Trail, tmp_path: Path) -> None:
    for place, data in trail.objects.items():
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_bytes(data)
    extra = logs(trail)[0].replace("0000.json", "9999.json")
    (tmp_path / extra).write_bytes(trail.objects[logs(trail)[0]])
    folder = LogFolder(log_files([tmp_path]))
    found = verify(folder, read_keys(keys_text(), where="keys.json"))
    assert (found.digests, found.log_files, found.findings) == (3, 6, [])
    assert folder.unlisted() == 1
    (tmp_path / logs(trail)[0]).write_bytes(b"")
    found = verify(LogFolder(log_files([tmp_path])), read_keys(keys_text(), where="keys.json"))
    assert rules(found) == ["log-file-changed"]


def test_a_second_file_of_the_same_name_hides_behind_no_proof(trail: Trail, tmp_path: Path) -> None:
    """A replay reads both, and of one event what it reads first."""
    for place, data in trail.objects.items():
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_bytes(data)
    name = logs(trail)[0].rpartition("/")[2]
    second = tmp_path / "AAA" / name
    second.parent.mkdir()
    for content, expected in ((trail.objects[logs(trail)[0]], []), (b"{}", ["log-file-changed"])):
        second.write_bytes(content)
        found = verify(LogFolder(log_files([tmp_path])), read_keys(keys_text(), where="keys.json"))
        assert rules(found) == expected
