"""What the pages say, in each of their languages. Plain sentences; a language not here reads English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

LANGUAGES = ("en", "pl", "nl", "de", "fr")

_TEXTS: Mapping[str, tuple[str, str, str, str, str]] = {
    # in the order of LANGUAGES
    "ask": ("How can we help?", "W czym możemy pomóc?", "Waarmee kunnen we helpen?", "Wie können wir helfen?", "Comment pouvons-nous vous aider ?"),
    "ask_hint": (
        "Ask in your own words. The answer comes from our help pages.",
        "Zapytaj własnymi słowami. Odpowiedź pochodzi z naszych stron pomocy.",
        "Vraag het in je eigen woorden. Het antwoord komt uit onze helppagina’s.",
        "Fragen Sie in Ihren eigenen Worten. Die Antwort stammt aus unseren Hilfeseiten.",
        "Posez votre question avec vos mots. La réponse vient de nos pages d’aide.",
    ),
    "your_question": ("Your question", "Twoje pytanie", "Je vraag", "Ihre Frage", "Votre question"),
    "button": ("Ask", "Zapytaj", "Vragen", "Fragen", "Demander"),
    "answered": ("This answers it", "Oto odpowiedź", "Dit is het antwoord", "Das ist die Antwort", "Voici la réponse"),
    "also": ("See also", "Zobacz też", "Zie ook", "Siehe auch", "Voir aussi"),
    "related": (
        "We are not sure we have the answer. These pages come closest:",
        "Nie mamy pewności, że znamy odpowiedź. Najbliższe są te strony:",
        "We weten niet zeker of we het antwoord hebben. Deze pagina’s komen het dichtst in de buurt:",
        "Wir sind nicht sicher, ob wir die Antwort haben. Diese Seiten kommen ihr am nächsten:",
        "Nous ne sommes pas sûrs d’avoir la réponse. Ces pages s’en approchent le plus :",
    ),
    "missed": (
        "This is not in our help pages.",
        "Tego nie ma na naszych stronach pomocy.",
        "Dit staat niet in onze helppagina’s.",
        "Das steht nicht in unseren Hilfeseiten.",
        "Cela ne figure pas dans nos pages d’aide.",
    ),
    "missed_hint": (
        "Try other words, or look through all help pages.",
        "Spróbuj innymi słowami albo przejrzyj wszystkie strony pomocy.",
        "Probeer het met andere woorden, of bekijk alle helppagina’s.",
        "Versuchen Sie es mit anderen Worten oder sehen Sie alle Hilfeseiten durch.",
        "Essayez avec d’autres mots, ou parcourez toutes les pages d’aide.",
    ),
    "other_language": ("Language: {language}", "Język: {language}", "Taal: {language}", "Sprache: {language}", "Langue : {language}"),
    "read_on": ("Read it on the page", "Przeczytaj na stronie", "Lees het op de pagina", "Auf der Seite lesen", "Lire sur la page"),
    "all_pages": ("All help pages", "Wszystkie strony pomocy", "Alle helppagina’s", "Alle Hilfeseiten", "Toutes les pages d’aide"),
    "on_this_page": ("On this page", "Na tej stronie", "Op deze pagina", "Auf dieser Seite", "Sur cette page"),
    "updated": ("Last changed {date}", "Ostatnia zmiana: {date}", "Laatst gewijzigd op {date}", "Zuletzt geändert am {date}", "Dernière modification : {date}"),
    "not_found": (
        "There is no such page.",
        "Nie ma takiej strony.",
        "Deze pagina bestaat niet.",
        "Diese Seite gibt es nicht.",
        "Cette page n’existe pas.",
    ),
    "not_ready": (
        "The help pages are being prepared. Please try again in a moment.",
        "Strony pomocy są właśnie przygotowywane. Spróbuj ponownie za chwilę.",
        "De helppagina’s worden klaargezet. Probeer het zo meteen opnieuw.",
        "Die Hilfeseiten werden gerade vorbereitet. Bitte versuchen Sie es gleich noch einmal.",
        "Les pages d’aide sont en cours de préparation. Réessayez dans un instant.",
    ),
    "failed": (
        "That did not work. Your question is still in the box; please try again.",
        "Coś się nie udało. Twoje pytanie zostało w polu; spróbuj ponownie.",
        "Dat lukte niet. Je vraag staat nog in het veld; probeer het opnieuw.",
        "Das hat nicht geklappt. Ihre Frage steht noch im Feld; bitte versuchen Sie es noch einmal.",
        "Cela n’a pas fonctionné. Votre question est toujours dans le champ ; réessayez.",
    ),
    "searching": ("Looking…", "Szukam…", "Zoeken…", "Suche läuft…", "Recherche…"),
    "empty": (
        "Type your question first.",
        "Najpierw wpisz pytanie.",
        "Typ eerst je vraag.",
        "Geben Sie zuerst Ihre Frage ein.",
        "Saisissez d’abord votre question.",
    ),
    "too_long": (
        "That is too long to search for. Please shorten it to 10,000 characters.",
        "To za długi tekst. Skróć go do 10 000 znaków.",
        "Dat is te lang om op te zoeken. Kort het in tot 10.000 tekens.",
        "Das ist zu lang für die Suche. Bitte kürzen Sie auf 10.000 Zeichen.",
        "C’est trop long. Raccourcissez à 10 000 caractères.",
    ),
    "suggestions_some": (
        "Suggestions: {count}",
        "Podpowiedzi: {count}",
        "Suggesties: {count}",
        "Vorschläge: {count}",
        "Suggestions : {count}",
    ),
    "suggestions_none": ("No suggestions", "Brak podpowiedzi", "Geen suggesties", "Keine Vorschläge", "Aucune suggestion"),
    "help": ("Help", "Pomoc", "Help", "Hilfe", "Aide"),
    "skip": ("Skip to the content", "Przejdź do treści", "Naar de inhoud", "Zum Inhalt", "Aller au contenu"),
    "language": ("Language", "Język", "Taal", "Sprache", "Langue"),
}  # fmt: skip


def texts_for(language: str) -> Mapping[str, str]:
    """Return every text in one language, English where there is none in it."""
    column = LANGUAGES.index(language) if language in LANGUAGES else 0
    return MappingProxyType({key: row[column] for key, row in _TEXTS.items()})
