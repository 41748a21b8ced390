"""An answer taken into the draft, where the catalogue and the settings that it leads to have no fault."""

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from liftgate.catalogue.errors import CatalogueFaulty
from liftgate.catalogue.files import SourceFile
from liftgate.catalogue.parse import parse_catalogue
from liftgate.server.settings import load_settings
from liftgate.setup.catalogue_file import CATALOGUE, catalogue_text
from liftgate.setup.errors import BadAnswer
from liftgate.setup.model import Draft
from liftgate.setup.questions import Question
from liftgate.setup.settings_file import settings_text

_NOWHERE: Final = Path("/")
_PLACE: Final = re.compile(rf" or at {CATALOGUE}:[0-9]+:[0-9]+")  # in a file that nobody sees yet


def take(question: Question, draft: Draft, texts: Sequence[str]) -> Draft:
    """The draft with an answer in it. Raises ``LiftgateError``: what the parsers of both files say of it."""
    for text in texts:
        if not text.isprintable():
            raise BadAnswer("an answer holds a character that does not show", advice="write it without")
    answered = question.read(draft, tuple(dict.fromkeys(texts)))
    check(answered, _NOWHERE, about=question.about)
    return answered


def check(draft: Draft, folder: Path, *, about: str = "") -> tuple[str, str]:
    """The catalogue and the settings, proved to be read without a fault. Raises ``LiftgateError`` with the first.

    ``about`` is the key that an answer is written under: a fault there tells more than what follows from it.
    """
    catalogue, settings = catalogue_text(draft), settings_text(draft, folder)
    try:
        parse_catalogue([SourceFile(CATALOGUE, catalogue.encode())])
    except CatalogueFaulty as faulty:
        faults = faulty.faults
        fault = next((one for one in faults if about and about in one.path), faults[0])
        raise BadAnswer(fault.sentence, advice=_PLACE.sub("", fault.suggestion)) from None
    load_settings(given=tomllib.loads(settings))
    return catalogue, settings
