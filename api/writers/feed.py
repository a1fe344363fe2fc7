"""The latest gaps as an Atom feed (RFC 4287). Feed readers cannot sign in: the feed's address holds a key."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from fastapi import Request
from fastapi.responses import Response

from api.dependencies import Services
from api.errors import NotFound
from api.i18n import texts_for
from api.writers.views import name_of
from api.writers.words import diagnosis_names, interval
from assistant.gaps.keeping import LEAST_PEOPLE
from assistant.record.events import Instant

_ATOM = "http://www.w3.org/2005/Atom"
_MOST = 50


def feed_key(services: Services) -> str:
    """Return the key in the feed's address; another secret makes another."""
    return services.keys.derive("gap feed").hex()[:32]


def feed_address(services: Services) -> str:
    """Return where the feed is."""
    return f"/writers/gaps.atom?key={feed_key(services)}"


def feed_of(request: Request, services: Services, key: str) -> Response:
    """Return the feed.

    Raises:
        NotFound: if the key is not the feed's.
    """
    if not secrets.compare_digest(key.encode(), feed_key(services).encode()):
        raise NotFound("this feed's address is not complete; copy it from the list of gaps")
    base = services.settings.public_url or str(request.base_url).rstrip("/")
    locale = services.settings.default_locale
    texts = texts_for(locale)
    store = services.writers.gaps.store
    found = sorted(store.gaps(least_people=LEAST_PEOPLE, most=1000), key=lambda one: (-one.changed_at, one.id))[:_MOST]
    names = store.texts([question for one in found for _, question in one.names])
    ET.register_namespace("", _ATOM)
    feed = ET.Element(f"{{{_ATOM}}}feed")
    _add(feed, "id", f"{base}/writers/gaps")
    _add(feed, "title", f"{services.settings.site_name}: {texts.gettext('Gaps')}")
    _add(feed, "updated", _stamp(max((one.changed_at for one in found), default=0)))
    ET.SubElement(feed, f"{{{_ATOM}}}link", href=f"{base}/writers/gaps")
    author = ET.SubElement(feed, f"{{{_ATOM}}}author")
    _add(author, "name", services.settings.site_name)
    for one in found:
        entry = ET.SubElement(feed, f"{{{_ATOM}}}entry")
        _add(entry, "id", f"{base}/writers/gaps/{one.id}")
        _add(entry, "title", _printable(name_of(one, names, locale)[0]))
        _add(entry, "updated", _stamp(one.changed_at))
        ET.SubElement(entry, f"{{{_ATOM}}}link", href=f"{base}/writers/gaps/{one.id}")
        said = [
            texts.ngettext("%(num)s person asked", "%(num)s people asked", one.facts.people) % {"num": one.facts.people}
        ]
        if one.facts.cost is not None:
            spared = interval(one.facts.cost.spared, texts)
            said.append(texts.gettext("a page would spare %(spared)s tickets a week") % {"spared": spared})
        if one.diagnosis is not None:
            said.append(diagnosis_names(texts)[one.diagnosis])
        _add(entry, "summary", "; ".join(said))
    body = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return Response(body, media_type="application/atom+xml", headers={"Cache-Control": "private, no-cache"})


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, f"{{{_ATOM}}}{name}").text = text


def _stamp(at: Instant) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="seconds")


def _printable(text: str) -> str:
    """Return a text without characters that XML does not have."""
    return "".join(one for one in text if one.isprintable())
