"""Whether an address lies in one of some networks: found in the time of one comparison, however many they are."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network, collapse_addresses
from typing import TypeAlias

from liftgate.iam.language.values import Network, read_address, read_network
from liftgate.iam.language.variables import Match

Ranges: TypeAlias = tuple[Sequence[int], Sequence[int]]  # the first addresses in order, and the last of each


def network_match(values: Sequence[str]) -> Match:
    """Whether a value is an address in one of the networks; one of IPv4 is in none of IPv6. What is no network holds none."""
    networks = [network for value in values if (network := read_network(value)) is not None]
    of_version = {
        4: _ranges(collapse_addresses(one for one in networks if isinstance(one, IPv4Network))),
        6: _ranges(collapse_addresses(one for one in networks if isinstance(one, IPv6Network))),
    }

    def match(value: str) -> bool:
        address = read_address(value)
        if address is None:
            return False
        firsts, lasts = of_version[address.version]
        number = int(address)
        place = bisect_right(firsts, number) - 1
        return place >= 0 and number <= lasts[place]

    return Match(match)


def _ranges(networks: Iterable[Network]) -> Ranges:
    ordered = list(networks)  # as they come: apart, and by their addresses
    return [int(one.network_address) for one in ordered], [int(one.broadcast_address) for one in ordered]
