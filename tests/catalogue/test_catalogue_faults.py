"""Every kind of fault, alone in a file, at its exact line and column."""

import pytest
from tests.catalogue.catalogue_samples import (
    PEOPLE,
    ROLE,
    entitlement,
    faults_in,
    marked,
    parsed,
    with_entitlement,
)
from tests.catalogue.rule_faults import RULES

from liftgate.catalogue.fault import MOST_FAULTS, FaultKind
from liftgate.catalogue.reader import LARGEST_FILE

K = FaultKind
ADA = "arn:aws:sts::111122223333:assumed-role/baseline/ada"
CEILING = '{actions: [write], locations: ["s3://reports/2026/"]}'
FAR = " ".join(f'"s3://reports/{number}-{"x" * 60}/",' for number in range(70))


def people(*lines: str) -> str:
    return PEOPLE.replace("groups:\n", "".join(f"  {line}\n" for line in lines) + "groups:\n")


# kind, the text with « where the fault stands, its path, and words of its sentence or suggestion
CASES = [
    (K.FORBIDDEN_CHARACTER, "version: 1\n# approved «\u202eby all\n", "", "U+202E"),
    (K.FORBIDDEN_CHARACTER, PEOPLE.replace("Grace}", '«"Gr\\u202eace"}'), "people.grace.name", "U+202E"),
    (K.FORBIDDEN_CHARACTER, PEOPLE.replace("Grace}", '«"Gr\\race"}'), "people.grace.name", "U+000D"),
    (K.FORBIDDEN_CHARACTER, PEOPLE.replace("Grace}", '«"Gr\\0ace"}'), "people.grace.name", "U+0000"),
    (K.SYNTAX, "version: 1\npeople:\n  ada: {name: Ada\n«", "", "not YAML"),
    (K.SYNTAX, "version: 1\n«\tpeople: {}\n", "", "tab"),
    (K.EMPTY, "«# nothing yet\n", "", "write `version: 1`"),
    (K.SEVERAL_DOCUMENTS, PEOPLE + "«---\nversion: 1\n", "", "remove `---`"),
    (K.ANCHOR, PEOPLE + "guards: «&all [grace]\n", "guards", "declare a group"),
    (K.ANCHOR, PEOPLE + "guards: «*all\n", "guards", "declare a group"),
    (K.TAG, PEOPLE + "guards: «!!python/tuple [grace]\n", "guards", "python/tuple"),
    (K.TOO_DEEP, PEOPLE + "guards: " + "[" * 15 + "«[grace" + "]" * 16, "guards" + "[0]" * 15, "16 deep"),
    (K.BAD_KEY, PEOPLE + "«[guards]: [grace]\n", "", "a key is a word"),
    (K.DUPLICATE_KEY, PEOPLE + "guards: [grace]\n«guards: [ada]\n", "guards", "1.yaml:11:1"),
    (
        K.DUPLICATE_KEY,
        people('ada: {name: A}\n  «"ada": {name: B}').replace("  ada: {name: Ada", "  adb: {name: Ada"),
        "people.ada",
        "said twice",
    ),
    (K.UNKNOWN_KEY, PEOPLE + "«guard: [grace]\n", "guard", "did you mean `guards`?"),
    (
        K.UNKNOWN_KEY,
        with_entitlement(review="{reviewers: [owners], «approval: 1}"),
        "entitlements[0].review.approval",
        "did you mean `approvals`?",
    ),
    (
        K.UNKNOWN_KEY,
        with_entitlement(owner="x").replace("owner:", "«owner:"),
        "entitlements[0].owner",
        "its keys are",
    ),
    (
        K.MISSING_KEY,
        with_entitlement(longest=None).replace("name: reports", "«name: reports"),
        "entitlements[0]",
        "the key `longest`",
    ),
    (K.MISSING_KEY, "«people: {}\n", "", "`version`"),
    (
        K.NO_VALUE,
        with_entitlement(ticket="").replace("ticket:", "«ticket:"),
        "entitlements[0].ticket",
        "no value",
    ),
    (K.NO_VALUE, people("«mary: ~"), "people.mary", "no value"),
    (K.WRONG_SHAPE, PEOPLE + "guards: «grace\n", "guards", "write `[grace]`"),
    (K.WRONG_SHAPE, PEOPLE + "entitlements: «{}\n", "entitlements", "not a mapping"),
    (K.WRONG_SHAPE, people("mary: «Mary"), "people.mary", "expected a person, a mapping, not `Mary`"),
    (K.WRONG_SHAPE, "«[version]\n", "", "a catalogue file"),
    (K.WRONG_SHAPE, with_entitlement(longest="«[1h]"), "entitlements[0].longest", "not a list"),
    (K.WRONG_SHAPE, PEOPLE + "guards: [«[grace]]\n", "guards[0]", "not a list"),
    (K.BAD_TEXT, with_entitlement(account="«111122223333 0"), "entitlements[0].account", "longer than 12"),
    (K.BAD_TEXT, with_entitlement(account="«11112222333"), "entitlements[0].account", "twelve digits"),
    (K.BAD_TEXT, with_entitlement(name='«"reports\\nwrite"'), "entitlements[0].name", "several lines"),
    (K.BAD_TEXT, with_entitlement(name="«Reports"), "entitlements[0].name", "is not a name"),
    (K.BAD_TEXT, with_entitlement(description='«"  "'), "entitlements[0].description", "empty"),
    (K.BAD_TEXT, people("«Mary: {name: Mary}"), "people.Mary", "a person's id"),
    (K.BAD_TEXT, people("«m: {name: Mary}"), "people.m", "2 to 64"),
    (K.BAD_TEXT, people('«"m*": {name: Mary}'), 'people["m*"]', "a person's id"),
    (K.BAD_NUMBER, "version: «2\n", "version", "is not `1`"),
    (K.BAD_NUMBER, 'version: «"1"\n', "version", "without quotes"),
    (
        K.BAD_NUMBER,
        with_entitlement(review="{reviewers: [owners], approvals: «0}"),
        "entitlements[0].review.approvals",
        "from 1 to 20",
    ),
    (
        K.BAD_NUMBER,
        with_entitlement(justification="{at_least: «1e1}"),
        "entitlements[0].justification.at_least",
        "from 1 to 500",
    ),
    (
        K.BAD_FLAG,
        with_entitlement(ticket="{required: «on}"),
        "entitlements[0].ticket.required",
        "write `true`",
    ),
    (
        K.BAD_FLAG,
        with_entitlement(ticket='{required: «"false"}'),
        "entitlements[0].ticket.required",
        "write `false`",
    ),
    (
        K.BAD_CHOICE,
        with_entitlement(mechanism="«sesion"),
        "entitlements[0].mechanism",
        "did you mean `session`?",
    ),
    (
        K.BAD_CHOICE,
        people("mary: {name: Mary, kind: «servce}"),
        "people.mary.kind",
        "did you mean `service`?",
    ),
    (K.BAD_DURATION, with_entitlement(longest="«20"), "entitlements[0].longest", "`20m` for minutes"),
    (
        K.BAD_DURATION,
        with_entitlement(longest="«20 Minutes"),
        "entitlements[0].longest",
        "did you mean `20m`?",
    ),
    (K.BAD_DURATION, with_entitlement(longest="«30m1h"), "entitlements[0].longest", "1h30m"),
    (K.BAD_DURATION, with_entitlement(longest="«12h1s"), "entitlements[0].longest", "at most `12h`"),
    (K.BAD_DURATION, with_entitlement(longest="«0s"), "entitlements[0].longest", "at least `1s`"),
    (K.BAD_DURATION, with_entitlement(max_session="«30m"), "entitlements[0].max_session", "at least `1h`"),
    (K.EMPTY_LIST, with_entitlement(requesters="«[]"), "entitlements[0].requesters", "lists nothing"),
    (
        K.LONG_LIST,
        with_entitlement(ceiling="{actions: «[" + "write, " * 201 + '], locations: ["s3://reports/"]}'),
        "entitlements[0].ceiling.actions",
        "at most 200",
    ),
    (K.LISTED_TWICE, PEOPLE + "guards: [grace, ada, «grace]\n", "guards[2]", "1.yaml:11:10"),
    (K.RESERVED_NAME, people("«liftgate: {name: Me}"), "people.liftgate", "the ledger"),
    (K.UNKNOWN_NAME, PEOPLE + "guards: [«gracee]\n", "guards[0]", "did you mean `grace`?"),
    (K.UNKNOWN_NAME, PEOPLE + "guards: [«zacharias]\n", "guards[0]", "declare it"),
    (
        K.UNKNOWN_NAME,
        with_entitlement(requesters="[«developer]"),
        "entitlements[0].requesters[0]",
        "did you mean `developers`?",
    ),
    (K.UNKNOWN_NAME, PEOPLE + "  late: [ada, «adda]\n", "groups.late[1]", "no person `adda`"),
    (K.GROUP_IN_GROUP, PEOPLE + "  all: [ada, «owners]\n", "groups.all[1]", "name its members"),
    (
        K.BAD_IDENTITY,
        people("mary: {name: Mary, identities: [«arn:aws:iam::111122223333:role/x/baseline]}"),
        "people.mary.identities[0]",
        "arn:aws:sts::111122223333:assumed-role/baseline/<session name>",
    ),
    (
        K.BAD_IDENTITY,
        people("mary: {name: Mary, identities: [«arn:aws:iam::111122223333:user/*]}"),
        "people.mary.identities[0]",
        "wildcard",
    ),
    (
        K.BAD_IDENTITY,
        people(
            "svc: {name: Svc, kind: service, identities: ['«arn:aws:sts::111122223333:assumed-role/*/x*']}"
        ).replace("'«", "«'"),
        "people.svc.identities[0]",
        "wildcard",
    ),
    (
        K.BAD_IDENTITY,
        people("svc: {name: Svc, kind: service, identities: [«'arn:aws:sts::*:assumed-role/export2/*']}"),
        "people.svc.identities[0]",
        "twelve digits",
    ),
    (
        K.BAD_IDENTITY,
        people("mary: {name: Mary, identities: [«arn:awz:iam::111122223333:user/mary]}"),
        "people.mary.identities[0]",
        "partition",
    ),
    (
        K.BAD_IDENTITY,
        people("mary: {name: Mary, identities: [«arn:aws:s3:::bucket]}"),
        "people.mary.identities[0]",
        "get-caller-identity",
    ),
    (
        K.WILDCARD_PERSON,
        people("mary: {name: Mary, identities: [«'arn:aws:sts::111122223333:assumed-role/other/*']}"),
        "people.mary.identities[0]",
        "choose a session's name",
    ),
    (
        K.IDENTITY_SHARED,
        people(f"mary: {{name: Mary, identities: [«{ADA}]}}"),
        "people.mary.identities[0]",
        "1.yaml:3:33",
    ),
    (
        K.IDENTITY_SHARED,
        people("mary: {name: Mary, identities: [«arn:aws:sts::111122223333:assumed-role/export/mary]}"),
        "people.mary.identities[0]",
        "overlap",
    ),
    (
        K.IDENTITY_SHARED,
        people(
            "svc: {name: Svc, kind: service, identities: [«'arn:aws:sts::111122223333:assumed-role/export/i-*']}"
        ),
        "people.svc.identities[0]",
        "overlap",
    ),
    (
        K.IDENTITY_ELEVATED,
        people(
            "svc: {name: Svc, kind: service, identities: [«'arn:aws:sts::111122223333:assumed-role/reports-write/*']}"
        )
        + "entitlements:\n"
        + entitlement(),
        "people.svc.identities[0]",
        "lent to others",
    ),
    (
        K.IDENTITY_ELEVATED,
        people("mary: {name: Mary, identities: [«arn:aws:sts::111122223333:assumed-role/Reports-Write/mary]}")
        + "entitlements:\n"
        + entitlement(),
        "people.mary.identities[0]",
        "lent to others",
    ),
    (
        K.ROLE_TWO_WAYS,
        with_entitlement(mechanism="in-place", role=f"«{ROLE}") + entitlement(name="reports-lend"),
        "entitlements[0].role",
        "name another role",
    ),
    (
        K.ROLE_TWO_ARNS,
        with_entitlement() + entitlement(name="by-path", role=f"«{ROLE.replace('role/', 'role/data/')}"),
        "entitlements[1].role",
        "1.yaml:15:11",
    ),
    (
        K.ROLE_TWO_ARNS,
        with_entitlement() + entitlement(name="by-case", role=f"«{ROLE.replace('reports', 'Reports')}"),
        "entitlements[1].role",
        "aws iam get-role --role-name Reports-write",
    ),
    (
        K.BAD_ROLE,
        with_entitlement(role="«arn:aws:iam::111122223333:user/x"),
        "entitlements[0].role",
        "arn:aws:iam::<account>:role/<name>",
    ),
    (
        K.BAD_ROLE,
        with_entitlement(role="«arn:aws:sts::111122223333:assumed-role/r/s"),
        "entitlements[0].role",
        "not the role",
    ),
    (
        K.BAD_ROLE,
        with_entitlement(role="«arn:aws:iam::111122223333:role/*"),
        "entitlements[0].role",
        "not a role's ARN",
    ),
    (
        K.BAD_ROLE,
        with_entitlement(role="«arn:aws:iam:eu-west-1:111122223333:role/r"),
        "entitlements[0].role",
        "region",
    ),
    (
        K.BAD_ROLE,
        with_entitlement(role="«arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/r"),
        "entitlements[0].role",
        "taken back",
    ),
    (
        K.BAD_ROLE,
        f"{PEOPLE}trusted_session_names: [«arn:aws:sts::111122223333:assumed-role/baseline/ada]\n",
        "trusted_session_names[0]",
        "not the role",
    ),
    (
        K.BAD_ROLE,
        f'{PEOPLE}trusted_session_names: [«"arn:aws:iam::111122223333:role/*"]\n',
        "trusted_session_names[0]",
        "not a role's ARN",
    ),
    (
        K.BAD_ROLE,
        f"{PEOPLE}trusted_session_names: [«arn:aws:sts::111122223333:federated-user/ada]\n",
        "trusted_session_names[0]",
        "not a role's ARN",
    ),
    (
        K.LISTED_TWICE,
        f"{PEOPLE}trusted_session_names: [{ROLE}, «{ROLE.replace('/liftgate', '')}]\n",
        "trusted_session_names[1]",
        "listed twice",
    ),
    (
        K.ACCOUNT_DIFFERS,
        with_entitlement(account='«"444455556666"'),
        "entitlements[0].account",
        "1.yaml:15:11",
    ),
    (
        K.PARTITION_DIFFERS,
        with_entitlement(ceiling='{actions: [write], locations: [«"arn:aws-cn:s3:::reports/2026/"]}'),
        "entitlements[0].ceiling.locations[0]",
        "aws-cn",
    ),
    (
        K.UNKNOWN_ACTION,
        with_entitlement(ceiling='{actions: [delete, «s3:PutObjekt], locations: ["s3://reports/2026/"]}'),
        "entitlements[0].ceiling.actions[1]",
        "s3:PutObject",
    ),
    (
        K.BAD_LOCATION,
        with_entitlement(ceiling="{actions: [write], locations: [«reports/2026]}"),
        "entitlements[0].ceiling.locations[0]",
        "s3://",
    ),
    (
        K.BAD_KMS_KEY,
        with_entitlement(
            ceiling='{actions: [write], locations: ["s3://reports/"], kms_keys: [«"arn:aws:kms:eu-west-1:111122223333:alias/a"]}'
        ),
        "entitlements[0].ceiling.kms_keys[0]",
        "alias",
    ),
    (
        K.EMPTY_CEILING,
        with_entitlement(ceiling='«{actions: [list, s3:PutBucketCORS], locations: ["s3://reports/2026/"]}'),
        "entitlements[0].ceiling",
        "s3:PutBucketCORS",
    ),
    (
        K.CEILING_TOO_BIG,
        with_entitlement(ceiling=f"«{{actions: [write], locations: [{FAR}]}}"),
        "entitlements[0].ceiling",
        "6,144",
    ),
    (K.NOBODY_REQUESTS, with_entitlement(requesters="«[nobody]"), "entitlements[0].requesters", "no members"),
    (K.NO_REVIEWERS, with_entitlement(review="«{approvals: 1}"), "entitlements[0].review", "without_review"),
    (
        K.NO_REVIEWERS,
        with_entitlement(review="{reviewers: «[nobody]}"),
        "entitlements[0].review.reviewers",
        "without_review",
    ),
    (
        K.NO_REVIEWERS,
        with_entitlement(review="«{without_review: {longest: 59m, actions: [write]}}"),
        "entitlements[0].review",
        "not everything",
    ),
    (
        K.SERVICE_REVIEWS,
        with_entitlement(review="{reviewers: [owners, «bot]}"),
        "entitlements[0].review.reviewers[1]",
        "a service",
    ),
    (
        K.TOO_MANY_APPROVALS,
        with_entitlement(review="{reviewers: [owners], approvals: «3}"),
        "entitlements[0].review.approvals",
        "2 people may review",
    ),
    (
        K.SELF_REVIEW,
        with_entitlement(requesters="[developers, «grace]", review="{reviewers: [grace]}"),
        "entitlements[0].requesters[1]",
        "nobody else",
    ),
    (
        K.SELF_REVIEW,
        with_entitlement(requesters="[«developers]", review="{reviewers: [owners], approvals: 2}"),
        "entitlements[0].requesters[0]",
        "only one other person",
    ),
    (
        K.WITHOUT_REVIEW_LONGER,
        with_entitlement(review="{reviewers: [owners], without_review: {longest: «61m, actions: [write]}}"),
        "entitlements[0].review.without_review.longest",
        "at most `1h`",
    ),
    (
        K.WITHOUT_REVIEW_ACTION,
        with_entitlement(
            review="{reviewers: [owners], without_review: {longest: 1m, actions: [write, «delete]}}"
        ),
        "entitlements[0].review.without_review.actions[1]",
        "s3:DeleteObject",
    ),
    (
        K.BAD_TICKET_PATTERN,
        with_entitlement(ticket='{pattern: «"(a+)+"}'),
        "entitlements[0].ticket.pattern",
        "repeated",
    ),
    (
        K.TRACKER_WITHOUT_PATTERN,
        with_entitlement(ticket="{required: true, tracker: «desk}"),
        "entitlements[0].ticket.tracker",
        "any text",
    ),
    (
        K.DECLARED_TWICE,
        f"{PEOPLE}entitlements:\n{entitlement()}{entitlement(name='«reports-write')}",
        "entitlements[1].name",
        "1.yaml:12:11",
    ),
]
CASES += RULES
CASES = [
    case for case in CASES if case[1] != PEOPLE
]  # kinds that need two files have tests of their own below


@pytest.mark.parametrize(("kind", "text", "path", "words"), CASES, ids=lambda value: str(value)[:30])
def test_a_fault_stands_at_its_place(kind: FaultKind, text: str, path: str, words: str) -> None:
    text, line, column = marked(text)
    (fault,) = faults_in(text)
    assert (fault.kind, fault.line, fault.column) == (kind, line, column)
    assert fault.path == path
    assert words in f"{fault.sentence} {fault.suggestion}"
    assert fault.suggestion
    assert "\n" not in fault.sentence + fault.suggestion


def test_the_samples_without_their_faults_are_right() -> None:
    assert faults_in(PEOPLE) == ()
    assert faults_in(with_entitlement()) == ()


def test_every_kind_has_a_case() -> None:
    elsewhere = {K.NAME_TAKEN, K.NOT_UTF8, K.TOO_LARGE, K.MORE, K.NO_FILES, K.UNREADABLE_FILE}
    assert {case[0] for case in CASES} | elsewhere == set(FaultKind)


def test_a_byte_that_is_not_utf8_is_named_by_its_place() -> None:
    (fault,) = faults_in("version: 1\n# é ".encode() + b"\xff\n")
    assert (fault.kind, fault.line, fault.column) == (K.NOT_UTF8, 2, 5)


def test_a_file_too_large_is_refused_before_it_is_read() -> None:
    (fault,) = faults_in(b"[" * (LARGEST_FILE + 1))
    assert fault.kind is K.TOO_LARGE


def test_a_name_of_a_person_and_a_group_is_named_at_both_places() -> None:
    (fault,) = faults_in(PEOPLE, "version: 1\ngroups:\n  ada: [linus]\n")
    assert (fault.kind, fault.file, fault.line, fault.column) == (K.NAME_TAKEN, "2.yaml", 3, 3)
    assert "1.yaml:3:3" in fault.suggestion


@pytest.mark.parametrize(
    ("first", "second", "line", "other"),
    [
        (PEOPLE, "version: 1\npeople:\n  ada: {name: Another}\n", 3, "1.yaml:3:3"),
        (PEOPLE, "version: 1\ngroups:\n  owners: [ada]\n", 3, "1.yaml:9:3"),
        (with_entitlement(), f"version: 1\nentitlements:\n{entitlement()}", 3, "1.yaml:12:11"),
    ],
)
def test_a_declaration_in_two_files_is_named_at_both_places(
    first: str, second: str, line: int, other: str
) -> None:
    (fault,) = faults_in(first, second)
    assert (fault.kind, fault.file, fault.line) == (K.DECLARED_TWICE, "2.yaml", line)
    assert other in fault.suggestion


def test_a_guard_listed_in_two_files_is_named_at_both_places() -> None:
    (fault,) = faults_in(PEOPLE + "guards: [grace]\n", "version: 1\nguards: [ada, grace]\n")
    assert (fault.kind, fault.file, fault.line, fault.column) == (K.LISTED_TWICE, "2.yaml", 2, 15)
    assert "1.yaml:11:10" in fault.suggestion


def test_every_fault_is_reported_not_just_the_first() -> None:
    text = with_entitlement(account="12", role="arn:x", longest="1 hour", requesters="[adda]", mechanism="x")
    kinds = [fault.kind for fault in faults_in(text)]
    assert kinds == [K.BAD_TEXT, K.BAD_ROLE, K.BAD_DURATION, K.UNKNOWN_NAME, K.BAD_CHOICE]


def test_one_mistake_makes_one_fault() -> None:
    """What rests on a faulty value is not judged: no approvals counted among reviewers who are unknown."""
    text = with_entitlement(review="{reviewers: [ownerz], approvals: 2}")
    assert [fault.kind for fault in faults_in(text)] == [K.UNKNOWN_NAME]
    text = with_entitlement(review="{reviewers: [owners], approvals: 2}").replace(
        "[grace, linus]", "[grace, linsu]"
    )
    assert [fault.kind for fault in faults_in(text)] == [K.UNKNOWN_NAME]


def test_names_are_not_called_unknown_while_a_file_cannot_be_read() -> None:
    faults = faults_in("version: 1\npeople: {ada: {name: [", f"version: 1\nentitlements:\n{entitlement()}")
    assert [(fault.file, fault.kind) for fault in faults] == [("1.yaml", K.SYNTAX)]


def test_a_person_with_a_faulty_key_is_still_known() -> None:
    faults = faults_in(PEOPLE.replace("{name: Grace}", "{nmae: Grace}") + "guards: [grace]\n")
    assert {fault.kind for fault in faults} == {K.UNKNOWN_KEY, K.MISSING_KEY}


def test_the_list_of_faults_has_an_end() -> None:
    faults = faults_in("version: 1\n" + "".join(f"k{number}: 1\n" for number in range(MOST_FAULTS + 10)))
    assert len(faults) == MOST_FAULTS + 1
    assert K.MORE in {fault.kind for fault in faults}


def test_nobody_is_needed_to_review_what_is_all_approved_without() -> None:
    catalogue = parsed(with_entitlement(review="{without_review: {longest: 1h, actions: [write]}}"))
    assert catalogue.entitlements["reports-write"].review.reviewers == frozenset()


def test_a_requester_may_be_the_only_reviewer_of_what_needs_no_review() -> None:
    review = "{reviewers: [ada], without_review: {longest: 1h, actions: [write]}}"
    assert faults_in(with_entitlement(review=review)) == ()


def test_locations_take_the_partition_of_their_role() -> None:
    text = with_entitlement(role=ROLE.replace("arn:aws:", "arn:aws-cn:"))
    (location,) = parsed(text).entitlements["reports-write"].ceiling.locations
    assert location.object_arn == "arn:aws-cn:s3:::reports/2026/*"


def test_who_holds_a_role_that_is_opened_in_place_may_be_known_by_it() -> None:
    holds = people(
        "mary: {name: Mary, identities: [arn:aws:sts::111122223333:assumed-role/reports-write/mary]}"
    )
    assert faults_in(holds + "entitlements:\n" + entitlement(mechanism="in-place")) == ()


def test_two_ways_are_told_however_the_role_is_written() -> None:
    other = entitlement(name="in-place", mechanism="in-place", role=ROLE.replace("role/", "role/data/"))
    assert {fault.kind for fault in faults_in(with_entitlement() + other)} == {
        K.ROLE_TWO_ARNS,
        K.ROLE_TWO_WAYS,
    }


def test_roles_of_one_name_in_two_accounts_are_two_roles() -> None:
    other = entitlement(
        name="elsewhere", account='"444455556666"', role=ROLE.replace("111122223333", "444455556666")
    )
    assert faults_in(with_entitlement() + other + entitlement(name="again")) == ()


def test_an_elevated_role_is_known_in_any_case() -> None:
    text = with_entitlement(role="arn:aws:iam::111122223333:role/Export")
    assert {fault.kind for fault in faults_in(text)} == {K.IDENTITY_ELEVATED}
