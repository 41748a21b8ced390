"""Whatever text is written comes back from the file as it was."""

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from liftgate.catalogue.fault import FaultList
from liftgate.catalogue.reader import Listing, Mapped, Scalar, read_document
from liftgate.setup.flags import as_flags, earlier_answers
from liftgate.setup.model import Draft, Named, Proof
from liftgate.setup.written import in_yaml, list_in_yaml, quoted

SHOWN = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=30).filter(
    str.isprintable
)
ODD = st.sampled_from(
    ["no", "Yes", "~", "null", "1h", "1e3", "012", "a: b", "- a", "a #b", "[a]", "'", '"', "\\", "*a", "&a"]
)
TEXTS = SHOWN | ODD


@given(TEXTS, st.lists(TEXTS, min_size=1, max_size=3))
def test_a_text_in_yaml_is_read_as_it_was(key: str, values: list[str]) -> None:
    faults = FaultList()
    text = f"a{in_yaml('b')}: {in_yaml(key)}\nlist: {list_in_yaml(values)} # and a comment\n"
    document = read_document("some.yaml", text.encode(), faults)
    assert isinstance(document, Mapped)
    value, listing = document.entries["ab"].value, document.entries["list"].value
    assert isinstance(value, Scalar)
    assert isinstance(listing, Listing)
    assert value.text == key
    assert [one.text for one in listing.items if isinstance(one, Scalar)] == values


@given(TEXTS)
def test_a_text_in_toml_is_read_as_it_was(text: str) -> None:
    assert tomllib.loads(f"a = {quoted(text)}") == {"a": text}


@given(st.sampled_from(Proof), SHOWN, SHOWN, st.lists(SHOWN, min_size=1, max_size=3))
def test_the_command_that_the_catalogue_keeps_says_the_answers_again(
    proof: Proof, issuer: str, identity: str, locations: list[str]
) -> None:
    draft = Draft(
        proof=proof, issuer=issuer, locations=tuple(locations), reviewers=(Named("grace", identity),)
    )
    answers = earlier_answers(f"# a line\n#   {as_flags(draft)}\nversion: 1\n")
    assert answers["proof"] == (proof,)
    assert answers["location"] == tuple(locations)
    assert answers.get("issuer", (issuer,)) == (issuer,)
    assert answers["reviewer"][0].removeprefix("grace=") == identity


def test_an_edited_command_is_no_answer() -> None:
    assert earlier_answers("#   liftgate init --region 'eu\nversion: 1\n") == {}
    assert earlier_answers("version: 1\n") == {}
