"""Edits of help pages, harmless ones and such that lose what a page said, to try the gate with."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import regex

from corpus.page import Block, Page, Section

Changes = Mapping[str, Page | None]
"""Pages by id as they are after an edit; ``None`` for one that is deleted."""

_TERMS = 8
"""Fewest words that a wrong translation mistakes; it mistakes half of the section's."""
_WORD = regex.compile(r"\p{L}{5,}")
_SENTENCE_END = regex.compile(r"(?<=[.!?])\s+")
_REWORDINGS: Mapping[str, Sequence[tuple[str, str]]] = {
    "en": (
        ("You can", "It is possible to"),
        ("Click", "Press"),
        ("choose", "select"),
        ("Open", "Go to"),
        ("Choose", "Pick"),
        ("your customers", "the people who buy from you"),
        ("does not", "doesn't"),
        ("cannot", "can't"),
        ("at once", "immediately"),
        ("until", "as long as it takes until"),
        ("before", "ahead of"),
        ("also", "in addition"),
        ("for example", "for instance"),
        ("The ", "Please note: the "),
    ),
    "pl": (
        ("Możesz", "Masz możliwość"),
        ("Kliknij", "Naciśnij"),
        ("Wybierz", "Zaznacz"),
        ("Otwórz", "Przejdź do"),
        ("wybierz", "zaznacz"),
        ("od razu", "natychmiast"),
        ("na przykład", "przykładowo"),
        ("także", "również"),
        ("Jeśli", "Jeżeli"),
        ("jeśli", "jeżeli"),
        ("oraz", "i"),
        ("Nie ", "Uwaga: nie "),
    ),
    "de": (
        ("Sie können", "Es ist möglich, dass Sie"),
        ("Klicken Sie auf", "Drücken Sie"),
        ("Wählen Sie", "Suchen Sie sich aus:"),
        ("Öffnen Sie", "Gehen Sie zu"),
        ("sofort", "unverzüglich"),
        ("zum Beispiel", "beispielsweise"),
        ("auch", "ebenfalls"),
        ("nur", "lediglich"),
        ("Wenn", "Falls"),
        ("wenn", "falls"),
        ("Die ", "Beachten Sie: die "),
    ),
    "nl": (
        ("U kunt", "Het is mogelijk om"),
        ("Je kunt", "Het is mogelijk om"),
        ("Klik op", "Druk op"),
        ("Kies", "Selecteer"),
        ("Open", "Ga naar"),
        ("meteen", "direct"),
        ("bijvoorbeeld", "zoals"),
        ("ook", "eveneens"),
        ("alleen", "enkel"),
        ("Als", "Wanneer"),
        ("als", "wanneer"),
        ("De ", "Let op: de "),
    ),
    "fr": (
        ("Vous pouvez", "Il est possible de"),
        ("Cliquez sur", "Appuyez sur"),
        ("Choisissez", "Sélectionnez"),
        ("Ouvrez", "Allez dans"),
        ("tout de suite", "immédiatement"),
        ("par exemple", "à titre d'exemple"),
        ("aussi", "également"),
        ("seulement", "uniquement"),
        ("Si ", "Dans le cas où "),
        ("si ", "dans le cas où "),
        ("Les ", "À noter : les "),
        ("Le ", "À noter : le "),
    ),
    "es": (
        ("Puede", "Tiene la posibilidad de"),
        ("Haga clic en", "Pulse"),
        ("Elija", "Seleccione"),
        ("por ejemplo", "pongamos por caso"),
        ("también", "además"),
        ("solo", "únicamente"),
        ("Si ", "En caso de que "),
        ("El ", "Tenga en cuenta: el "),
        ("La ", "Tenga en cuenta: la "),
    ),
}
_HEADINGS = {
    "en": "More on this: {}",
    "pl": "Więcej na ten temat: {}",
    "de": "Mehr dazu: {}",
    "nl": "Meer hierover: {}",
    "fr": "En savoir plus : {}",
    "es": "Más información: {}",
}
_ADDED = {
    "en": ("Still stuck?", "Write to support and say what you have tried; we answer on every working day."),
    "pl": ("Nadal nie działa?", "Napisz do pomocy i opisz, co już zostało sprawdzone; odpowiadamy w dni robocze."),
    "de": ("Klappt es nicht?", "Schreiben Sie dem Support, was Sie versucht haben; wir antworten an jedem Werktag."),
    "nl": ("Lukt het niet?", "Schrijf naar support wat u hebt geprobeerd; wij antwoorden op elke werkdag."),
    "fr": ("Toujours bloqué ?", "Écrivez au support ce que vous avez essayé ; nous répondons chaque jour ouvré."),
    "es": ("¿Sigue sin funcionar?", "Escriba al soporte qué ha probado; respondemos todos los días laborables."),
}
_NEW = {
    "en": (
        "Where our office is",
        "Our office is beside the main station. The canteen opens at noon, and dogs may come.",
    ),
    "pl": (
        "Gdzie jest nasze biuro",
        "Biuro jest obok dworca. Stołówka otwiera się w południe, a psy są mile widziane.",
    ),
    "de": ("Wo unser Büro ist", "Das Büro ist neben dem Bahnhof. Die Kantine öffnet mittags, Hunde dürfen mitkommen."),
    "nl": ("Waar ons kantoor is", "Het kantoor ligt naast het station. De kantine gaat om twaalf uur open."),
    "fr": (
        "Où sont nos bureaux",
        "Nos bureaux sont à côté de la gare. La cantine ouvre à midi, les chiens sont admis.",
    ),
    "es": ("Dónde está la oficina", "La oficina está junto a la estación. La cantina abre a mediodía."),
}


@dataclass(frozen=True, slots=True)
class Edit:
    """An edit of one page. ``harmful``: whoever was helped by the page is not any more."""

    kind: str
    page: str
    harmful: bool
    changes: Changes


class Editor:
    """Makes edits of the pages of a help centre, the same ones every time."""

    def __init__(self, pages: Sequence[Page]) -> None:
        self._pages = {page.id: page for page in pages}
        self._by_language: dict[str, list[Page]] = {}
        self._twins: dict[str, list[Page]] = {}
        for page in pages:
            self._by_language.setdefault(page.language, []).append(page)
            self._twins.setdefault(page.matter or page.id, []).append(page)

    def edits_of(self, page: Page, *, confirmed: str) -> list[Edit]:
        """Return all edits that can be made of a page; where only a part is concerned, of the section of the answer.

        Args:
            page: the page.
            confirmed: the text of the passage that was confirmed.
        """
        at = _place(page, confirmed)
        made = [
            Edit(kind, page.id, harmful, changes)
            for harmful, kinds in ((True, self._harmful()), (False, self._harmless()))
            for kind, edit in kinds.items()
            if (changes := edit(page, at, _random(kind, page))) is not None
        ]
        return [one for one in made if any(self._pages.get(name) != now for name, now in one.changes.items())]

    def _harmful(self) -> Mapping[str, Callable[[Page, int, random.Random], Changes | None]]:
        return {
            "deleted": lambda page, at, lot: {page.id: None},
            "emptied": lambda page, at, lot: {page.id: _with_texts(page, lambda text: "", keep_first=True)},
            "section emptied": self._section_emptied,
            "merged": self._merged,
            "retitled": self._retitled,
            "other language": self._other_language,
            "other language, a section": self._other_language_section,
            "another page's translation": self._other_page,
            "wrong terms": self._wrong_terms,
        }

    def _harmless(self) -> Mapping[str, Callable[[Page, int, random.Random], Changes | None]]:
        return {
            "typo": lambda page, at, lot: {page.id: _with_section(page, at, lambda text: _typo(text, lot))},
            "sentence reworded": self._reworded,
            "section reworded": self._section_reworded,
            "title reworded": self._title_reworded,
            "section added": self._section_added,
            "sections reordered": self._reordered,
            "aliases added": lambda page, at, lot: {
                page.id: replace(page, aliases=(*page.aliases, page.sections[at].heading or page.title.lower()))
            },
            "heading reworded": self._heading_reworded,
            "new date": lambda page, at, lot: {page.id: replace(page, digest=page.digest[::-1])},
            "new page": self._new_page,
        }

    def _other(self, page: Page, lot: random.Random) -> Page | None:
        others = [
            one
            for one in self._by_language[page.language]
            if (one.matter or one.id) != (page.matter or page.id) and _length(one) >= 200
        ]
        return lot.choice(others) if others else None

    def _twin(self, page: Page, lot: random.Random) -> Page | None:
        twins = [one for one in self._twins[page.matter or page.id] if one.language != page.language]
        return lot.choice(twins) if twins else None

    def _section_emptied(self, page: Page, at: int, lot: random.Random) -> Changes | None:
        if len(page.sections) < 2:
            return None
        return {page.id: _with_section(page, at, lambda text: "")}

    def _merged(self, page: Page, at: int, lot: random.Random) -> Changes | None:
        other = self._other(page, lot)
        if other is None:
            return None
        title = Section(2, page.title, "merged", ())
        return {page.id: None, other.id: replace(other, sections=(*other.sections, title, *page.sections))}

    def _retitled(self, page: Page, at: int, lot: random.Random) -> Changes | None:
        other = self._other(page, lot)
        return {page.id: replace(page, title=other.title)} if other is not None else None

    def _other_language(self, page: Page, at: int, lot: random.Random) -> Changes | None:
        twin = self._twin(page, lot)
        return {page.id: replace(page, sections=twin.sections)} if twin is not None else None

    def _other_language_section(self, page: Page, at: int, lot: random.Random) -> Changes | None:
        twin = self._twin(page, lot)
        if twin is None or len(twin.sections) != len(page.sections) or len(page.sections) < 2:
            return None
        sections = list(page.sections)
        sections[at] = replace(sections[at], blocks=twin.sections[at].blocks)
        return {page.id: replace(page, sections=tuple(sections))}

    def _other_page(self, page: Page, at: int, lot: random.Random) -> Changes | None:
        other = self._other(page, lot)
        return {page.id: replace(page, sections=other.sections)} if other is not None else None

    def _wrong_terms(self, page: Page, at: int, lot: random.Random) -> Changes | None:
        other = self._other(page, lot)
        if other is None:
            return None
        own, foreign = _terms(page.sections[at]), _terms(*other.sections)
        pairs = dict(zip(own[: max(_TERMS, len(own) // 2)], [one for one in foreign if one not in own], strict=False))
        if len(pairs) < _TERMS:
            return None

        def mistaken(text: str) -> str:
            return _WORD.sub(lambda found: pairs.get(found.group().lower(), found.group()), text)

        return {page.id: _with_texts(page, mistaken)}

    def _reworded(self, page: Page, at: int, lot: random.Random) -> Changes | None:
        for number, block in enumerate(page.sections[at].blocks):
            sentences = _SENTENCE_END.split(block.text)
            for place, sentence in enumerate(sentences):
                new = _reworded(sentence, page.language)
                if new != sentence and len(sentence) > 30:
                    sentences[place] = new
                    blocks = list(page.sections[at].blocks)
                    blocks[number] = Block(" ".join(sentences), block.anchor)
                    return {page.id: _section_replaced(page, at, replace(page.sections[at], blocks=tuple(blocks)))}
        return None

    def _section_reworded(self, page: Page, at: int, lot: random.Random) -> Changes | None:
        return {page.id: _with_section(page, at, lambda text: _reworded(text, page.language))}

    def _title_reworded(self, page: Page, at: int, lot: random.Random) -> Changes | None:
        if page.language not in _HEADINGS:
            return None
        return {page.id: replace(page, title=_HEADINGS[page.language].format(page.title))}

    def _section_added(self, page: Page, at: int, lot: random.Random) -> Changes | None:
        if page.language not in _ADDED:
            return None
        heading, text = _ADDED[page.language]
        return {
            page.id: replace(page, sections=(*page.sections, Section(2, heading, "more", (Block(text, "more-1"),))))
        }

    def _reordered(self, page: Page, at: int, lot: random.Random) -> Changes | None:
        sections = list(page.sections)
        places = [number for number, one in enumerate(sections) if one.blocks and one.level > 1]
        pairs = [(a, b) for a in places for b in places if a < b and sections[a].level == sections[b].level]
        if pairs:
            a, b = lot.choice(pairs)
            sections[a], sections[b] = sections[b], sections[a]
            return {page.id: replace(page, sections=tuple(sections))}
        blocks = list(sections[at].blocks)
        if len(blocks) < 3:
            return None
        place = lot.randrange(len(blocks) - 1)
        blocks[place], blocks[place + 1] = blocks[place + 1], blocks[place]
        return {page.id: _section_replaced(page, at, replace(sections[at], blocks=tuple(blocks)))}

    def _heading_reworded(self, page: Page, at: int, lot: random.Random) -> Changes | None:
        section = page.sections[at]
        if not section.heading or page.language not in _HEADINGS:
            return None
        heading = _HEADINGS[page.language].format(section.heading)
        return {page.id: _section_replaced(page, at, replace(section, heading=heading))}

    def _new_page(self, page: Page, at: int, lot: random.Random) -> Changes | None:
        if page.language not in _NEW:
            return None
        title, text = _NEW[page.language]
        matter = f"new-beside-{page.matter or page.id}"
        new = Page(
            f"{page.language}/{matter}",
            f"{title} ({lot.randrange(1000)})",
            page.locale,
            f"/{page.language}/{matter}",
            (Section(0, "", "", (Block(text, "new-1"),)),),
            digest=matter,
            matter=matter,
        )
        return {new.id: new}


def edited(pages: Sequence[Page], edits: Sequence[Edit]) -> list[Page]:
    """Return pages after some edits, none of which concerns a page of another."""
    changes = {name: page for edit in edits for name, page in edit.changes.items()}
    kept = [changes.pop(page.id, page) for page in pages]
    return [page for page in (*kept, *changes.values()) if page is not None]


def _place(page: Page, confirmed: str) -> int:
    """Return which section says most of a passage."""
    told = [sum(len(block.text) for block in one.blocks if block.text in confirmed) for one in page.sections]
    return max(range(len(told)), key=told.__getitem__)


def _with_texts(page: Page, change: Callable[[str], str], *, keep_first: bool = False) -> Page:
    """Return a page with each paragraph changed; ``keep_first`` leaves its first few words."""
    sections = [
        replace(section, blocks=tuple(replace(block, text=change(block.text)) for block in section.blocks))
        for section in page.sections
    ]
    sections = [replace(one, blocks=tuple(block for block in one.blocks if block.text)) for one in sections]
    if keep_first and not any(section.blocks for section in sections):
        first = next(block for section in page.sections for block in section.blocks)
        beginning = " ".join(first.text.split()[:3])
        sections = [Section(0, "", "", (replace(first, text=beginning),))]
    return replace(page, sections=tuple(sections))


def _with_section(page: Page, at: int, change: Callable[[str], str]) -> Page:
    blocks = (replace(block, text=change(block.text)) for block in page.sections[at].blocks)
    section = replace(page.sections[at], blocks=tuple(block for block in blocks if block.text))
    return _section_replaced(page, at, section)


def _section_replaced(page: Page, at: int, section: Section) -> Page:
    return replace(page, sections=(*page.sections[:at], section, *page.sections[at + 1 :]))


def _reworded(text: str, language: str) -> str:
    """Return a text with other words for the same."""
    for old, other in _REWORDINGS.get(language, ()):
        text = regex.sub(rf"\b{regex.escape(old)}", other, text)
    return text


def _typo(text: str, lot: random.Random) -> str:
    """Return a text with two letters of one word exchanged: mended or made, it is the same edit."""
    words = list(_WORD.finditer(text))
    if not words:
        return text
    start, end = lot.choice(words).span()
    place = lot.randrange(start + 1, end - 1)
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def _terms(*sections: Section) -> list[str]:
    """Return words, those first that stand there most often."""
    text = " ".join(block.text for section in sections for block in section.blocks)
    counted = Counter(word.lower() for word in _WORD.findall(text))
    return [word for word, _ in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))]


def _length(page: Page) -> int:
    return sum(len(block.text) for section in page.sections for block in section.blocks)


def _random(kind: str, page: Page) -> random.Random:
    return random.Random(hashlib.sha256(f"{kind} {page.id}".encode()).digest())  # noqa: S311 - a lot that is drawn again
