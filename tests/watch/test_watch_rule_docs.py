"""docs/rules.md and the sample rules are what the program says and takes."""

import importlib.util
from pathlib import Path

from liftgate.watch.rules.load import load_rulebook
from liftgate.watch.rules.trial import try_rules

ROOT = Path(__file__).resolve().parents[2]


def test_the_committed_page_is_what_the_generator_writes() -> None:
    specification = importlib.util.spec_from_file_location(
        "generate", ROOT / "tools" / "generate_rules_docs.py"
    )
    assert specification is not None
    assert specification.loader is not None
    generator = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(generator)
    assert (ROOT / "docs" / "rules.md").read_text(encoding="utf-8") == generator.page(), (
        "run tools/generate_rules_docs.py"
    )


def test_the_sample_passes_its_tests() -> None:
    rules = load_rulebook([ROOT / "examples" / "rules"]).rules
    own = [rule for rule in rules if "own.yaml" in rule.file]
    assert len(own) == 2
    assert [tried for tried in try_rules(own) if tried.wrong] == []
