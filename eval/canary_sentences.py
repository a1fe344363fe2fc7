"""The sentences of the canaries' messages: those that hold a number or an address, and what people complain of."""

from __future__ import annotations

PLANTS = {
    "pl": (
        "Mój {word} {secret}.",
        "{word} {secret}",
        "{word}: {secret}",
        "proszę o kontakt {word} {secret}, dziękuję",
        "podaję {word} - {secret}",
        "({word} {secret})",
        "czy {word} {secret} jest u was zapisany",
    ),
    "en": (
        "My {word} is {secret}.",
        "{word} {secret}",
        "{word}: {secret}",
        "you can use {word} {secret}, thanks",
        "here you go: {word} {secret}",
        "({word} {secret})",
        "is {word} {secret} known to you",
    ),
    "nl": (
        "Mijn {word} is {secret}.",
        "{word} {secret}",
        "{word}: {secret}",
        "gebruik {word} {secret}, dank",
        "bij deze {word} = {secret}",
        "({word} {secret})",
        "staat {word} {secret} bij jullie bekend",
    ),
    "de": (
        "Meine {word} lautet {secret}.",
        "{word} {secret}",
        "{word}: {secret}",
        "bitte {word} {secret} verwenden, danke",
        "anbei {word} - {secret}",
        "({word} {secret})",
        "ist {word} {secret} bei euch bekannt",
    ),
    "fr": (
        "Mon {word} est {secret}.",
        "{word} {secret}",
        "{word} : {secret}",
        "vous pouvez utiliser {word} {secret}, merci",
        "voici {word} = {secret}",
        "({word} {secret})",
        "est-ce que {word} {secret} est connu",
    ),
}
COMPLAINTS = {
    "pl": (
        "Paczka nie dotarła od 12.03.2024.",
        "nie mogę się zalogować do panelu",
        "Zapłaciłem 1 299,00 zł i nic.",
        "Jak zmienić adres dostawy?",
        "Wersja 1.7.8.11 wywala błąd 500, pomóżcie!",
    ),
    "en": (
        "My parcel has not arrived since 12/03/2024.",
        "i cannot log in to the back office",
        "I paid £1,299.00 and got nothing.",
        "How do I change the delivery address?",
        "Version 1.7.8.11 throws error 500, please help!",
    ),
    "nl": (
        "Mijn pakket is sinds 12-03-2024 zoek.",
        "ik kan niet inloggen",
        "Ik heb € 1.299,00 betaald en niets gekregen.",
        "Hoe wijzig ik het bezorgadres?",
        "Versie 1.7.8.11 geeft fout 500, help!",
    ),
    "de": (
        "Mein Paket ist seit dem 12.03.2024 nicht da.",
        "ich kann mich nicht anmelden",
        "Ich habe 1.299,00 € bezahlt und nichts bekommen.",
        "Wie ändere ich die Lieferadresse?",
        "Version 1.7.8.11 wirft Fehler 500, bitte helft!",
    ),
    "fr": (
        "Mon colis n'est pas arrivé depuis le 12/03/2024.",
        "je n'arrive pas à me connecter",
        "J'ai payé 1 299,00 € et rien reçu.",
        "Comment changer l'adresse de livraison ?",
        "La version 1.7.8.11 renvoie l'erreur 500, aidez-moi !",
    ),
}
