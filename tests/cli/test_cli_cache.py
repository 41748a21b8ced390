import pytest
from hypothesis import given
from hypothesis import strategies as st

from liftgate.cli.cache import (
    CHECK_AGAIN_AFTER,
    cache_folder,
    context_key,
    fresh_document,
    fresh_pick,
    fresh_token,
    is_grant_id,
    parse_pick,
    parse_session,
    pick_text,
    session_text,
    token_text,
)

GRANT = "gr-0123456789abcdef"
MOMENTS = st.integers(0, 10**11)
LINE = st.text(alphabet=st.characters(exclude_characters="\n"))


def kept(**changes: int) -> str:
    moments = {"lent_at": 1000, "refresh_at": 2000, "ends_at": 3000, "checked_at": 1500, **changes}
    return session_text("{}", **moments)


@given(LINE, MOMENTS, MOMENTS, MOMENTS, MOMENTS)
def test_a_session_is_read_as_it_was_kept(
    document: str, lent_at: int, refresh_at: int, ends_at: int, checked_at: int
) -> None:
    text = session_text(
        document, lent_at=lent_at, refresh_at=refresh_at, ends_at=ends_at, checked_at=checked_at
    )
    assert parse_session(text) == (document, lent_at, refresh_at, ends_at, checked_at)


@given(st.text() | st.text(alphabet="session pick token123\n {}-gr"))
def test_what_was_not_kept_by_us_is_nothing(text: str) -> None:
    parsed = parse_session(text)
    assert (
        parsed is None
        or session_text(
            parsed[0], lent_at=parsed[1], refresh_at=parsed[2], ends_at=parsed[3], checked_at=parsed[4]
        ).split()
        == text.split()
    )
    assert parse_pick(text) is None or text.startswith("pick 1 ")


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "session 1 1 2 3 4\n{}",
        "session 1 1 2 3 4\n{}\nmore",
        "session 2 1 2 3 4\n{}\n",
        "session 1 1 2 3\n{}\n",
        "session 1 -1 2 3 4\n{}\n",
        "session 1 1 2 3 ४\n{}\n",
        "session 1 1 2 3 " + "9" * 5000 + "\n{}\n",
        "token 1 1 2 3 4\n{}\n",
    ],
)
def test_a_damaged_session_is_nothing(text: str | None) -> None:
    assert parse_session(text) is None


@pytest.mark.parametrize(
    ("now", "fresh"),
    [(1500, True), (1500 + CHECK_AGAIN_AFTER - 1, True), (1500 + CHECK_AGAIN_AFTER, False), (1499, False)],
)
def test_a_session_is_printed_unasked_for_a_minute_after_it_was_checked(now: float, fresh: bool) -> None:
    assert (fresh_document(kept(), now) is not None) is fresh


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"refresh_at": 1510}, "due for renewal"),
        ({"refresh_at": 9000, "ends_at": 1510}, "over"),
        ({"lent_at": 1520}, "the clock jumped back"),
        ({"checked_at": 1520}, "the clock jumped back"),
    ],
)
def test_a_session_is_not_printed_unasked(changes: dict[str, int], why: str) -> None:
    assert fresh_document(kept(**changes), 1515) is None, why
    assert fresh_document(kept(), 1515) == "{}"


def test_a_pick_is_believed_for_a_minute() -> None:
    text = pick_text(GRANT, picked_at=1000)
    assert fresh_pick(text, 1000 + CHECK_AGAIN_AFTER - 1) == GRANT
    assert fresh_pick(text, 1000 + CHECK_AGAIN_AFTER) is None
    assert fresh_pick(text, 999) is None


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "gr-0123456789abcde/", "gr-0123456789abcdeF", "gr-", "", "gr-0123456789abcdefg"],
)
def test_what_is_no_grant_id_never_becomes_part_of_a_path(name: str) -> None:
    assert not is_grant_id(name)
    assert parse_pick(pick_text(name, picked_at=1)) is None


def test_a_token_is_good_until_half_a_minute_before_its_end() -> None:
    text = token_text("abc", expires_at=1000)
    assert fresh_token(text, 969) == "abc"
    assert fresh_token(text, 970) is None


CHOSEN = {"server": "https://x.example", "sign_in": "", "profile": ""}


@pytest.mark.parametrize(
    ("chosen", "environ"),
    [
        ({"server": "https://y.example"}, {}),
        ({"sign_in": "local:ada"}, {}),
        ({"profile": "baseline"}, {}),
        ({}, {"AWS_PROFILE": "baseline"}),
        ({}, {"AWS_ACCESS_KEY_ID": "AKIA1"}),
        ({}, {"AWS_CONFIG_FILE": "/demo/config"}),
        ({}, {"AWS_SHARED_CREDENTIALS_FILE": "/demo/credentials"}),
    ],
)
def test_who_asks_and_whom_decides_the_key(chosen: dict[str, str], environ: dict[str, str]) -> None:
    assert context_key({**CHOSEN, **chosen}, environ) != context_key(CHOSEN, {})


def test_what_does_not_matter_does_not_change_the_key() -> None:
    named = {**CHOSEN, "profile": "baseline"}
    assert context_key(named, {"AWS_PROFILE": "liftgate", "AWS_ACCESS_KEY_ID": "AKIA1"}) == context_key(
        named, {}
    )
    local = {**CHOSEN, "sign_in": "local:ada"}
    assert context_key(local, {"AWS_PROFILE": "x"}) == context_key(local, {})
    assert context_key({**CHOSEN, "server": "https://x.example/"}, {}) == context_key(CHOSEN, {})


def test_a_name_of_odd_bytes_has_a_key() -> None:
    assert context_key({**CHOSEN, "profile": "\udcff"}, {})


def test_the_cache_is_in_the_users_cache_folder(home: object) -> None:
    assert cache_folder({"XDG_CACHE_HOME": "/var/cache/me"}) == "/var/cache/me/liftgate"
    assert cache_folder({"XDG_CACHE_HOME": "relative"}) == f"{home}/.cache/liftgate"
