"""What mails say: one link, in the language of whoever gets it."""

from __future__ import annotations

import json

from api.i18n import texts_for
from assistant.tickets.models import DeskTicket

_QUOTED_CHARS = 300


def mail_with_link(
    email: str, locale: str, secret: str, ticket: DeskTicket | None, *, base: str, site_name: str
) -> str:
    """Return a mail, as JSON with ``to``, ``subject`` and ``text``.

    Args:
        email: where it goes.
        locale: whose language it speaks.
        secret: what the link is good for.
        ticket: the one that is sent by opening the link, if there is one.
        base: this service's address as visitors see it.
        site_name: the name of the help centre.
    """
    texts = texts_for(locale)
    link = f"{base}/support/{locale}/link/{secret}"
    named = {"name": site_name, "link": link}
    if ticket is None:
        subject = texts.gettext("Sign in to the help centre of %(name)s") % named
        text = texts.gettext(
            "Hello,\n\nwith this link you sign in to the help centre of %(name)s:\n\n%(link)s\n\n"
            "It is good for 24 hours and can be used once. If you did not ask for it, you need do nothing."
        )
    else:
        subject = texts.gettext("Please confirm your message to %(name)s") % named
        text = texts.gettext(
            "Hello,\n\nyou have written to the help centre of %(name)s. Open this link and confirm, and your "
            "message is on its way:\n\n"
            "%(link)s\n\nIt is good for 24 hours and can be used once. If you did not write it, you need do nothing: "
            "nobody will read it.\n\nYour message begins:\n\n%(quoted)s"
        )
        named["quoted"] = _quoted(ticket.text)
    return json.dumps({"to": email, "subject": subject, "text": text % named + "\n"}, ensure_ascii=False)


def mail_with_answer(ticket: DeskTicket, answer: str, *, base: str, site_name: str) -> str:
    """Return a mail that brings an answer to a ticket's customer, as JSON with ``to``, ``subject`` and ``text``.

    Args:
        ticket: the one that was answered.
        answer: what staff wrote.
        base: this service's address as visitors see it.
        site_name: the name of the help centre.
    """
    texts = texts_for(ticket.locale)
    named = {
        "name": site_name,
        "answer": answer,
        "link": f"{base}/support/{ticket.locale}/tickets/{ticket.id}",
        "quoted": _quoted(ticket.text),
    }
    subject = texts.gettext("An answer from %(name)s") % named
    text = texts.gettext(
        "Hello,\n\nwe have answered your message:\n\n%(answer)s\n\nYou can read all of it, and reply, here:\n\n"
        "%(link)s\n\nYour message begins:\n\n%(quoted)s"
    )
    mail = {"to": ticket.customer.email, "subject": subject, "text": text % named + "\n"}
    return json.dumps(mail, ensure_ascii=False)


def _quoted(text: str) -> str:
    short = text if len(text) <= _QUOTED_CHARS else text[:_QUOTED_CHARS].rsplit(" ", 1)[0] + " …"
    return "\n".join(f"> {line}" for line in short.splitlines())
