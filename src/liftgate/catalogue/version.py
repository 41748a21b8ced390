"""A catalogue's version: the same meaning, however written, has the same version."""

from dataclasses import replace

from liftgate.catalogue.model import Catalogue
from liftgate.catalogue.snapshot import digest_of, to_snapshot


def version_of(catalogue: Catalogue) -> str:
    """The SHA-256, in hex, of all that a catalogue says; the version that it carries itself does not count."""
    return digest_of(to_snapshot(catalogue))


def with_version(catalogue: Catalogue) -> Catalogue:
    """The catalogue, carrying the version that its content has."""
    return replace(catalogue, version=version_of(catalogue))
