"""What comes before a name in the languages served: greetings, introductions, closings, labels, titles."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from assistant.privacy.name_words import TELLING_TITLES, words
from indexer.lexical import fold

_EDGE = r"(?<![\p{L}\p{N}])"
_OPENING = r"(?:(?<=^)|(?<=[.!?,;:\n(\"'>*-][ \t]{0,3}))"

_GREETINGS = (
    r"dear|hi there|hi|hello there|hello|hey there|hey|hiya|good (?:morning|afternoon|evening|day)|greetings"
    r"|g'day|morning|yo"
    r"|cze[śs][ćc]|hejka|hej|siema|witaj|witam serdecznie|witam|dzie[ńn] dobry|dobry wiecz[óo]r|dobry"
    r"|szanown[ya]|drog[ia]|kochan[ya]|mi[łl][ya]"
    r"|hallo|hoi|hé|heey|beste|geachte|lieve|dag|goede(?:morgen|middag|navond|ndag)|goeie(?:morgen|middag|navond)"
    r"|guten (?:tag|morgen|abend)|sehr geehrte[rs]?|geehrte[rs]?|liebe[rs]?|moin moin|moin|servus"
    r"|gr[üu][ßs]+ (?:gott|dich)|hallöchen|tach|werte[rs]?"
    r"|bonjour|bonsoir|salut|coucou|ch[èe]re?|re-?bonjour|rebonjour"
    r"|(?:thanks|thank you(?: (?:so|very) much)?|vielen dank|besten dank|merci beaucoup|thx|dzi[ęe]ki"
    r"|dzi[ęe]kuj[ęe]|bedankt|dank je(?: wel)?|danke(?: dir)?|merci)"
)
GREETING = regex.compile(rf"{_OPENING}(?P<cue>{_GREETINGS})(?P<gap>[ \t]*,?[ \t]+)(?=[\p{{L}}'])", regex.IGNORECASE)

STRONG_INTRODUCTION = regex.compile(
    rf"{_EDGE}(?:my (?:full |first |last |sur)?name(?:'s| is|:)|name's|i am called|i'm called"
    r"|nazywam si[ęe]|mam na imi[ęe]|moje (?:imi[ęe] i )?nazwisko(?: to|:)?|moje imi[ęe](?: i nazwisko)?(?: to"
    r"|:)?|z tej strony|na imi[ęe] mi|podpisano"
    r"|mijn (?:volledige |voor|achter)?naam(?: is|:)|ik heet|ik noem me"
    r"|mein (?:voller |vor|nach)?name(?: ist|:| lautet)|ich hei(?:ß|ss)e|hier spricht|hier schreibt(?: ihnen)?"
    r"|je m'appelle|je me nomme|mon (?:nom|pr[ée]nom|nom complet)(?: est|:)|m'appelle"
    r")(?:[ \t]*[:,][ \t]*|[ \t]+)(?=[\p{L}'])",
    regex.IGNORECASE,
)
WEAK_INTRODUCTION = regex.compile(
    rf"(?:{_EDGE}(?:i am|i'm|call me|this is|speaking is|jestem|m[óo]wi|pisze|tutaj|ik ben|hier ist|hier is"
    r"|u spreekt met|(?:you're |you are )?speaking with|sie sprechen mit|je spreekt met|dit is|ich bin(?: der"
    r"| die)?|je suis|moi c'est)"
    rf"|{_OPENING}(?:it's|it is|tu|hier|met|ici|c'est))[ \t]*[:,]?[ \t]+(?=[\p{{L}}'])",
    regex.IGNORECASE,
)
NAMED = regex.compile(
    rf"{_EDGE}(?:(?P<sure>(?<=(?:under|in|on|to) (?:the )?)name(?: of)?|(?<=(?:op|onder) (?:de )?)naam(?: van)?"
    r"|(?<=auf (?:den |meinen )?)namen(?: von)?|(?<=au )nom (?:de|d(?='))|(?<=(?:na|pod|o) )nazwisk\w+"
    r"|t\.?n\.?v\.?|t\.?a\.?v\.?)|(?<=na )dane|(?:account|card) ?holder|recipient|addressee|attn\.?"
    r"|odbiorc[aąy]|adresatk?a?"
    r"|z\.? ?hd\.?|zu h[äa]nden(?: von)?|(?<=[àa] )l'attention de|(?:first|last) name|surname|voornaam|achternaam"
    r"|vorname|nachname|pr[ée]nom|imi[ęe]|(?<=(?:parlez|appartient) )[àa]|(?<=belongs )to|geh[öo]rt|(?<=staat )op"
    r"|(?<=(?:name|naam|nom) )(?:on (?:the |my )?card|op de kaart|auf der karte|sur la carte)"
    r"|(?:signed|sign[ée]|getekend|gezeichnet|podpisano),?|buyer|koper|k[äa]ufer(?:in)?|acheteur|kupuj[ąa]c[aye]"
    r"|zamawiaj[ąa]c[aye]"
    r"|(?<=\b(?:my|mijn|meine?|mon|ma|m[óo]j|moja) )(?:husband|wife|son|daughter|mother|father|brother|sister|partner"
    r"|colleague|boss|friend|man|vrouw|zoon|dochter|moeder|vader|broer|zus|collega|mann|frau|sohn|tochter|mutter|vater"
    r"|bruder|schwester|kolleg(?:e|in)|chef(?:in)?|mari|femme|fils|fille|m[èe]re|p[èe]re|fr[èe]re|s(?:œ|oe)ur"
    r"|coll[èe]gue"
    r"|m[ąa][żz]|[żz]ona|syn|c[óo]rka|matka|ojciec|brat|siostra|kolega|kole[żz]anka)"
    r"|ontvanger|rekeninghouder|kontoinhaber(?:in)?|empf[äa]nger(?:in)?|destinataire|titulaire"
    r"|(?<=(?:sent|written|signed|submitted|ordered|placed) )by|(?<=(?:wys[łl]an|napisan|podpisan)\w{1,2} )przez"
    r"|(?<=(?:verzonden|verstuurd|geschreven|besteld) )door|(?<=(?:gesendet|gesandt|geschrieben|bestellt) )von"
    r"|(?<=(?:envoy|command)[ée]e? )par"
    r"|(?<=(?:parcel|package|order|delivery)(?: is)? )for|(?<=(?:paczk|przesy[łl]k|zam[óo]wieni)\w{1,2}(?: jest)? )dla"
    r"|(?<=(?:pakket|pakje|bestelling)(?: is)? )voor|(?<=(?:paket|bestellung|sendung)(?: ist)? )f[üu]r"
    r"|(?<=(?:colis|commande)(?: est)? )pour)[ \t]*:?[ \t]+(?=[\p{L}'])",
    regex.IGNORECASE,
)
ANSWERS = regex.compile(
    r"[ \t]+(?:here|speaking|hier|tutaj|z tej strony|(?P<sure>am apparat|aan de lijn|przy telefonie|[àa] l'appareil))"
    r"(?=[ \t]*(?:[,.!?:;\n-]|\Z))",
    regex.IGNORECASE,
)
AFTER_INTRODUCTION = words("from with here z ze van von vom de du aus at bij speaking und i and en et")

_STRONG_CLOSINGS = (
    r"u[śs]ciski|serdeczno[śs]ci|z uszanowaniem|k[łl]aniam si[ęe]|do us[łl]yszenia|pozdrowion\w+"
    r"|[łl][ąa]cz[ęe] pozdrowienia|wszystkiego dobrego|speak soon|have a (?:great|good|nice|lovely) (?:day|evening"
    r"|weekend)|(?:fijne|prettige) (?:dag|avond|weekend)|tot (?:gauw|snel|ziens|horens)|liefs|grt|mvrgr|hgr|dank u wel"
    r"|(?:einen )?sch[öo]nen (?:tag|abend)(?: noch)?|bis (?:bald|dann)|alles gute|amiti[ée]s|belle journ[ée]e"
    r"|avec (?:tous )?mes remerciements|"
    r"(?:(?:best|kind|warm|warmest|kindest|with|many|my)[ \t]+)*regards|best wishes|all the best"
    r"|yours(?: sincerely| faithfully| truly)?"
    r"|sincerely(?: yours)?|faithfully|respectfully|cheers|take care|cordially"
    r"|(?:serdecznie |gor[ąa]co |ciep[łl]o )?pozdrawia(?:m|my)|pozdrowienia|pozdro|z powa[żz]aniem"
    r"|z wyrazami szacunku|[łl][ąa]cz[ęe] wyrazy szacunku|z szacunkiem"
    r"|z pozdrowieniami|mi[łl]ego (?:dnia|wieczoru|weekendu)|podpisano"
    r"|(?:met )?(?:vriendelijke|hartelijke|beste|warme|lieve|de) (?:groet(?:en|jes)?)|groet(?:en|jes)|groet"
    r"|hoogachtend|mfg|m\.f\.g\.|mvg|m\.v\.g\.|rgds|pzdr|pozdr|grtz|grtjs|grz|grts|cdt|cdlt|xoxo|met (?:veel )?dank"
    r"|(?:mit )?(?:freundlichen?|besten?|lieben?|herzlichen?|vielen|sch[öo]nen?|viele|liebe|beste|herzliche"
    r"|sch[öo]ne|sonnige)m? gr(?:ü|u|ue)(?:ß|ss)(?:e[ns]?)?"
    r"|hochachtungsvoll|gr(?:ü|ue)(?:ß|ss)e|gru(?:ß|ss)"
    r"|(?:bien |tr[èe]s |sinc[èe]rement )?cordialement|salutations(?: distingu[ée]es)?|sinc[èe]res salutations"
    r"|bien [àa] (?:vous|toi)|amicalement|bises|bisous"
    r"|sinc[èe]rement|respectueusement|[àa] bient[ôo]t|bonne (?:journ[ée]e|soir[ée]e|r[ée]ception)"
)
_SHORT_CLOSINGS = (
    r"lg|l\.g\.|vg|v\.g\.|bg|br|kr|(?:vr\.? ?)?gr\.?|bav|pp|xx|x|(?<!')(?:best|ta|warmly)"
    r"(?=[.!]?[ \t]*(?:,|\r?\n)|(?-i:[ \t]+\p{Lu}[\p{L}. '-]*\s*\Z)|[ \t]*-[ \t]*\p{L}[\p{L}. '-]*(?:\r?\n|\Z))"
)
_WEAK_CLOSINGS = (
    r"with thanks|je vous remercie|(?:thank you so|merci) (?:much|beaucoup)|ihre?(?=,?[ \t]*\r?\n)|in advance"
    r"|for your (?:help|time|assistance|support)|za pomoc|voor (?:uw|je|jullie|de) hulp|für (?:ihre"
    r"|deine|die|eure) hilfe|pour votre aide|thanks|thank you|thx|ty|tia|many thanks|looking forward"
    r"|dzi[ęe]kuj[ęe]|dzi[ęe]ki|z g[óo]ry(?: dzi[ęe]k\w+)?|bedankt|dank(?: je| u)?(?:wel)?|bij voorbaat"
    r"|dankjewel|dankuwel|danke|vielen dank|besten dank|im voraus|merci|d'avance"
)
CLOSING = regex.compile(
    rf"{_EDGE}(?:(?P<strong>{_STRONG_CLOSINGS})(?:[ \t]+(?:serdecznie|ciep[łl]o|cieplutko|gor[ąa]co|from|von"
    rf"|od|(?:aus|uit|z|ze|vom)[ \t]+(?:dem |der |het |de )?[\p{{L}}-]+))?"
    rf"|(?P<weak>{_WEAK_CLOSINGS}))(?![\p{{L}}\p{{N}}])"
    rf"|{_OPENING}(?P<short>{_SHORT_CLOSINGS})(?![\p{{L}}\p{{N}}])"
    rf"|{_EDGE}(?-i:LG|VG|BG|BR|KR)(?=[ \t]+(?-i:\p{{Lu}})[\p{{L}}. '-]*\s*\Z)"
    r"|(?<![\p{L}\p{N}]|\d[ ])(?-i:[Gg]r\.?)(?=[ \t]+(?-i:\p{Lu})[\p{L}. '-]*\s*\Z)"
    rf"|{_EDGE}(?:{_SHORT_CLOSINGS})(?=[.,!]*(?:,|[ \t]*\r?\n))",
    regex.IGNORECASE,
)

LABEL = regex.compile(
    rf"{_EDGE}(?:(?:full |first |last |middle |customer |contact |account |card)?(?:sur)?name|(?:account"
    rf"|card) ?holder|recipient|addressee|attn|contact person"
    r"|customer|signed|from|to|cc|sender"
    r"|imi[ęe] i nazwisko|imi[ęe]|nazwisko|klient(?:ka)?|odbiorca|nadawca|od|do|w[łl]a[śs]ciciel konta"
    r"|osoba kontaktowa|kontakt|nabywca"
    r"|(?:voor|achter|volledige |klant)?naam|t\.?n\.?v\.?|t\.?a\.?v\.?|ten name van|klant|ontvanger|afzender|aan"
    r"|van|rekeninghouder|contactpersoon|besteller"
    r"|(?:vor|nach|familien)?name|kunde|kundin|empf[äa]nger|absender|von|an|kontoinhaber|ansprechpartner"
    r"|besteller|karteninhaber"
    r"|(?:pr[ée])?nom(?: de famille)?|nom et pr[ée]nom|nom complet|titulaire(?: du compte| de la carte)?"
    r"|destinataire|exp[ée]diteur|de|[àa]|client"
    r")(?: \([^()\n]{1,20}\))?[ \t]*[:=][ \t]*(?=[\p{L}'])",
    regex.IGNORECASE,
)
TITLE = regex.compile(rf"{_EDGE}(?=(?:{TELLING_TITLES})(?:\.|[ \t])[ \t]*[\p{{L}}'])", regex.IGNORECASE)
LOW_TITLE = regex.compile(
    rf"(?:{_EDGE}(?:(?P<sure>(?-i:Mrs?|Ms|Mister|[Dd]hr|[Mm]evr|[Mm]vr|Mme|Mlle))|mr|mrs|mevrouw|meneer"
    r"|(?<=geachte )heer"
    r"|de heer|madame|monsieur|mme|mlle|mademoiselle"
    r"|(?P<german>(?<!\b(?:[mdks]?ein|ihr|unser|d)(?:e|er|em|en|es|ie)? )(?-i:Herrn?|Frau)"
    r"(?![ \t](?:zu|der|den|die|das|dem|von|[ai]m)\b)))"
    rf"|{_OPENING}(?P<polish>(?-i:Panie?|Pani))(?=[ \t]\p{{L}}+(?:[ \t-]\p{{L}}+)?[,!]))"
    r"\.?[ \t]+(?:(?:dr|prof|ing|mgr)\.?[ \t]+)*(?=(?-i:\p{Ll})|'t)",
    regex.IGNORECASE,
)
SHORT_TITLE = regex.compile(rf"{_EDGE}(?<!(?:taille|size|maat|größe|rozmiar)[ \t]+)M\.[ \t]+(?=\p{{Lu}}[\p{{L}}'-])")
WROTE_BEFORE = regex.compile(
    r"(?P<gap>[ \t]*(?:[<(][^<>()\n]{0,80}[>)])?[ \t]*)(?:wrote|writes|napisa[łl]\w?(?:\(a\))?|pisze|schrieb"
    r"|schreef|a [ée]crit)[ \t]*:",
    regex.IGNORECASE,
)
WROTE_AFTER = regex.compile(r"(?:schrieb|schreef)[ \t]+(?=\p{L})", regex.IGNORECASE)
RULE = regex.compile(
    r"(?m)^[ \t>]*(?:(?:-+|[_*=]{2,})[ \t]*\r?\n|--?|—|–|~|/|\*)[ \t]*(?=[\p{L}'])|(?<=[.!?][ \t]{0,2})(?:--?|~"
    r"|/)[ \t]?(?=\p{Lu}[\p{L}. -]{1,40}\Z)|(?<=[ \t])~[ \t]?(?=\p{Lu}[\p{L}. -]{1,40}\Z)"
)

FIRST_WORDS = words(
    """
    dear hi hello hey hiya good greetings g morning yo cześć hejka hej siema witaj witam dzień dobry szanowny
    szanowna drogi droga kochany kochana miły miła hallo hoi hé heey beste geachte lieve dag goedemorgen
    goedemiddag goedenavond goedendag goeiemorgen goeiemiddag goeienavond guten sehr geehrte geehrter geehrtes
    liebe lieber liebes moin servus grüß grüss hallöchen tach werte werter wertes bonjour bonsoir salut coucou
    cher chère re rebonjour thanks thank thx dzięki dziękuję bedankt dank danke merci my name i nazywam mam moje
    z na podpisano mijn ik mein ich hier je mon m it this speaking jestem mówi pisze tu tutaj met u dit mit ici
    c moi call surname best kind warm warmest kindest with many regards all yours sincerely faithfully
    respectfully cheers take cordially serdecznie gorąco ciepło pozdrawiam pozdrawiamy pozdrowienia pozdro łączę
    miłego vriendelijke hartelijke warme de groet groeten groetjes hoogachtend mfg mvg rgds pzdr pozdr grtz
    grtjs grz grts cdt cdlt xoxo freundliche freundlichen freundlichem besten lieben herzliche herzlichen vielen
    viele schöne schönen sonnige hochachtungsvoll grüße grüßen grüsse grüssen gruesse gruessen gruß gruss bien
    très cordialement salutations sincères amicalement bises bisous sincèrement respectueusement à bonne lg l vg
    v bg br kr gr bav pp xx x in for za voor für pour ty tia looking bij dankjewel dankuwel im d full first last
    middle customer contact account card firstname lastname cardholder accountholder holder recipient addressee
    attn signed from to cc sender imię nazwisko klient klientka odbiorca nadawca od do właściciel osoba kontakt
    nabywca naam voornaam achternaam volledige klantnaam t ten tnv tav klant ontvanger afzender aan van
    rekeninghouder contactpersoon besteller vorname nachname familienname kunde kundin empfänger absender von an
    kontoinhaber ansprechpartner karteninhaber nom prénom titulaire destinataire expéditeur a client mr mrs ms
    mister herr herrn frau dhr mw mevr mvr mevrouw meneer monsieur mme mlle mademoiselle madame pan pani panu
    panią panie pana panem schrieb schreef hd op auf on sur parlez belongs gehört getekend gezeichnet signé buyer
    koper käufer
    käuferin acheteur kupujący kupująca zamawiający zamawiająca husband wife son daughter mother father brother sister
    partner colleague boss friend man vrouw zoon dochter moeder vader broer zus collega mann sohn tochter mutter
    vater bruder schwester kollege kollegin chef chefin mari femme fils fille mère père frère sœur collègue mąż żona
    syn córka matka ojciec brat siostra kolega koleżanka you sie uściski serdeczności kłaniam pozdrowionka
    wszystkiego speak have fijne prettige tot liefs grt mvrgr hgr einen schönen bis alles amitiés belle avec ihr
    ihre vielen schrieb zu heer namen nazwiska nazwiskiem dane adresat adresatka attn odbiorcą odbiorcy
    kontoinhaberin empfängerin by przez door par dla pour ta warmly vr m
    """
)
FIRST_WORDS |= {fold(word) for word in FIRST_WORDS}
"""The words with which cues begin: elsewhere none is looked for."""


NAMED_WORDS = words(
    """
    name naam namen nom nazwisko nazwiska nazwiskiem t tnv tav dane account card accountholder cardholder recipient
    addressee attn odbiorca odbiorcą odbiorcy adresat adresatka z zu à a l first last surname voornaam achternaam
    vorname nachname prénom imię to gehört op on auf sur signed signé getekend gezeichnet podpisano buyer koper
    käufer käuferin acheteur kupujący kupująca zamawiający zamawiająca husband wife son daughter mother father
    brother sister partner colleague boss friend man vrouw zoon dochter moeder vader broer zus collega mann frau
    sohn tochter mutter vater bruder schwester kollege kollegin chef chefin mari femme fils fille mère père frère
    sœur collègue mąż żona syn córka matka ojciec brat siostra kolega koleżanka ontvanger rekeninghouder
    kontoinhaber kontoinhaberin empfänger empfängerin destinataire titulaire by przez door von par for dla voor für
    pour
    """
)
NAMED_WORDS |= {fold(word) for word in NAMED_WORDS}
"""Those of them with which ``NAMED`` begins."""


def found_at(plain: str, starts: list[int], pattern: regex.Pattern[str]) -> Iterator[regex.Match[str]]:
    """Yield what a pattern finds at words that begin a cue: far cheaper than to look for it at every letter."""
    past = 0
    for start in starts:
        found = pattern.match(plain, start) if start >= past else None
        if found is not None:
            past = max(found.end() - 1, start) if found.end() > start else start
            yield found
