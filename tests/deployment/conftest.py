"""Servers that the tests of deployments ask for by name."""

from tests.servers.radosgw import radosgw

__all__ = ["radosgw"]
