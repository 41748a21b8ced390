"""What is asked, in order: how each answer is read, and what is offered for it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from liftgate.catalogue.fault import FaultList, Place
from liftgate.catalogue.fields import read_text
from liftgate.catalogue.keys import ENTITLEMENT
from liftgate.catalogue.reader import Scalar
from liftgate.catalogue.shape import Text
from liftgate.errors import LiftgateError
from liftgate.identity.sts_region import region_named
from liftgate.setup.account import Account
from liftgate.setup.entitlements import buckets_of
from liftgate.setup.errors import BadAnswer
from liftgate.setup.model import Draft, Proof
from liftgate.setup.people import ids, read_named, role_of

Texts = tuple[str, ...]


def _always(_: Draft) -> bool:
    return True


def _nothing(_: Draft, __: Account) -> Texts:
    return ()


def _no_form(_: Draft) -> str:
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question. ``read`` raises ``LiftgateError`` for what is no answer to it."""

    flag: str  # of the command, without its dashes
    asks: str
    read: Callable[[Draft, Texts], Draft]
    about: str = ""  # the catalogue's key that the answer is written under
    is_list: bool = False
    holds_for: Callable[[Draft], bool] = _always  # whether it is asked at all
    offers: Callable[[Draft, Account], Texts] = _nothing  # what Enter takes
    choices: Callable[[Draft, Account], Texts] = _nothing  # what may be answered by its number
    unasked: Texts = ()  # what holds where nobody can be asked; nothing: it must be said
    is_optional: bool = False  # asked only where there is something to offer; nothing is an answer too
    is_place: bool = False  # whether a bucket's name may stand for a location in it
    form: Callable[[Draft], str] = _no_form  # how it is written


def _is_oidc(draft: Draft) -> bool:
    return draft.proof is Proof.OIDC


def _is_aws(draft: Draft) -> bool:
    return draft.proof is Proof.AWS


def _read_proof(draft: Draft, texts: Texts) -> Draft:
    if texts[0] not in set(Proof):
        raise BadAnswer(
            f"`{texts[0][:40]}` is no proof of identity",
            advice=f"write {', '.join(f'`{one}`' for one in Proof)}",
        )
    return replace(draft, proof=Proof(texts[0]))


def _read_region(draft: Draft, texts: Texts) -> Draft:
    return replace(draft, region=region_named(texts[0]).name)


def _read_account(draft: Draft, texts: Texts) -> Draft:
    faults = FaultList()
    shape = ENTITLEMENT.by_name["account"].holds
    if isinstance(shape, Text):  # before the ARNs that hold it are read
        read_text(Scalar(place=Place(file=""), text=texts[0], plain=False), shape, faults)
    for fault in faults.ordered():
        raise BadAnswer(fault.sentence, advice=fault.suggestion)
    return replace(draft, account=texts[0])


def _read_baseline(draft: Draft, texts: Texts) -> Draft:
    answered = replace(draft, baseline=texts[0])
    role_of(answered)
    return answered


def _read_holders(draft: Draft, texts: Texts) -> Draft:
    return replace(draft, holders=tuple(read_named(text, draft.proof) for text in texts))


def _read_reviewers(draft: Draft, texts: Texts) -> Draft:
    known = {one.id: one for one in draft.holders}
    return replace(
        draft, reviewers=tuple(known.get(text.lower()) or read_named(text, draft.proof) for text in texts)
    )


def _offer_baseline(draft: Draft, account: Account) -> Texts:
    likely = [one.name for one in account.roles if one.is_likely]
    held = [name for name in likely if account.session_of(role_of(replace(draft, baseline=name)))]
    chosen = held or likely
    return (chosen[0],) if len(chosen) == 1 else ()


def _offer_holders(draft: Draft, account: Account) -> Texts:
    try:
        session = account.session_of(role_of(draft))
    except LiftgateError:
        return ()
    return (session,) if session else ()


def _offer_reviewers(draft: Draft, _: Account) -> Texts:
    holders = ids(draft.holders)
    return holders if len(holders) > 1 else ()  # nobody answers a request of their own


def _offer_keys(draft: Draft, account: Account) -> Texts:
    keys = ((bucket, account.key_of(bucket).arn) for bucket in buckets_of(draft))
    return tuple(f"{bucket}={arn}" for bucket, arn in keys if arn)


def _offer_location(_: Draft, account: Account) -> Texts:
    return account.buckets if len(account.buckets) == 1 else ()


def _form_of_people(draft: Draft) -> str:
    return _FORMS[draft.proof]


_FORMS: Final = {
    Proof.AWS: "By the name of their session of that role, such as `ada`; another identity as ID=ARN.",
    Proof.OIDC: "As ID=SUBJECT, such as `ada=00u1a2b3`: the `sub` that the provider's tokens have for them.",
    Proof.LOCAL: "By a name, such as `ada`.",
}
QUESTIONS: Final = (
    Question(
        flag="proof",
        asks="How do people prove who they are? `aws`: by the AWS identity that they hold; `oidc`: at an OpenID provider; "
        "`local`: by a name alone, on this machine, for a try.",
        read=_read_proof,
        offers=lambda _, __: (Proof.AWS,),
        choices=lambda _, __: tuple(Proof),
    ),
    Question(
        flag="region",
        asks="In which region does Liftgate run?",
        read=_read_region,
        offers=lambda _, account: (account.region,) if account.region else (),
    ),
    Question(
        flag="account",
        asks="Which account are the buckets in?",
        read=_read_account,
        offers=lambda _, account: (account.number,) if account.number else (),
    ),
    Question(
        flag="issuer",
        asks="What is the provider's address, as its tokens say it in `iss`?",
        read=lambda draft, texts: replace(draft, issuer=texts[0]),
        holds_for=_is_oidc,
    ),
    Question(
        flag="client-id",
        asks="By which client id does the provider know Liftgate?",
        read=lambda draft, texts: replace(draft, client_id=texts[0]),
        holds_for=_is_oidc,
    ),
    Question(
        flag="baseline",
        asks="Which read-only role do people hold all day? Its name, or its ARN where it is in another account.",
        read=_read_baseline,
        holds_for=_is_aws,
        offers=_offer_baseline,
        choices=lambda _, account: tuple(one.name for one in account.roles),
    ),
    Question(
        flag="holder",
        asks="Who may ask?",
        form=_form_of_people,
        read=_read_holders,
        about="people",
        is_list=True,
        offers=_offer_holders,
    ),
    Question(
        flag="location",
        asks="Where may they ask for more? s3://bucket/prefix/, or the name of a bucket.",
        read=lambda draft, texts: replace(draft, locations=texts),
        about=".locations",
        is_list=True,
        is_place=True,
        offers=_offer_location,
        choices=lambda _, account: account.buckets,
    ),
    Question(
        flag="kms-key",
        asks="Under which KMS keys are objects there encrypted? BUCKET=ARN.",
        read=lambda draft, texts: replace(draft, kms_keys=texts),
        about=".kms_keys",
        is_list=True,
        is_optional=True,
        offers=_offer_keys,
    ),
    Question(
        flag="action",
        asks="What may they ask for? Such as `write`, `delete`, `tag`, or actions such as `s3:PutObject`.",
        read=lambda draft, texts: replace(draft, actions=texts),
        about=".actions",
        is_list=True,
        offers=lambda _, __: ("write",),
        unasked=("write",),
    ),
    Question(
        flag="reviewer",
        asks="Who reviews what they ask for? Nobody answers a request of their own.",
        form=_form_of_people,
        read=_read_reviewers,
        about="people",
        is_list=True,
        offers=_offer_reviewers,
    ),
    Question(
        flag="longest",
        asks="For how long, at most?",
        read=lambda draft, texts: replace(draft, longest=texts[0]),
        about=".longest",
        offers=lambda _, __: ("1h",),
        unasked=("1h",),
    ),
)
