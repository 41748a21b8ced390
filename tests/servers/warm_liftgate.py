"""What a process imports that forks servers: all of Liftgate, with what each server would do again once it has begun."""

import gc
from functools import cache

import httpx
import httpx._transports.default as httpx_transport
import uvicorn

import liftgate.cli.app
import liftgate.server.command  # noqa: F401 - the same
from liftgate.elevation.aws_clients import aws_session
from liftgate.identity.issuer_http import issuers_over_http
from liftgate.server.app import served_routes


def warm_up() -> None:
    """Read AWS's descriptions and this machine's certificates, import what is imported late, make the routes."""
    for service in ("sts", "iam", "s3", "sqs"):
        aws_session().client(
            service, region_name="us-east-1", aws_access_key_id="-", aws_secret_access_key="-"
        )
    with issuers_over_http():
        pass
    certificates = vars(httpx_transport)
    certificates["create_ssl_context"] = cache(certificates["create_ssl_context"])
    for trust_env in (True, False):
        httpx.Client(trust_env=trust_env).close()
    uvicorn.Config(served_routes(), log_config=None, lifespan="off").load()
    gc.collect()
    gc.freeze()


warm_up()
