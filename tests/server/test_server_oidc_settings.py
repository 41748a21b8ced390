"""The settings of the OpenID provider: those of the documentation load, and those that could let somebody in by mistake do not."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from liftgate.server.errors import BadSettings
from liftgate.server.oidc_settings import provider_of
from liftgate.server.settings import Settings, load_settings

DOCS = Path(__file__).parent.parent.parent / "docs" / "sign-in.md"
GOOD: dict[str, Any] = {"issuer": "https://id.example.com", "client_id": "liftgate"}


def loaded(**changed: Any) -> Settings:
    return load_settings(given={"catalogue": ["catalogue.yaml"], "oidc": {**GOOD, **changed}})


def test_the_example_of_the_documentation_loads(tmp_path: Path) -> None:
    found = re.search(r"```toml\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    file = tmp_path / "server.toml"
    file.write_text('catalogue = ["catalogue.yaml"]\n' + re.sub("(?m)^   ", "", found[1]))
    said = load_settings(file).oidc
    assert said is not None
    provider = provider_of(said, "https://liftgate.example.com")
    assert provider.redirect_uri == "https://liftgate.example.com/sign-in/oidc/callback"
    assert provider.groups == {"data-engineers": "developers", "data-owners": "owners"}
    assert (provider.client_secret, provider.groups_last) == ("…", timedelta(days=1))


def test_a_variable_may_hold_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIFTGATE_OIDC", '{"issuer": "https://id.example.com", "client_id": "x"}')
    said = load_settings(given={"catalogue": ["catalogue.yaml"]}).oidc
    assert said is not None
    assert said.client_id == "x"


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"issuer": "http://id.example.com"}, "starts with https://"),
        ({"issuer": "https://id.example.com?a=b"}, "starts with https://"),
        ({"issuer": "id.example.com"}, "starts with https://"),
        ({"client_id": "a b"}, "client_id"),
        ({"scopes": ["profile"]}, "has no `openid`"),
        ({"groups": {"a": "b"}}, "groups_claim"),
        ({"groups_last": "1m"}, "groups_last"),
        ({"groups_last": "soon"}, "span of time"),
        ({"client_secrets": "x"}, "client_secrets"),
    ],
    ids=repr,
)
def test_others_are_refused_in_words(changed: dict[str, Any], says: str) -> None:
    with pytest.raises(BadSettings) as refused:
        loaded(**changed)
    assert says in f"{refused.value} {refused.value.advice}"


def test_the_secret_is_in_no_repr_or_error() -> None:
    said = loaded(client_secret="hush").oidc
    assert said is not None
    assert "hush" not in repr(said) + repr(provider_of(said, "https://liftgate.example.com"))
    with pytest.raises(BadSettings) as refused:
        loaded(client_secret="hush", issuer="hush")
    assert "hush" not in repr(refused.value)
