"""The texts that a helpdesk gets: a subject, the ticket with our reference, and the private note. Pure.

They are for staff, so they are in English, but for what customers and writers wrote. Every text that is added at a
helpdesk ends with a reference, by which it is found there again and told from what others write.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.helpdesks.models import By, Handover, Message
from assistant.tickets.promises import Lane

SUBJECT_CHARS = 200
_SENTENCE_END = re.compile(r"(?<=[.!?。！？؟])\s")
_PASSAGE_CHARS = 600
_REFERENCE = re.compile(r"\[askfirst:([0-9A-Z]{1,16})(?:/([0-9a-z-]{1,40}))?\]$")


def subject_of(text: str, *, otherwise: str) -> str:
    """Return the first sentence, or line, of a text; ``otherwise`` where it has none.

    It has at most ``SUBJECT_CHARS`` characters and no control characters, so it fits into one line of a mail's header.
    """
    for line in text.splitlines():
        plain = " ".join("".join(sign if sign.isprintable() else " " for sign in line).split())
        if plain:
            sentence = _SENTENCE_END.split(plain, maxsplit=1)[0]
            return shortened(sentence, SUBJECT_CHARS)
    return otherwise


def shortened(text: str, most: int) -> str:
    """Return a text with at most ``most`` characters, cut between words where it has any."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[most // 2 :] else cut) + "…"


def within_bytes(text: str, most: int) -> str:
    """Return a text that takes at most ``most`` bytes in UTF-8, cut between words where it has any."""
    chars = len(text)
    while len(text.encode()) > most:
        chars -= 1
        text = shortened(text, chars)
    return text


def reference(ticket: str, part: str = "") -> str:
    """Return what ends a text of ours: by it the ticket, or one part of it, is found."""
    return f"[askfirst:{ticket}/{part}]" if part else f"[askfirst:{ticket}]"


def referred_to(text: str) -> tuple[str, str] | None:
    """Return the ticket and the part that a text's own reference names; ``None`` for what others wrote.

    Only the end of the text counts: who answers by mail quotes what they answer.
    """
    ends = text.rstrip()
    last = ends.rpartition("\n")[2]
    found = _REFERENCE.search(last)
    if found is None or last.lstrip().startswith(">"):
        return None
    return found.group(1), found.group(2) or ""


def body(handover: Handover) -> str:
    """Return what a customer wrote, with our reference."""
    written = handover.text.strip() or "(The customer wrote nothing.)"
    return f"{written}\n\n{reference(handover.ticket)}"


def private_note(handover: Handover) -> str:
    """Return all that staff should know besides what the customer wrote."""
    paragraphs = [_who(handover), *_answered(handover), *_conversation(handover)]
    if handover.files:
        paragraphs.append("Files:\n" + "\n".join(f"- {name}: {link}" for name, link in handover.files))
    if handover.link:
        paragraphs.append(f"In Askfirst: {handover.link}")
    return "\n\n".join(paragraphs) + f"\n\n{reference(handover.ticket, _note_part(handover))}"


def told(message: Message) -> str:
    """Return a message as it is added at a helpdesk."""
    who = (
        "The customer writes:" if message.by is By.CUSTOMER else f"Answered in Askfirst by {message.author or 'staff'}:"
    )
    return f"{who}\n\n{(message.text or '').strip()}\n\n{reference(message.ticket, part_of(message))}"


def part_of(message: Message) -> str:
    """Return what a message is called in its reference."""
    return str(message.number)


def note_reference(handover: Handover) -> str:
    """Return the reference of the private note."""
    return reference(handover.ticket, _note_part(handover))


def moved_note(ticket: str, lane: Lane) -> str:
    """Return the note for a helpdesk that cannot change a priority."""
    return f"The customer has paid for a priority reply: the lane is now {lane.value}.\n\n{reference(ticket, 'lane')}"


def _note_part(handover: Handover) -> str:
    return "note" if handover.complete else "note-1"


def _who(handover: Handover) -> str:
    named = handover.name or "a customer without a name"
    address = f" <{handover.email}>" if handover.email else ""
    lines = [f"From {named}{address}, account {handover.account}, writes in {handover.locale}."]
    promised = f"; a reply is promised by {handover.promised}" if handover.promised else ""
    lines.append(f"Lane: {handover.lane.value}{promised}.")
    because = "; ".join(handover.noted.reasons)
    lines.append(f"Standing: {handover.noted.standing}{f' ({because})' if because else ''}.")
    return "\n".join(lines)


def _answered(handover: Handover) -> Iterable[str]:
    noted = handover.noted
    if noted.finding is None:
        if not handover.complete:
            yield "Whether the docs answer it is not known yet; it follows."
        return
    sure = f" (confidence {noted.confidence:.0%})" if noted.confidence is not None else ""
    yield f"Answered in the docs: {noted.finding}{sure}."
    for one in noted.passages:
        yield f"{one.title} – {one.url}\n" + "\n".join(
            f"> {line}" for line in shortened(one.text, _PASSAGE_CHARS).splitlines()
        )


def _conversation(handover: Handover) -> Iterable[str]:
    if handover.noted.conversation:
        lines = ["Before writing, the customer"]
        for one in handover.noted.conversation:
            lines.append(f"- asked: {shortened(' '.join(one.question.split()), _PASSAGE_CHARS)}")
            lines += [f"    shown: {title}{' (opened)' if title in one.opened else ''}" for title in one.shown]
        yield "\n".join(lines)
