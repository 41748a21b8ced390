"""The answers as the command that gives them: the catalogue keeps it, so that a second run can offer them again."""

import shlex
from collections.abc import Iterator, Mapping
from typing import Final

from liftgate.setup.model import Draft, Named, Proof

_COMMAND: Final = "liftgate init "


def as_flags(draft: Draft) -> str:
    """The command line that gives these answers without a question."""
    return _COMMAND + shlex.join([word for flag, text in _pairs(draft) for word in (f"--{flag}", text)])


def earlier_answers(catalogue: str) -> Mapping[str, tuple[str, ...]]:
    """The answers by which a catalogue was written, by flag; nothing where it does not say so any more."""
    for line in catalogue.splitlines()[:10]:
        said = line.lstrip("# ")
        if line.startswith("#") and said.startswith(_COMMAND):
            return _by_flag(said.removeprefix(_COMMAND))
    return {}


def _written(one: Named, proof: Proof) -> str:
    """Somebody as ``read_named`` reads them."""
    if one.identity is None:
        return one.id
    is_short = proof is Proof.AWS and one.identity.lower() == one.id
    return one.identity if is_short else f"{one.id}={one.identity}"


def _pairs(draft: Draft) -> Iterator[tuple[str, str]]:
    yield "proof", draft.proof
    yield "region", draft.region
    yield "account", draft.account
    if draft.proof is Proof.OIDC:
        yield "issuer", draft.issuer
        yield "client-id", draft.client_id
    if draft.proof is Proof.AWS:
        yield "baseline", draft.baseline
    yield from (("holder", _written(one, draft.proof)) for one in draft.holders)
    yield from (("location", one) for one in draft.locations)
    yield from (("kms-key", one) for one in draft.kms_keys)
    yield from (("action", one) for one in draft.actions)
    yield from (("reviewer", _written(one, draft.proof)) for one in draft.reviewers)
    yield "longest", draft.longest


def _by_flag(words: str) -> dict[str, tuple[str, ...]]:
    try:
        parts = shlex.split(words)
    except ValueError:  # somebody edited it
        return {}
    found: dict[str, tuple[str, ...]] = {}
    for flag, text in zip(parts[::2], parts[1::2], strict=False):
        name = flag.removeprefix("--")
        found[name] = (*found.get(name, ()), text)
    return found
