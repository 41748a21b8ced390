import pytest
from hypothesis import given
from hypothesis import strategies as st

from liftgate.cli.errors import BadServerAddress
from liftgate.cli.server_url import parse_server_url


@pytest.mark.parametrize(
    ("text", "base", "origin"),
    [
        ("https://liftgate.example.com", "https://liftgate.example.com", "https://liftgate.example.com"),
        ("https://Liftgate.Example.com:443/", "https://liftgate.example.com", "https://liftgate.example.com"),
        ("https://x.example:8443/gate/", "https://x.example:8443/gate", "https://x.example:8443"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://[::1]:8080", "http://[::1]:8080", "http://[::1]:8080"),
        ("http://localhost", "http://localhost", "http://localhost"),
    ],
)
def test_an_address_has_one_origin(text: str, base: str, origin: str) -> None:
    server = parse_server_url(text)
    assert (server.base, server.origin) == (base, origin)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("http://liftgate.example.com", "unprotected"),
        ("http://127.0.0.1.evil.example", "unprotected"),
        ("http://localhost.evil.example", "unprotected"),
        ("http://2130706433", "unprotected"),
        ("liftgate.example.com", "does not begin with https://"),
        ("ftp://x.example", "does not begin with https://"),
        ("https://ada:secret@x.example", "user name or password"),
        ("https://trusted.example@evil.example", "user name or password"),
        ("https://trusted.example\\@evil.example", "characters"),
        ("https://x.example/?a=b", "not the address of a server"),
        ("https://x.example/#a", "not the address of a server"),
        ("https://", "not the address of a server"),
        ("https://x.example:99999", "is not an address"),
        ("https://x.exam\nple", "characters"),
        ("https://x.ex\u0430mple", "characters"),
        ("https://x y.example", "characters"),
        ("", "does not begin with https://"),
    ],
)
def test_what_is_not_a_safe_address_is_refused(text: str, why: str) -> None:
    with pytest.raises(BadServerAddress, match=why):
        parse_server_url(text)


def test_a_password_in_an_address_is_not_repeated() -> None:
    with pytest.raises(BadServerAddress) as caught:
        parse_server_url("https://ada:hunter2@x.example")
    assert "hunter2" not in f"{caught.value} {caught.value.value} {caught.value.advice}"


@given(st.text(max_size=40).map("https://".__add__) | st.text(max_size=40))
def test_any_text_is_an_address_or_refused_and_plain_http_stays_on_this_machine(text: str) -> None:
    try:
        server = parse_server_url(text)
    except BadServerAddress:
        return
    assert server.base.startswith(server.origin)
    assert server.origin.startswith("https://") or server.is_loopback
    assert parse_server_url(server.base) == server
