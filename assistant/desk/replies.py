"""A reply ready to copy, made of what the help pages say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from assistant.desk.models import Answered, CheckedMatter, CheckedPassage, TicketCheck

_LONGEST_QUOTE = 160
_LONGEST_EXTRACT = 700


class Texts(Protocol):
    """Texts in the customer's language."""

    def gettext(self, msgid: str) -> str:
        """Return a text."""
        ...


AddressOf = Callable[[CheckedPassage], str]
"""Returns the whole address of a passage, as a customer can open it."""


def reply_of(check: TicketCheck, texts: Texts, *, address_of: AddressOf, name: str = "", signed: str = "") -> str:
    """Return a reply to a ticket as plain text, paragraphs parted by empty lines.

    Each matter that the docs answer, or may answer, has its best extract with the page's title and address; of the
    others it says that we look at them.

    Args:
        check: what was found.
        texts: in the customer's language.
        address_of: where a passage can be read.
        name: the customer's, if known.
        signed: who signs.
    """
    greeting = texts.gettext("Hello %(name)s,") % {"name": name} if name else texts.gettext("Hello,")
    parts = [greeting, texts.gettext("thank you for your message.")]
    answered = [one for one in check.matters if one.passages and one.answered is not Answered.NO]
    if answered:
        for one in check.matters:
            parts += _about(one, texts, address_of, is_one_of_many=len(check.matters) > 1)
    else:
        parts.append(texts.gettext("Our help pages do not answer this. We look into it and will write to you again."))
    parts.append(texts.gettext("If anything is still unclear, simply answer this message."))
    closing = texts.gettext("Kind regards")
    parts.append(f"{closing}\n{signed}" if signed else closing)
    return "\n\n".join(parts) + "\n"


def _about(one: CheckedMatter, texts: Texts, address_of: AddressOf, *, is_one_of_many: bool) -> list[str]:
    parts = []
    if is_one_of_many:
        quote = _shortened(one.matter.asking, _LONGEST_QUOTE)
        parts.append(texts.gettext("You wrote: “%(quote)s”") % {"quote": quote})
    if not one.passages or one.answered is Answered.NO:
        parts.append(texts.gettext("Our help pages do not answer this. We look into it and will write to you again."))
        return parts
    best = one.passages[0]
    parts.append(
        texts.gettext("Our help pages say about this:")
        if one.answered is Answered.YES
        else texts.gettext("This page of our help may be what you need:")
    )
    extract = _shortened(best.extract.text, _LONGEST_EXTRACT)
    parts.append(f"“{extract}”")
    parts.append(f"{best.hit.passage.page_title}\n{address_of(best)}")
    return parts


def _shortened(text: str, most: int) -> str:
    """Return a text on one line a paragraph, cut at a word's end where it is too long."""
    lines = (" ".join(line.split()) for line in text.strip().splitlines())
    whole = "\n".join(line for line in lines if line)
    if len(whole) <= most:
        return whole
    border = whole.rfind(" ", 0, most)
    return whole[: border if border > 0 else most].rstrip(" ,;:.") + " …"
