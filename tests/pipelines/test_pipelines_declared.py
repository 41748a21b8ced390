"""What may be declared: of issuers in the settings, and of their subjects in the catalogue."""

import re
from pathlib import Path
from typing import Any

import pytest
from tests.catalogue.catalogue_samples import faults_in, parsed

from liftgate.catalogue.fault import FaultKind
from liftgate.catalogue.who import person_of
from liftgate.errors import LiftgateError
from liftgate.identity.model import PersonKind
from liftgate.identity.subject import identity_of_subject
from liftgate.server.issuer_settings import token_issuer
from liftgate.server.settings import load_settings

GITHUB = "https://token.actions.githubusercontent.com"


def declared(text: str, folder: Path) -> Any:
    file = folder / "server.toml"
    file.write_text(f'catalogue = ["a"]\n{text}')
    return load_settings(file).issuers


def fault(text: str, folder: Path) -> str:
    with pytest.raises(LiftgateError) as caught:
        declared(text, folder)
    return str(caught.value)


def an_issuer(**changed: str) -> str:
    lines = {
        "name": '"github"',
        "issuer": f'"{GITHUB}"',
        "checked": '{ repository_owner = "acme" }',
        **changed,
    }
    return "[[issuers]]\n" + "".join(f"{name} = {said}\n" for name, said in lines.items() if said)


def test_an_issuer_is_declared(tmp_path: Path) -> None:
    text = an_issuer(
        checked='{ repository_owner = "acme", environment = ["production", "staging"], "kubernetes.io" = { namespace = "a" } }',
        required='["run_id"]',
        ignored='["ref"]',
    )
    [one] = declared(text, tmp_path)
    made = token_issuer(one, "https://liftgate.example.com")
    assert made.audience == "https://liftgate.example.com"
    assert {claim.path: claim.accepted for claim in made.checked} == {
        ("repository_owner",): ("acme",),
        ("environment",): ("production", "staging"),
        ("kubernetes.io", "namespace"): ("a",),
    }
    assert (made.required, sorted(made.ignored), made.used_once) == (("run_id",), ["ref"], True)
    [other] = declared(an_issuer(audience='"sts"'), tmp_path)
    assert token_issuer(other, "https://liftgate.example.com").audience == "sts"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"checked": ""}, "`issuers[0].checked` is missing"),
        ({"checked": "{}"}, "`issuers[0].checked` has too few entries"),
        ({"cheked": '{ environment = "production" }'}, "`issuers[0].cheked` is not a field of the settings"),
        ({"checked": "{ repository_owner = 7 }"}, "does not say as a text"),
        ({"checked": "{ repository_owner = true }"}, "does not say as a text"),
        ({"checked": "{ repository_owner = [] }"}, "does not say as a text"),
        ({"checked": '{ repository_owner = "" }'}, "does not say as a text"),
        ({"checked": '{ repository_owner = ["acme", 7] }'}, "does not say as a text"),
        ({"checked": '{ "kubernetes.io" = {} }'}, "does not say as a text"),
        ({"checked": '{ a = { b = { c = { d = { e = "x" } } } } }'}, "does not say as a text"),
        ({"checked": '{ repository = "acme*" }'}, "has a `*` in repository where none may stand"),
        ({"checked": '{ repository = "*" }'}, "has a `*` in repository where none may stand"),
        ({"checked": '{ repository = "/*" }'}, "has a `*` in repository where none may stand"),
        ({"checked": '{ repository = "acme/*/x" }'}, "has a `*` in repository where none may stand"),
        ({"checked": '{ repository = "acme/**" }'}, "has a `*` in repository where none may stand"),
        ({"checked": f'{{ iss = "{GITHUB}" }}'}, "declares the claim iss, which is always checked"),
        ({"required": '["exp"]'}, "declares the claim exp, which is always checked"),
        ({"ignored": '["aud"]'}, "declares the claim aud, which is always checked"),
        ({"ignored": '["repository_owner"]'}, "declares the claim repository_owner in two ways"),
        ({"issuer": '"http://id.example.com"'}, "is not the address of an issuer"),
        ({"issuer": '"https://id.example.com?x"'}, "is not the address of an issuer"),
        ({"name": '"Git Hub"'}, "`issuers[0].name` does not have the form"),
    ],
)
def test_an_issuer_that_could_let_others_in_is_refused_at_the_start(
    tmp_path: Path, changed: dict[str, str], said: str
) -> None:
    assert said in fault(an_issuer(**changed), tmp_path)


def test_issuers_that_could_be_taken_for_one_another_are_refused(tmp_path: Path) -> None:
    twice = an_issuer() + an_issuer(name='"other"', audience='"x"')
    assert f"two with the issuer {GITHUB}" in fault(twice, tmp_path)
    twice = an_issuer() + an_issuer(issuer='"https://id.example.com"')
    assert "two with the name github" in fault(twice, tmp_path)
    gitlab = 'issuer = "https://gitlab.com"\n'
    people = f'[oidc]\n{gitlab}client_id = "liftgate"\n'
    both = people + an_issuer(issuer='"https://gitlab.com"', audience='"liftgate"')
    assert "for which `oidc` takes the same tokens" in fault(both, tmp_path)
    [apart] = declared(both.replace('audience = "liftgate"', 'audience = "pipelines"'), tmp_path)
    assert apart.audience == "pipelines"


def people(**identities: str) -> str:
    lines = "".join(
        f'  {name}: {{name: {name}, kind: {"person" if name.startswith("p") else "service"}, identities: ["{one}"]}}\n'
        for name, one in identities.items()
    )
    return f"version: 1\npeople:\n{lines}"


def named(subject: str) -> str:
    return f"oidc:{GITHUB}#{subject}"


@pytest.mark.parametrize(
    "subject",
    ["repo:acme/*", "repo:acme/reports:*", "system:serviceaccount:reports:*", "arn:aws:iam::1:role/ci/*"],
)
def test_a_services_subject_may_end_with_a_wildcard(subject: str) -> None:
    catalogue = parsed(people(ci=named(subject)))
    found = person_of(catalogue, identity_of_subject(GITHUB, f"{subject[:-1]}x/y"))
    assert found is not None
    assert (found.id, found.kind) == ("ci", PersonKind.SERVICE)
    for other in (subject[:-1], subject[:-2] + "-evil" + subject[-2:-1] + "x", "x" + subject):
        assert person_of(catalogue, identity_of_subject(GITHUB, other)) is None
    assert person_of(catalogue, identity_of_subject("https://id.example.com", f"{subject[:-1]}x")) is None


@pytest.mark.parametrize(
    "subject",
    [
        "*",
        "repo:*",
        "repo:/*",
        "repo:acme*",
        "repo:acme/rep*",
        "repo:*/reports:*",
        "repo:acme/*:x",
        "repo:acme/**",
    ],
)
def test_a_wildcard_that_others_could_come_under_is_a_fault(subject: str) -> None:
    [found] = faults_in(people(ci=named(subject)))
    assert found.kind is FaultKind.BAD_IDENTITY
    assert "wildcard where none may stand" in found.sentence


def test_a_person_has_no_wildcard() -> None:
    [found] = faults_in(people(pia=named("repo:acme/reports:*")))
    assert found.kind is FaultKind.WILDCARD_PERSON


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        ("repo:acme/*", "repo:acme/reports:environment:production", True),
        ("repo:acme/reports:*", "repo:acme/*", True),
        ("repo:acme/reports:*", "repo:acme/reports:*", True),
        ("repo:acme/reports:*", "repo:acme/reports-evil:*", False),
        ("repo:acme/*", "repo:acme-evil/*", False),
        ("repo:acme/reports:*", "repo:acme/reports", False),
    ],
)
def test_subjects_of_two_services_do_not_overlap(one: str, other: str, *, overlap: bool) -> None:
    text = people(ci=named(one), other=named(other))
    if not overlap:
        parsed(text)
        return
    [found] = faults_in(text)
    assert found.kind is FaultKind.IDENTITY_SHARED


@pytest.mark.parametrize(
    "subject", ["arn:aws:iam::111122223333:role/Elevated", "arn:aws:iam::111122223333:role/*"]
)
def test_the_subject_of_an_elevated_role_is_nobody(subject: str) -> None:
    """Whoever is lent a session of it could get a token of AWS in the role's name."""
    text = people(ci=named(subject), pia="arn:aws:iam::111122223333:user/pia") + (
        'entitlements:\n  - name: reports\n    description: Reports\n    account: "111122223333"\n'
        "    role: arn:aws:iam::111122223333:role/Elevated\n"
        "    ceiling: {actions: [write], locations: [s3://lakeside-reports/]}\n"
        "    longest: 1h\n    requesters: [ci]\n    review: {reviewers: [pia]}\n"
    )
    [found] = faults_in(text)
    assert found.kind is FaultKind.IDENTITY_ELEVATED


def test_what_the_page_for_pipelines_shows_can_be_declared(tmp_path: Path) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "pipelines.md").read_text()
    blocks = re.findall(r"```(toml|yaml)\n(.*?)```", page, re.DOTALL)
    issuers = {one.issuer for kind, text in blocks if kind == "toml" for one in declared(text, tmp_path)}
    shown = [parsed(f"version: 1\n{text}") for kind, text in blocks if text.startswith("people:")]
    subjects = [identity for one in shown for identity in one.identities]
    assert {subject.removeprefix("oidc:").partition("#")[0] for subject in subjects} == issuers
    assert len(issuers) == len(shown) == 4
