"""Signing a terminal in by a browser on another machine: the terminal's side of it."""

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from liftgate.identity.login import begin_device_login
from liftgate.identity.login_model import INTERVAL, MACHINE, shown_user_code
from liftgate.server.api.doc import problems
from liftgate.server.api.shapes import EXACT, Moment, answer
from liftgate.server.calls import parts_of

router = APIRouter(tags=["sign-ins"])

PAGE = "/sign-in/device"


class BeginLogin(BaseModel):
    """A terminal whose person will confirm it in a browser."""

    model_config = EXACT

    machine: str = Field(
        pattern=f"^{MACHINE}$",
        description="What the terminal calls its machine. The page shows it, as a word of the terminal's.",
        examples=["ada-laptop"],
    )


class LoginShape(BaseModel):
    """What the terminal shows, and what it keeps."""

    model_config = EXACT

    device_secret: str = Field(
        repr=False,
        description="For `POST /sign-ins` with `method: device`; the terminal alone knows it.",
        examples=["EXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLE1"],
    )
    user_code: str = Field(
        description="The person types it in the browser, having read it off the terminal.",
        examples=["BCDF-GHJK"],
    )
    address: str = Field(examples=["https://liftgate.example.com/sign-in/device"])
    interval_seconds: int = Field(description="How long to wait before each `POST /sign-ins`.", examples=[3])
    expires_at: Moment


@router.post(
    "/logins", status_code=201, response_model=LoginShape, operation_id="begin_login", responses=problems()
)
def begin(request: Request, body: BeginLogin) -> Response:
    """Ask to be signed in by a browser elsewhere; the answer is a code to show, and a secret to sign in with once it was confirmed.

    Made again it is another login, and the first lapses: there is no `Idempotency-Key`.
    """
    parts = parts_of(request)
    secret, login = begin_device_login(
        body.machine, store=parts.store, clock=parts.clock, random=parts.random
    )
    shape = LoginShape(
        device_secret=secret,
        user_code=shown_user_code(login.user_code),
        address=parts.audience + PAGE,
        interval_seconds=int(INTERVAL.total_seconds()),
        expires_at=login.expires_at,
    )
    return answer(shape, 201)
