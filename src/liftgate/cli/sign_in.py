"""Signing in, which happens by itself when a call needs it: prove who asks, keep the token, renew it when refused."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from liftgate.cli.api import PREFIX
from liftgate.cli.cache import fresh_token, token_text
from liftgate.cli.errors import AnswerUnreadable
from liftgate.cli.fields import JsonObject, as_object, moment, text
from liftgate.cli.ports import Call, Wire
from liftgate.cli.private_file import Lock, forget, read_private, write_private
from liftgate.cli.problem import ServerSaysUnauthenticated
from liftgate.cli.settings import Settings
from liftgate.clock import Clock

_PROOF_USED: Final = "proof_used"
_MOST_TRIES: Final = 3
_SPREAD_SECONDS: Final = 60  # well within the five minutes for which a proof is good


class TokenSource:
    """Gives the token of this context, signing in where there is none. Many processes share one sign-in."""

    def __init__(
        self,
        settings: Settings,
        wire: Wire,
        *,
        prove: Callable[[datetime], JsonObject],
        clock: Clock,
        random_below: Callable[[int], int],
        warn: Callable[[str], None],
    ) -> None:
        """``prove`` makes the body of POST /sign-ins, signed at a moment; ``warn`` hears of a token that cannot be kept."""
        self._path = settings.cached("token")
        self._lock = Lock(settings.cached("sign-in-lock"))
        self._wire = wire
        self._prove = prove
        self._clock = clock
        self._random_below = random_below
        self._warn = warn
        self._in_hand: str | None = None  # for a cache that cannot be written

    def token(self, refused: str | None) -> str:
        """A token; never the one that was just ``refused``."""
        kept = self._other_than(refused)
        if kept:
            return kept
        try:
            self._lock.take()
        except OSError as error:
            self._warn(f"the sign-in cannot be kept: {error}")
            return self._sign_in()
        try:
            # Another process may have signed in while we waited.
            return self._other_than(refused) or self._sign_in()
        finally:
            self._lock.let_go()

    def kept(self) -> str | None:
        """The token that is kept, without signing in."""
        return fresh_token(read_private(self._path), self._clock().timestamp())

    def forget(self) -> None:
        """Sign in anew next time."""
        self._in_hand = None
        forget(self._path)

    def _other_than(self, refused: str | None) -> str | None:
        known = (self._in_hand, self.kept())
        return next((token for token in known if token is not None and token != refused), None)

    def show(self, proof: JsonObject) -> None:
        """Sign in with what is shown, once; what is kept of it serves later commands too."""
        self.keep(self._send(proof))

    def keep(self, answer: JsonObject) -> str:
        """Keep the token of an answer of POST /sign-ins."""
        token = _token(answer)
        ends_at = moment(answer, "expires_at") - self._wire.server_ahead
        self._in_hand = token
        try:
            write_private(self._path, token_text(token, expires_at=int(ends_at.timestamp())))
        except OSError as error:
            self._warn(f"the sign-in cannot be kept: {error}")
        return token

    def _sign_in(self) -> str:
        return self.keep(self._let_in())

    def _let_in(self) -> JsonObject:
        signed_at = self._clock()
        for _ in range(_MOST_TRIES):
            try:
                return self._show_proof(signed_at)
            except ServerSaysUnauthenticated as error:
                if error.server_code != _PROOF_USED:
                    raise
            # A proof is good once, and two of one second are one: other machines may hold the same AWS credentials.
            signed_at = self._clock() - timedelta(seconds=1 + self._random_below(_SPREAD_SECONDS))
        return self._show_proof(signed_at)

    def _show_proof(self, signed_at: datetime) -> JsonObject:
        return self._send(self._prove(signed_at))

    def _send(self, proof: JsonObject) -> JsonObject:
        call = Call(method="POST", path=f"{PREFIX}/sign-ins", body=proof)
        return as_object(self._wire.send(call))


def _token(answer: JsonObject) -> str:
    token = text(answer, "token")
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise AnswerUnreadable("the server's token cannot be used", advice="tell those who run the server")
    return token
