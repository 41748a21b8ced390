"""Rules from files: the shipped ones, and what files of one's own add to them or change in them."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Final

from liftgate.catalogue.fault import LINE_BREAK, Fault, FaultKind, FaultList, Place, TooManyFaults
from liftgate.catalogue.fields import Fields, read_fields
from liftgate.catalogue.files import SourceFile, read_files
from liftgate.catalogue.nearest import suggest
from liftgate.catalogue.reader import read_document
from liftgate.watch.finding import Answer, Severity
from liftgate.watch.rules.errors import RulesFaulty
from liftgate.watch.rules.keys import FILE
from liftgate.watch.rules.model import Rule
from liftgate.watch.rules.read_rule import read_rule
from liftgate.watch.rules.rulebook import FAILED, Rulebook

# A file of one's own is called otherwise, whatever its name.
_SHIPPED: Final = ("liftgate:calls.yaml", "liftgate:grants.yaml")
_WITHOUT_STORE: Final = "liftgate:without_store.yaml"


def load_rulebook(paths: Iterable[Path] = (), *, without_store: bool = False) -> Rulebook:
    """The shipped rules with what files and folders change. Raises RulesFaulty with every fault.

    Args:
        paths: Rule files, or folders of them.
        without_store: Whether no grants are known, so that all calls are judged as unrelated: then rules that would
            otherwise be noise are added.
    """
    faults = FaultList()
    rules: tuple[Rule, ...] = ()
    with suppress(TooManyFaults):
        rules = _load(read_files(paths, faults, what="rule"), without_store, faults)
    if faults:
        raise RulesFaulty(faults.ordered())
    return Rulebook(rules)


def check_rules(paths: Iterable[Path]) -> tuple[Fault, ...]:
    """Every fault in files and folders; none where all is well."""
    try:
        load_rulebook(paths, without_store=True)
    except RulesFaulty as error:
        return error.faults
    return ()


@dataclass(frozen=True, slots=True)
class _Change:
    name: str
    place: Place
    off: bool
    severity: Severity | None
    answer: Answer | None


def _load(own: Sequence[SourceFile], without_store: bool, faults: FaultList) -> tuple[Rule, ...]:
    rules: dict[str, tuple[Rule, Place]] = {}
    changes: dict[str, _Change] = {}
    for file in [*_shipped_files(), *own]:
        document = read_document(file.name, file.content, faults)
        fields = read_fields(document, FILE, faults) if document is not None else None
        if fields is not None:
            fields.whole("version")
            _gather(fields, file, rules, faults)
            _gather_changes(fields, changes, faults)
    for change in changes.values():
        if change.name not in rules and not faults:
            sentence, advice = (
                f"there is no rule `{change.name}`",
                suggest(change.name, rules, "list them: liftgate rules list"),
            )
            faults.add(FaultKind.UNKNOWN_NAME, change.place, sentence, advice)
    here = [rule for rule, _ in rules.values() if without_store or not rule.without_store]
    return tuple(_changed(rule, changes.get(rule.name)) for rule in here if not _is_off(rule, changes))


def _shipped_files() -> tuple[SourceFile, ...]:
    folder = files("liftgate.watch.rules") / "shipped"
    return tuple(
        SourceFile(name, (folder / name.partition(":")[2]).read_bytes())
        for name in (*_SHIPPED, _WITHOUT_STORE)
    )


def _gather(
    fields: Fields, file: SourceFile, rules: dict[str, tuple[Rule, Place]], faults: FaultList
) -> None:
    lines = LINE_BREAK.split(file.content.decode("utf-8-sig"))
    for one in fields.records("rules"):
        rule, place = read_rule(one, lines), one.place_of("name")
        if rule is None:
            continue
        if rule.name == FAILED:
            sentence = f"`{FAILED}` is what is found where a rule cannot be decided"
            faults.add(FaultKind.RESERVED_NAME, place, sentence, "choose another name")
        elif rule.name in rules:
            other = rules[rule.name][1]
            sentence = f"there is a rule `{rule.name}` already, at {other}"
            advice = "choose another name; a shipped rule is changed under `change`"
            faults.add(FaultKind.DECLARED_TWICE, place, sentence, advice)
        else:
            rules[rule.name] = (replace(rule, without_store=file.name == _WITHOUT_STORE), place)


def _gather_changes(fields: Fields, changes: dict[str, _Change], faults: FaultList) -> None:
    for name, one in fields.named_fields("change") if fields.has("change") else ():
        if one is None:
            continue
        severity, answer = one.choice("severity"), one.choice("answer")
        change = _Change(
            name.value,
            name.place,
            one.flag("off") or False,
            Severity(severity) if severity else None,
            Answer(answer) if answer else None,
        )
        first = changes.setdefault(name.value, change)
        if first is not change:
            sentence = f"`{name.value}` is changed twice"
            faults.add(FaultKind.DECLARED_TWICE, name.place, sentence, f"remove it here or at {first.place}")


def _is_off(rule: Rule, changes: dict[str, _Change]) -> bool:
    change = changes.get(rule.name)
    return change is not None and change.off


def _changed(rule: Rule, change: _Change | None) -> Rule:
    if change is None:
        return rule
    return replace(rule, severity=change.severity or rule.severity, answer=change.answer or rule.answer)
