"""Words that say what kind of number stands beside them."""

from __future__ import annotations

import regex

from assistant.privacy.models import BARRIER, PersonalData

_WORDS = {
    PersonalData.NATIONAL_ID: (
        r"pesel\w*|dow(?:ó|o)d\w{0,3} osobist\w+|(?:nr|numer\w*|seri\w+) (?:i numer )?(?:mojego )?dowodu"
        r"|dow[oó]d tożsamości"
        r"|paszport\w*|prawo jazdy|prawa jazdy|bsn\w*|burgerservice\s?n(?:umme)?r|sofi-?n(?:umme)?r|paspoort\w*"
        r"|rijbewijs\w*"
        r"|identiteitskaart\w*|id-?kaart\w*|legitimatie\w*|rijksregister\w*|personal-?ausweis\w*|ausweis\w*"
        r"|reise-?pass\w*"
        r"|führerschein\w*|sozialversicherung\w*|rentenversicherung\w*|versicherungsnummer|sv-?n(?:umme)?r"
        r"|s[ée]cu(?:rit[ée])?"
        r"|nir|n° (?:de )?s[ée]cu|insee|carte (?:nationale )?d'identit[ée]|pi[èe]ce d'identit[ée]|carte vitale"
        r"|cni|cnie"
        r"|passe?port\w*|permis(?: de conduire)?|titre de s[ée]jour|num[ée]ro national|registre national"
        r"|national insurance"
        r"|ni (?:no|num)\w*|nino|nhs|driving licen[cs]e|driver'?s? licen[cs]e|identity (?:card|document|number)"
        r"|id (?:card|number|no|document)|ssn|social security|codice fiscale|dni|nie|rodn[ée] [čc][ií]slo"
        r"|national id\w*|residence permit"
    ),
    PersonalData.TAX_ID: (
        r"nip(?:-?u|-?em|-?ie|nummer)?|regon\w*|krs|tax (?:id|number|no|code|ref)\w*|vat|btw\w*|kvk\w*|k\.v\.k\."
        r"|rsin|fiscaal\w*|steuer\w*"
        r"|kamer van koophandel"
        r"|st\.?-?nr|idnr|ust\W?id\w*|ustid\w*|ust|umsatzsteuer\w*|uid\w*|siren|siret|tva|num[ée]ro fiscal|spi"
        r"|utr|ein|tin"
        r"|dič|dic|ičo|ico|partita iva|p\.? ?iva|nif|cif|company (?:reg\w* )?n\w+|handelsregister\w*|ondernemingsn\w+"
        r"|num[ée]ro d'entreprise|unternehmensnummer"
    ),
    PersonalData.IBAN: (
        r"iban|kont[oa]|kontonummer|konto-?n(?:umme)?r|kto\.?|nrb|rachun\w+|rekening\w*|bankrekening\w*|blz"
        r"|bankleitzahl"
        r"|compte|rib|bank account|account(?: number| no)?|acct?|a/c|sort code|routing|bankverbindung"
    ),
    PersonalData.CARD: (
        r"kart(?:a|y|ę|e|ą|cie)|(?:credit|debit|bank|payment)?\s?card|creditcard|(?:credit|bank|debet|pin)?kaart"
        r"|pas(?:nummer|je)"
        r"|bankpas|pinpas|(?:kredit|bank|debit|ec-)?karten?\w*|carte(?: bancaire| bleue)?|cb|visa|mastercard"
        r"|maestro|amex|american express"
    ),
    PersonalData.PHONE: (
        r"tel|tel\.|telef\w*|t[ée]l[ée]ph\w*|phone\w*|mobil\w*|cell\w*|kom(?:órk|ork)\w*|kom\.?|handy\w*|gsm\w*"
        r"|portable|fax|faks|fon"
        r"|whats\s?app\w*|signal|viber|rufnummer\w*|dzwo[ńn]\w*|zadzwo\w+|oddzwo\w+|call|ring|text|sms\w*|bel"
        r"|bellen|gebeld"
        r"|anrufen|ruf\w*|rückruf\w*|appele[rz]\w*|rappel\w*|appel|joignable|contact(?: number)?|reach"
        r"|t[ée]l[ée]foon\w*|06-nummer|nummer|num(?:e|é)ro|number|numer\w*"
    ),
}
_ANY = regex.compile(
    "|".join(rf"(?P<{kind.name}>(?<![\p{{L}}\p{{N}}])(?:{words})(?![\p{{L}}]))" for kind, words in _WORDS.items()),
    regex.IGNORECASE,
)
_GOODS = regex.compile(
    r"(?:\b(?:cve|ean|gtin|isbn|sku|upc|mpn|asin|barcode|kod kreskowy|strichcode|streepjescode|code-barres"
    r"|artikelnummer|art\.?-?nr"
    r"|part number|timestamp|bytes?|build|commit|id produktu|product id)\b[^\p{L}\p{N}]{0,4}(?:\d+ )?)$",
    regex.IGNORECASE,
)
_SECRET = regex.compile(
    r"\b(?:cvv2?|cvc2?|cv2|security code|code de s[ée]curit[ée]|prüfziffer|beveiligingscode)\b", regex.IGNORECASE
)
_SAID_AFTER = regex.compile(
    r"[\s,;:(-]{0,3}(?:to|is|ist|est|das ist|c'est|dat is|that's|that is|jest|-)\s", regex.IGNORECASE
)
_VAGUE = frozenset(
    {
        "nummer",
        "numero",
        "numéro",
        "number",
        "contact",
        "reach",
        "text",
        "call",
        "ring",
        "appel",
        "signal",
        "cb",
        "nie",
        "tin",
        "ein",
        "ust",
        "cif",
    }
)
_BREAK = regex.compile(rf"[\d{BARRIER}]|\n\s*\n")

_BEFORE_CHARS, _AFTER_CHARS = 45, 40


def kind_before(plain: str, start: int, *, reach: int = _BEFORE_CHARS) -> PersonalData | None:
    """Return what the nearest telling word before a number says it is; words beyond another number do not count."""
    before = plain[max(0, start - reach) : start]
    for stop in _BREAK.finditer(before):
        before = " " * stop.end() + before[stop.end() :]
    # A word that the window cuts in two says nothing.
    vague = None
    for found in reversed(list(_ANY.finditer(before))):
        kind = PersonalData[str(found.lastgroup)]
        if found.group().lower() not in _VAGUE and not found.group().lower().startswith("numer"):
            return kind
        vague = vague or kind
    return vague


def kind_after(plain: str, end: int) -> PersonalData | None:
    """Return what words after a number say it is: "… is my phone number"."""
    after = plain[end : end + _AFTER_CHARS]
    said = _SAID_AFTER.match(after)
    found = _ANY.search(after, said.end()) if said else None
    return PersonalData[str(found.lastgroup)] if found else None


def is_of_goods(plain: str, start: int) -> bool:
    """Tell whether the words before a number say that it belongs to goods or software."""
    return bool(_GOODS.search(plain[max(0, start - 30) : start]))


def is_card_code(plain: str, start: int) -> bool:
    """Tell whether a number of three or four digits follows the name of a card's security code."""
    before = plain[max(0, start - 30) : start]
    found = list(_SECRET.finditer(before))
    return bool(found) and not _BREAK.search(before, found[-1].end())
