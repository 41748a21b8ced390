"""Finds the AWS credentials that prove who is asking, as AWS's own tools would find them, but never our own.

Our ``liftgate credentials`` is itself a credential_process. Were it to prove who asks by a profile that it fills, it would
call itself without end; so such a profile is refused, by what the AWS config file says and, for what that cannot show
(a wrapper script), by a mark in the environment of every process that is started meanwhile.
"""

import os
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import botocore.exceptions
import botocore.session
from botocore.config import Config
from botocore.credentials import Credentials, ReadOnlyCredentials

from liftgate.cli.choices import EXEC_GRANT, SIGNING_IN
from liftgate.cli.errors import NoAwsIdentity, OwnCredentials
from liftgate.cli.own_process import is_own_process

_DEFAULT_REGION: Final = "us-east-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsIdentity:
    """What is signed with, and the region whose STS will be asked."""

    credentials: ReadOnlyCredentials = field(repr=False)
    region: str


def find_aws_identity(profile: str | None) -> AwsIdentity:
    """The credentials of ``profile``, or of this environment. Raises ``Unauthenticated`` with what to do."""
    with _told(profile) as session:
        frozen = _credentials(session, profile).get_frozen_credentials()
        return AwsIdentity(credentials=frozen, region=_region(session))


def everyday_client(service: str, profile: str | None, config: Config | None = None) -> Any:
    """A client of an AWS service that signs as ``profile``, or this environment, does; with its region and endpoint.

    ``config`` says how patient it is. Raises ``Unauthenticated`` with what to do.
    """
    with _told(profile) as session:
        _credentials(
            session, profile
        ).get_frozen_credentials()  # now, where a fault of theirs is told in our words
        return session.create_client(service, region_name=_region(session), config=config)


def everyday_region(profile: str | None) -> str | None:
    """The region that ``profile``, or this environment, names. Raises ``Unauthenticated`` with what to do."""
    with _told(profile) as session:
        region: str | None = session.get_config_variable("region")
        return region


@contextmanager
def _told(profile: str | None) -> Iterator[botocore.session.Session]:
    """A session of botocore, whose faults are told as ours."""
    session = botocore.session.Session(profile=profile)
    try:
        with _marked():
            yield session
    except botocore.exceptions.ProfileNotFound:
        raise _missing(f"the AWS config has no profile `{profile or session.profile}`", session) from None
    except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError, OSError) as error:
        raise _failed(error, profile) from None


def _credentials(session: botocore.session.Session, profile: str | None) -> Credentials:
    _refuse_own(session, profile)
    found = session.get_credentials()
    if found is None:
        raise _missing("there are no AWS credentials to prove who is asking", session)
    return found


def _region(session: botocore.session.Session) -> str:
    return session.get_config_variable("region") or _DEFAULT_REGION


def _refuse_own(session: botocore.session.Session, profile: str | None) -> None:
    if profile is None and os.environ.get("AWS_ACCESS_KEY_ID"):
        grant = os.environ.get(EXEC_GRANT)
        if grant:
            raise _own(f"this shell holds the credentials of grant `{grant}`, which do not say who you are")
        return
    profiles: Mapping[str, Any] = session.full_config.get("profiles", {})
    name = profile or session.profile or "default"
    for link in _chain(profiles, name):
        if is_own_process(profiles.get(link, {}).get("credential_process", "")):
            raise _own(f"the AWS profile `{link}` is filled by liftgate itself")


def _chain(profiles: Mapping[str, Any], name: str) -> Iterator[str]:
    seen: set[str] = set()
    while name and name not in seen:
        yield name
        seen.add(name)
        name = profiles.get(name, {}).get("source_profile", "")


@contextmanager
def _marked() -> Iterator[None]:
    os.environ[SIGNING_IN] = "1"
    try:
        yield
    finally:
        del os.environ[SIGNING_IN]


def _own(sentence: str) -> OwnCredentials:
    return OwnCredentials(
        sentence,
        advice="name the profile that you hold all day: --profile NAME, or LIFTGATE_PROFILE",
        where="--profile",
    )


def _missing(sentence: str, session: botocore.session.Session) -> NoAwsIdentity:
    known = [name for name in session.available_profiles if name != "default"][:6]
    hint = f" (there are: {', '.join(known)})" if known else ""
    return NoAwsIdentity(sentence, advice=f"name a profile with --profile{hint}, or sign in to AWS first")


def _failed(error: Exception, profile: str | None) -> NoAwsIdentity:
    of_profile = f" --profile {shlex.quote(profile)}" if profile else ""
    sentence = " ".join(str(error).split())[:300]
    return NoAwsIdentity(
        f"AWS credentials could not be loaded: {sentence}",
        advice=f"sign in to AWS first, for example: aws sso login{of_profile}",
    )
