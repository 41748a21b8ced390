"""The cache folder: tokens, lent sessions, and which grant was picked. Everything in it is 0600 in a folder of 0700.

Part of the quick path: imports little. The files of one context (server, sign-in, AWS profile) share its key:

    <key>.token           who we signed in as: the server's token
    <key>.<grant>.session what a credential_process prints, and until when it may be printed
    <key>.pick            which grant was the only active one, some seconds ago
    <key>.lock            held while one of these is being made, so that many processes lend one session

Each file is one line of numbers and one of content. Times are seconds since the epoch on *this machine's* clock,
corrected by the server's: a clock that is wrong must not make an ended session look alive.
"""

# Importing pathlib would take longer than the whole quick answer.
# ruff: noqa: PTH100, PTH110, PTH111

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

CHECK_AGAIN_AFTER = 60  # seconds for which we believe, without asking, that a grant is still the one to use
LOGIN = "login"  # the way to sign in by a browser, as in ``--as login``
_MOST_DIGITS = 12
_GRANT_ALPHABET = frozenset("0123456789abcdefghjkmnpqrstvwxyz")


def cache_folder(environ: "Mapping[str, str]") -> "str | None":
    """``$XDG_CACHE_HOME/liftgate``, in ``~/.cache`` by default; None where there is no home."""
    folder = environ.get("XDG_CACHE_HOME", "")
    if not folder.startswith("/"):  # the XDG specification: a relative path is ignored
        folder = os.path.expanduser("~/.cache")
    return f"{folder}/liftgate" if folder.startswith("/") else None


def context_key(chosen: "Mapping[str, str]", environ: "Mapping[str, str]") -> str:
    """A name for "who asks which server": sessions and tokens of one are never shown to another."""
    import hashlib  # noqa: PLC0415 - 3 ms, only where a key is needed

    parts = [chosen["server"].rstrip("/"), chosen["sign_in"]]
    if not chosen["sign_in"]:
        parts += _aws_identity(chosen["profile"], environ)
    text = "\0".join(parts)
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def _aws_identity(profile: str, environ: "Mapping[str, str]") -> "list[str]":
    files = [environ.get("AWS_CONFIG_FILE", ""), environ.get("AWS_SHARED_CREDENTIALS_FILE", "")]
    files = [os.path.abspath(file) if file else "" for file in files]
    if profile:  # chosen for Liftgate: botocore then looks at no other variable
        return ["profile", profile, *files]
    ambient = environ.get("AWS_PROFILE") or environ.get("AWS_DEFAULT_PROFILE", "")
    return ["ambient", ambient, environ.get("AWS_ACCESS_KEY_ID", ""), *files]


def with_login(
    chosen: "dict[str, str]", given: "Mapping[str, str]", environ: "Mapping[str, str]"
) -> "dict[str, str]":
    """What was chosen; where that is no way to sign in, and somebody ran ``liftgate login`` for the server, that login.

    A login that is over counts too: that somebody else is signed in by an AWS identity instead would be a surprise.
    """
    if chosen["sign_in"] or given.get("profile") or not chosen["server"]:
        return chosen
    by_login = {**chosen, "sign_in": LOGIN}
    folder = cache_folder(environ)
    is_kept = folder and os.path.exists(f"{folder}/{context_key(by_login, environ)}.token")
    return by_login if is_kept else chosen


def is_grant_id(text: str) -> bool:
    """Whether a text has the form of a grant id, and so may be part of a file name."""
    return len(text) == 19 and text.startswith("gr-") and _GRANT_ALPHABET.issuperset(text[3:])


def session_text(document: str, *, lent_at: int, refresh_at: int, ends_at: int, checked_at: int) -> str:
    """A session as it is kept. ``document`` is one line of JSON, as it will be printed."""
    return f"session 1 {lent_at} {refresh_at} {ends_at} {checked_at}\n{document}\n"


def parse_session(text: "str | None") -> "tuple[str, int, int, int, int] | None":
    """Document, lent_at, refresh_at, ends_at, checked_at; None for what ``session_text`` did not write."""
    numbers, document = _two_lines(text, "session", 4)
    return (document, numbers[0], numbers[1], numbers[2], numbers[3]) if numbers else None


def fresh_document(text: "str | None", now: float) -> "str | None":
    """What to print of a kept session, if nobody need be asked first; else None."""
    parsed = parse_session(text)
    if parsed is None:
        return None
    document, lent_at, refresh_at, ends_at, checked_at = parsed
    is_alive = lent_at <= now < min(refresh_at, ends_at)  # before lent_at: the clock jumped
    return document if is_alive and _is_recent(checked_at, now) else None


def pick_text(grant_id: str, *, picked_at: int) -> str:
    """The only active grant, as it is kept."""
    return f"pick 1 {picked_at}\n{grant_id}\n"


def parse_pick(text: "str | None") -> "tuple[str, int] | None":
    """The grant that was the only one, and when; None for what ``pick_text`` did not write."""
    numbers, grant_id = _two_lines(text, "pick", 1)
    return (grant_id, numbers[0]) if numbers and is_grant_id(grant_id) else None


def fresh_pick(text: "str | None", now: float) -> "str | None":
    """The grant that was the only active one a moment ago, or None."""
    parsed = parse_pick(text)
    return parsed[0] if parsed and _is_recent(parsed[1], now) else None


def token_text(token: str, *, expires_at: int) -> str:
    """A sign-in, as it is kept."""
    return f"token 1 {expires_at}\n{token}\n"


def fresh_token(text: "str | None", now: float) -> "str | None":
    """A token that has half a minute or more to live, or None."""
    numbers, token = _two_lines(text, "token", 1)
    return token if numbers and now + 30 < numbers[0] else None


def _is_recent(moment: int, now: float) -> bool:
    return moment <= now < moment + CHECK_AGAIN_AFTER


def _two_lines(text: "str | None", word: str, count: int) -> "tuple[list[int], str]":
    head, _, rest = (text or "").partition("\n")
    content, end, more = rest.partition("\n")
    words = head.split(" ")
    well_formed = end and not more and words[:2] == [word, "1"] and len(words) == 2 + count
    if not well_formed or not all(map(_is_number, words[2:])):
        return [], ""
    return [int(word) for word in words[2:]], content


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdecimal() and len(word) <= _MOST_DIGITS
