"""Carries out a mending command as AWS's own command line would, which takes its options from the same descriptions as boto3."""

import json
from typing import Any

from botocore import xform_name
from tests.drift.deployed_account import DeployedAccount

from liftgate.drift.model import Drift

_SERVICES = {"s3api": "s3"}


def mend(made: DeployedAccount, drift: Drift) -> None:
    """Run the command of a drift, as the owner of the account in which the thing is."""
    _, service, call, *words = drift.mend.command
    account = drift.thing.split(":")[4] or made.against.plan.account
    client = made.client(_SERVICES.get(service, service), account)
    operation = client.meta.service_model.operation_model(_operation(client, call))
    shapes = {xform_name(name, "-"): (name, shape) for name, shape in operation.input_shape.members.items()}
    given: dict[str, Any] = {}
    while words:
        flag = words.pop(0).removeprefix("--")
        if flag == "region":
            words.pop(0)
            continue
        name, shape = shapes[flag]
        if shape.type_name == "boolean":
            given[name] = True
            continue
        given[name] = _value(words.pop(0), shape, drift)
    getattr(client, call.replace("-", "_"))(**given)


def _operation(client: Any, call: str) -> str:
    return str(client.meta.method_to_api_mapping[call.replace("-", "_")])


def _value(word: str, shape: Any, drift: Drift) -> Any:
    text = drift.mend.documents[word.removeprefix("file://")] if word.startswith("file://") else word
    if shape.type_name == "string":
        return text
    if shape.type_name == "integer":
        return int(text)
    if word.startswith("file://"):
        return json.loads(text)
    if shape.type_name == "list":
        return [_pairs(text)]
    return _pairs(text)


def _pairs(text: str) -> dict[str, Any]:
    """The shorthand: ``Status=Enabled``, ``BlockPublicAcls=true,…``."""
    pairs = dict(one.split("=", 1) for one in text.split(","))
    return {key: True if value == "true" else value for key, value in pairs.items()}
