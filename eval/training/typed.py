"""Questions as people type them: with errors, without diacritics, after a greeting and what happened before."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace

from eval.perturbing import in_capitals, with_typos, without_diacritics
from indexer.adapting.pairs import Pair

_TYPOS, _NO_DIACRITICS, _CAPITALS, _WRAPPED = 0.08, 0.08, 0.02, 0.12
"""Shares of the questions that are changed so; the last independent of the others."""

OPENINGS: Mapping[str, Sequence[str]] = {
    "pl": (
        "Dzień dobry.",
        "Hej,",
        "Witam,",
        "Szanowni Państwo, piszę w sprawie mojego sklepu.",
        "Cześć, prowadzę mały sklep z ceramiką i robię to wszystko po godzinach.",
        "Dobry wieczór. Już drugi raz do was piszę, ostatnio bardzo mi pomogliście.",
        "Hej, sorki że zawracam głowę.",
        "Dzień dobry, jestem klientką od trzech lat. Sklep działa w porządku. Tylko jednej rzeczy nie mogę zrobić.",
        "Witam. Przejąłem sklep po koleżance, która odeszła, i dopiero się uczę. Nie jestem informatykiem.",
        "Dzwoniłem rano, ale nikt nie odebrał, więc piszę.",
        "Proszę o pilną pomoc!",
    ),
    "en": (
        "Hello.",
        "Hey,",
        "Good afternoon,",
        "Dear support team, I am writing about our online store.",
        "Hi, I run a small pottery shop and do all of this after work.",
        "Good evening. This is my second message, you were very helpful the first time.",
        "Sorry to bother you again.",
        "Hi, I have been a customer for three years now. Everything works. There is just one thing I can’t manage.",
        "Hello, I took the shop over from a colleague who left, and I am still learning. I am not a technical person.",
        "I called this morning but nobody picked up, so here I am.",
        "Urgent, please help!",
    ),
    "de": (
        "Guten Morgen.",
        "Hi,",
        "Hallo liebes Team,",
        "Sehr geehrte Damen und Herren, es geht um unseren Onlineshop.",
        "Hallo, ich habe einen kleinen Keramikladen und mache das alles nach Feierabend.",
        "Guten Abend. Das ist schon meine zweite Nachricht, beim ersten Mal wurde mir super geholfen.",
        "Sorry, dass ich nochmal störe.",
        "Guten Tag, ich bin seit drei Jahren Kundin. Alles läuft gut. Nur eine Sache bekomme ich nicht hin.",
        "Hallo, ich habe den Shop von einer Kollegin übernommen und lerne noch. Technisch bin ich nicht so fit.",
        "Heute früh habe ich angerufen, aber es ging niemand ran.",
        "Bitte dringend um Hilfe!",
    ),
    "nl": (
        "Goedemiddag.",
        "Hoi,",
        "Hallo team,",
        "Geachte heer of mevrouw, ik schrijf over onze webshop.",
        "Hallo, ik heb een klein keramiekwinkeltje en doe dit allemaal na mijn werk.",
        "Goedenavond. Dit is al mijn tweede bericht, de eerste keer was ik goed geholpen.",
        "Sorry dat ik weer stoor.",
        "Dag, ik ben nu drie jaar klant. Alles werkt prima. Er is maar één ding dat niet lukt.",
        "Hallo, ik heb de winkel overgenomen van een collega die weg is en ik leer nog. Techniek is niets voor mij.",
        "Vanochtend heb ik gebeld maar er nam niemand op.",
        "Graag snel hulp!",
    ),
    "fr": (
        "Bonsoir.",
        "Salut,",
        "Bonjour l’équipe,",
        "Madame, Monsieur, je vous écris au sujet de notre boutique en ligne.",
        "Bonjour, je tiens une petite boutique de céramique et je fais tout cela après le travail.",
        "Bonsoir. C’est mon deuxième message, la première fois vous m’avez bien aidé.",
        "Désolée de vous déranger encore.",
        "Bonjour, je suis cliente depuis trois ans. Tout va bien. Il y a juste une chose que je ne sais pas faire.",
        "Bonjour, j’ai repris la boutique d’une collègue qui est partie et j’apprends. Je ne suis pas technicien.",
        "J’ai appelé ce matin mais personne n’a répondu.",
        "Merci de m’aider vite !",
    ),
}
CLOSINGS: Mapping[str, Sequence[str]] = {
    "pl": (
        "Dziękuję!",
        "Pozdrawiam, Marek",
        "Proszę o szybką odpowiedź.",
        "Z poważaniem, Ewa Nowak",
        "dzięki",
        "Pomocy!",
    ),
    "en": ("Thanks!", "Best regards, Mark", "Please reply soon.", "Yours sincerely, Emma Clark", "thx", "Help!"),
    "de": (
        "Danke!",
        "Viele Grüße, Markus",
        "Bitte um schnelle Antwort.",
        "Mit freundlichen Grüßen, Eva Kern",
        "lg",
        "Hilfe!",
    ),
    "nl": ("Bedankt!", "Groeten, Mark", "Graag snel een antwoord.", "Met vriendelijke groet, Eva Smit", "mvg", "Help!"),
    "fr": ("Merci !", "Cordialement, Marc", "Merci de répondre vite.", "Bien à vous, Eva Morel", "cdlt", "À l’aide !"),
}


def as_typed(pairs: Sequence[Pair], *, seed: int) -> list[Pair]:
    """Return pairs of which some questions are changed as people type them; what answers them stays as it is.

    Args:
        pairs: a question is wrapped into courtesies only where its language is known and one of ours.
        seed: decides which and how.
    """
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    return [replace(pair, question=_typed(pair, chance)) for pair in pairs]


def _typed(pair: Pair, chance: random.Random) -> str:
    text = pair.question
    place = chance.random()
    for share, change in ((_TYPOS, with_typos), (_NO_DIACRITICS, without_diacritics), (_CAPITALS, in_capitals)):
        if 0.0 <= place < share:
            text = change(text)
        place -= share
    if pair.language in OPENINGS and chance.random() < _WRAPPED:
        opening = chance.choice(OPENINGS[pair.language])
        closing = chance.choice(CLOSINGS[pair.language]) if chance.random() < 0.5 else ""
        text = f"{opening} {text} {closing}".strip()
    return text
