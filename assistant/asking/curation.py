"""What writers decide by hand, in three plain files: synonyms, pages that answer certain questions, and hidden pages.

All are looked up when a question is asked, so an edit needs no index built again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import yaml

from assistant.asking.query import word_count
from assistant.errors import CurationUnusable
from corpus.languages import parse_locale
from indexer.lexical import fold, term_of, words_of

SYNONYMS = "synonyms.yaml"
PINNED = "pinned.yaml"
HIDDEN = "hidden.yaml"
FILES = (SYNONYMS, PINNED, HIDDEN)
_MOST_ADDED = 5
"""Words added to one question. More of them would outweigh what the visitor typed."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text as its words, each with the forms that make it the same word as another.

    The forms are its stem and the stem it has when typed without diacritics; ``forms`` are those of all words.
    """

    text: str
    words: tuple[frozenset[str], ...]
    forms: frozenset[str]

    @classmethod
    def of(cls, text: str, language: str) -> Phrase:
        """Return a text's words as they are compared in a language."""
        words = tuple(
            frozenset((term_of(word, language), term_of(fold(word), language))) for word in words_of(text.strip())
        )
        return cls(text.strip(), words, frozenset().union(*words))

    def stands_in(self, other: Phrase) -> bool:
        """Say whether the words follow one another somewhere in the other."""
        size = len(self.words)
        if not size or self.words[0].isdisjoint(other.forms):
            return False
        return any(
            all(not own.isdisjoint(its) for own, its in zip(self.words, other.words[start : start + size], strict=True))
            for start in range(len(other.words) - size + 1)
        )

    def is_covered_by(self, other: Phrase) -> bool:
        """Say whether each of the words stands in the other, wherever."""
        return all(not word.isdisjoint(other.forms) for word in self.words)


@dataclass(frozen=True, slots=True)
class Synonym:
    """What people type in a language, and what the pages call it."""

    language: str
    typed: Phrase
    called: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Pin:
    """A page, or one passage of it, that answers certain questions; ``line`` is where its file says so."""

    target: str
    questions: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Hidden:
    """A page that is never shown for a question, or ``everywhere`` a matter: the page with all its translations.

    Who follows a link or looks through the help centre finds it all the same. ``line`` is where its file says so.
    """

    target: str
    everywhere: bool
    reason: str
    line: int


@dataclass(frozen=True, slots=True)
class Curation:
    """All that writers have decided; without arguments, nothing."""

    synonyms: tuple[Synonym, ...] = ()
    pins: tuple[Pin, ...] = ()
    hidden: tuple[Hidden, ...] = ()
    sources: tuple[str, ...] = field(default=("", ""), compare=False)
    """The texts that it was read from, so that it can be kept and made again: two, or three if anything is hidden."""

    def expanded(self, query: str, language: str) -> str:
        """Return a query with what the pages call the things in it, as far as it does not say so already.

        At most ``_MOST_ADDED`` words are added, in the order of the file; a name that does not fit whole is left out.
        """
        synonyms = [one for one in self.synonyms if one.language == language]
        if not synonyms:
            return query
        asked = Phrase.of(query, language)
        added: list[Phrase] = []
        room = _MOST_ADDED
        for name in (name for one in synonyms if one.typed.stands_in(asked) for name in one.called):
            size = word_count(name.text)
            if size <= room and not any(name.stands_in(known) for known in (asked, *added)):
                added.append(name)
                room -= size
        return " ".join([query, *(name.text for name in added)])


NO_CURATION = Curation()


def load_curation(folder: Path) -> Curation:
    """Return what a folder's files say; either may be missing.

    Raises:
        CurationUnusable: if there is no such folder, or a file cannot be read or understood.
    """
    if not folder.is_dir():
        raise CurationUnusable(str(folder), None, "there is no such folder; make it, or mend ASKFIRST_CURATION")
    return curation_of(
        synonyms=read_source(folder / SYNONYMS),
        pinned=read_source(folder / PINNED),
        hidden=read_source(folder / HIDDEN),
    )


def curation_of(*, synonyms: str = "", pinned: str = "", hidden: str = "") -> Curation:
    """Return what the texts of the files say.

    Raises:
        CurationUnusable: if one cannot be understood.
    """
    hides = tuple(_hidden(hidden))
    # Where nothing is hidden the record knows it by the digest that it had before anything could be.
    sources = (synonyms, pinned, hidden) if hides else (synonyms, pinned)
    return Curation(tuple(_synonyms(synonyms)), tuple(_pins(pinned)), hides, sources)


@lru_cache(maxsize=8)
def snapshot_of(sources: tuple[str, ...]) -> tuple[str, str]:
    """Return digest and content of a curation's sources, as the record keeps them."""
    content = json.dumps(sources, ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest(), content


def curation_from(content: str) -> Curation:
    """Return the curation of a snapshot's content."""
    synonyms, pinned, *hidden = json.loads(content)
    return curation_of(synonyms=synonyms, pinned=pinned, hidden=hidden[0] if hidden else "")


def read_source(path: Path) -> str:
    """Return the text of one of the files, empty if there is none.

    Raises:
        CurationUnusable: if it cannot be read.
    """
    try:
        return path.read_text("utf-8-sig")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as exc:
        raise CurationUnusable(path.name, None, "it is not UTF-8 text; save it as UTF-8") from exc
    except OSError as exc:
        raise CurationUnusable(path.name, None, f"it cannot be read ({exc.strerror}); check its permissions") from exc


def _synonyms(source: str) -> Iterator[Synonym]:
    file = _File(SYNONYMS)
    root = file.root(source)
    if root is None:
        return
    for language_node, entries in file.items(root, "languages, such as 'pl:', each with its words below"):
        language = file.language(language_node)
        for typed, called in file.items(entries, "lines 'what people type: what the pages call it'"):
            names = file.phrases(called)
            for name in names:
                if word_count(name) > _MOST_ADDED:
                    raise file.wrong(called, f"'{name}' is too long; at most {_MOST_ADDED} words are added")
            yield Synonym(
                language,
                Phrase.of(file.phrase(typed), language),
                tuple(Phrase.of(name, language) for name in names),
            )


def _pins(source: str) -> Iterator[Pin]:
    file = _File(PINNED)
    root = file.root(source)
    if root is None:
        return
    shape = "entries '- page: …' with 'questions: […]' below"
    if not isinstance(root, yaml.SequenceNode):
        raise file.wrong(root, f"expected a list of {shape}")
    for entry in root.value:
        values = {key.value: (key, value) for key, value in file.items(entry, shape)}
        for name, (key, _) in values.items():
            if name not in ("page", "questions"):
                raise file.wrong(key, f"unknown key '{name}'; an entry has 'page' and 'questions'")
        for name in ("page", "questions"):
            if name not in values:
                raise file.wrong(entry, f"the entry has no '{name}'; add it")
        target = file.phrase(values["page"][1])
        yield Pin(target, file.phrases(values["questions"][1]), line=entry.start_mark.line + 1)


def _hidden(source: str) -> Iterator[Hidden]:
    file = _File(HIDDEN)
    root = file.root(source)
    if root is None:
        return
    shape = "entries '- page: …' or '- matter: …', each with an optional 'reason: …' below"
    if not isinstance(root, yaml.SequenceNode):
        raise file.wrong(root, f"expected a list of {shape}")
    lines: dict[tuple[str, bool], int] = {}
    for entry in root.value:
        line = entry.start_mark.line + 1
        if isinstance(entry, yaml.ScalarNode):
            one = Hidden(file.phrase(entry), everywhere=False, reason="", line=line)
        else:
            values = {key.value: (key, value) for key, value in file.items(entry, shape)}
            for name, (key, _) in values.items():
                if name not in ("page", "matter", "reason"):
                    raise file.wrong(key, f"unknown key '{name}'; an entry has 'page' or 'matter', and 'reason'")
            if ("page" in values) == ("matter" in values):
                raise file.wrong(entry, "name either a 'page', or a 'matter' to hide the page in all languages")
            target = file.phrase(values["page" if "page" in values else "matter"][1])
            reason = file.phrase(values["reason"][1]) if "reason" in values else ""
            one = Hidden(target, everywhere="matter" in values, reason=reason, line=line)
        known = lines.get((one.target, one.everywhere))
        if known is not None:
            raise file.wrong(entry, f"'{one.target}' is hidden in line {known} already; delete one of the two")
        lines[one.target, one.everywhere] = line
        yield one


class _File:
    """Reads a file's YAML node by node: nodes know their line, and hold every value as it is written."""

    def __init__(self, name: str) -> None:
        self._name = name

    def wrong(self, node: yaml.Node, reason: str) -> CurationUnusable:
        return CurationUnusable(self._name, node.start_mark.line + 1, reason)

    def root(self, source: str) -> yaml.Node | None:
        try:
            return yaml.compose(source, Loader=yaml.SafeLoader)
        except yaml.YAMLError as exc:
            mark = getattr(exc, "problem_mark", None)
            problem = getattr(exc, "problem", None) or str(exc).splitlines()[0]
            advice = "check indents, and put texts with a colon or other signs in quotes"
            line = mark.line + 1 if mark is not None else None
            raise CurationUnusable(self._name, line, f"it is not valid YAML ({problem}); {advice}") from exc
        except RecursionError as exc:
            raise CurationUnusable(self._name, None, "its lists are nested too deeply; write them flat") from exc

    def items(self, node: yaml.Node, shape: str) -> list[tuple[yaml.ScalarNode, yaml.Node]]:
        if not isinstance(node, yaml.MappingNode):
            raise self.wrong(node, f"expected {shape}")
        lines: dict[str, int] = {}
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise self.wrong(key, f"expected {shape}")
            name = key.value.casefold()
            if name in lines:
                raise self.wrong(key, f"'{key.value}' stands in line {lines[name]} already; put both into one list")
            lines[name] = key.start_mark.line + 1
        return list(node.value)

    def language(self, node: yaml.ScalarNode) -> str:
        try:
            locale = parse_locale(node.value)
        except ValueError:
            locale = ""
        if not locale or "-" in locale:
            raise self.wrong(node, f"'{node.value}' is not a language; write its code, such as 'pl' or 'pt'")
        return locale

    def phrases(self, node: yaml.Node) -> tuple[str, ...]:
        nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
        if not nodes:
            raise self.wrong(node, "the list is empty; fill it, or delete the entry")
        return tuple(self.phrase(one) for one in nodes)

    def phrase(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise self.wrong(node, "expected a text, or a list of texts; put a text with a colon or bracket in quotes")
        text = " ".join(node.value.split())
        if not words_of(text):
            raise self.wrong(node, "there are no words here; write some, or delete the entry")
        return text
