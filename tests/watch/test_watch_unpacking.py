"""What is unpacked, whatever the last four bytes of a file say of its size."""

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liftgate.watch.unpacking import unpack

_TEXT = b"".join(b'{"eventID":"%d"},' % number for number in range(30_000))  # half a megabyte
_SIZES = st.integers(min_value=0, max_value=len(_TEXT))
_LAST = st.one_of(
    st.sampled_from((0, 1, 2**31 - 1, 2**32 - 1)), st.integers(min_value=0, max_value=2**32 - 1)
)


@given(sizes=st.lists(_SIZES, min_size=1, max_size=4), zeros=st.integers(min_value=0, max_value=9))
def test_several_gzips_joined_are_unpacked_whole(sizes: list[int], zeros: int) -> None:
    packed = b"".join(gzip.compress(_TEXT[:size], 1) for size in sizes)

    unpacked = unpack(packed + b"\0" * zeros)

    assert unpacked.text == b"".join(_TEXT[:size] for size in sizes)
    assert unpacked.fault is None


@given(size=_SIZES, last=_LAST)
def test_a_false_size_at_the_end_takes_nothing_away(size: int, last: int) -> None:
    unpacked = unpack(gzip.compress(_TEXT[:size], 1) + b"no gzip" + last.to_bytes(4, "little"))

    assert unpacked.text == _TEXT[:size]
    assert unpacked.fault == "something that is no gzip follows the gzip"


@given(size=_SIZES, share=st.floats(min_value=0, max_value=0.999))
def test_a_gzip_that_is_cut_off_gives_what_is_there(size: int, share: float) -> None:
    packed = gzip.compress(_TEXT[:size], 1)
    cut = packed[: 2 + int(share * (len(packed) - 2))]

    unpacked = unpack(cut)

    assert unpacked.text == zlib.decompressobj(wbits=31).decompress(cut)
    assert unpacked.fault == "the gzip ends before its end"


@pytest.mark.parametrize("last", [0, 100, len(_TEXT) - 1, len(_TEXT), 2**32 - 1])
def test_more_than_the_limit_is_refused_and_as_much_is_not(last: int) -> None:
    packed = gzip.compress(_TEXT, 1) + b"\0" * 8 + last.to_bytes(4, "little")

    assert unpack(packed, largest=len(_TEXT)).text == _TEXT
    refused = unpack(packed, largest=len(_TEXT) - 1)
    assert refused.text == b""
    assert refused.fault is not None
    assert "more than is read at once" in refused.fault


def test_all_that_came_before_a_damage_is_given() -> None:
    packed = bytearray(gzip.compress(_TEXT, 1))
    packed[len(packed) // 2] ^= 0xFF

    unpacked = unpack(bytes(packed))

    assert unpacked.fault is not None
    assert unpacked.text[:100_000] == _TEXT[:100_000]
