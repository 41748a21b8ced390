"""Pages on which somebody who is signed in says that a terminal is theirs, and by that signs it in too.

A browser goes to 127.0.0.1 alone from here, to the port that the terminal said: there is no address that anybody could write.
"""

from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from liftgate.errors import LiftgateError
from liftgate.identity.login import allow_terminal, answer_terminal, terminal_of_code
from liftgate.identity.login_model import TerminalAsk, read_ask, shown_user_code
from liftgate.server.browser.form import Form
from liftgate.server.browser.looks import Look, Looking, Submitted
from liftgate.server.errors import BadInput
from liftgate.server.pages.render import page
from liftgate.server.problems import status_of

router = APIRouter(include_in_schema=False)


@router.get("/sign-in/cli")
def terminal_here(
    request: Request,
    look: Looking,
    *,
    port: str = "",
    state: str = "",
    challenge: str = "",
    machine: str = "",
) -> Response:
    """A terminal of this machine asks."""
    return _shown(request, look, "terminal.html", ask=read_ask(port, state, challenge, machine))


@router.post("/sign-in/cli")
def answer_terminal_here(request: Request, sent: Submitted) -> Response:
    """Send the terminal its code, or a no, by way of the browser."""
    parts, form = sent.call.parts, sent.form
    ask = read_ask(form.text("port"), form.text("state"), form.text("challenge"), form.text("machine"))
    is_allowed = _is_allowed(form)
    if is_allowed:
        session = sent.look.session
        code = allow_terminal(ask, session, store=parts.store, clock=parts.clock, random=parts.random)
        address = _address(ask, code=code)
    else:
        address = _address(ask, error="access_denied")
    answer = _shown(request, sent.look, "terminal_answered.html", is_allowed=is_allowed, address=address)
    # Not a redirect: what answers a form may lead nowhere but to this server, by the pages' policy (form-action).
    answer.headers["Refresh"] = f"0; url={address}"
    return answer


@router.get("/sign-in/device")
def terminal_elsewhere(request: Request, look: Looking) -> Response:
    """Where the code that a terminal shows is typed."""
    return _shown(request, look, "terminal_code.html", typed="", error=None)


@router.post("/sign-in/device")
def find_terminal(request: Request, sent: Submitted) -> Response:
    """Show what is known of the terminal that shows a code."""
    parts, typed = sent.call.parts, sent.form.text("code")
    try:
        login = terminal_of_code(typed, sent.look.session, store=parts.store, clock=parts.clock)
    except LiftgateError as error:
        return _shown(
            request, sent.look, "terminal_code.html", status=status_of(error), typed=typed[:40], error=error
        )
    return _shown(
        request, sent.look, "terminal_found.html", login=login, code=shown_user_code(login.user_code)
    )


@router.post("/sign-in/device/answer")
def answer_terminal_elsewhere(request: Request, sent: Submitted) -> Response:
    """Let a terminal in that shows a code, or not."""
    parts, is_allowed = sent.call.parts, _is_allowed(sent.form)
    answer_terminal(
        sent.form.text("code"),
        sent.look.session,
        is_allowed=is_allowed,
        store=parts.store,
        clock=parts.clock,
    )
    return _shown(request, sent.look, "terminal_answered.html", is_allowed=is_allowed, address=None)


def _is_allowed(form: Form) -> bool:
    answer = form.text("answer")
    if answer not in {"allow", "refuse"}:
        raise BadInput("the form says neither yes nor no", advice="press one of its buttons", where="answer")
    return answer == "allow"


def _address(ask: TerminalAsk, **said: str) -> str:
    return f"http://127.0.0.1:{ask.port}/?{urlencode({**said, 'state': ask.state})}"


def _shown(request: Request, look: Look, template: str, *, status: int = 200, **shown: object) -> Response:
    return page(request, template, look, now=look.call.parts.clock(), status=status, **shown)
