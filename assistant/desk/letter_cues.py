"""The words by which a letter's parts are told in Polish, English, Dutch, German and French."""

from __future__ import annotations

import regex

from assistant.privacy import name_cues

_EDGE = r"(?<![\p{L}\p{N}])"
_END = r"(?![\p{L}\p{N}])"

ASKING = regex.compile(
    _EDGE + r"(?:"
    r"please|could (?:you|someone|anyone|i|we)|can you|would you|i(?:'d| would) (?:like|love|appreciate)"
    r"|we(?:'d| would) (?:like|love)|(?:i|we) (?:want|need|wish)|how (?:do|can|to)|is there|wonder(?:ing)? (?:if|how)"
    r"|(?:doesn't|does not|don't|won't|can't|cannot) (?:work|find|see|get|open|log)|stopped working|tell (?:me|us) how"
    r"|prosz[ęe]|poprosz[ęe]|prosi(?:my|[łl]\p{L}+)|chc(?:[ęe]|emy)|chcia[łl]\p{L}+|potrzebuj\p{L}+|czy (?:da|mo[żz]na)"
    r"|jak (?:mog[ęe]|mo[żz]na|to|si[ęe])|gdzie (?:si[ęe]|mog[ęe]|mo[żz]na)"
    r"|nie (?:dzia[łl]a|dzia[łl]aj[ąa]|mog[ęe]|widz[ęe])"
    r"|mo[żz]ecie|przesta[łl]\p{L}{0,2}|nie wiem,? (?:jak|gdzie|czy)"
    r"|graag|(?:ik|wij|we) (?:wil|willen|zoek|zoeken)|wil (?:ik|je|u)|willen (?:we|wij)|zou(?:den)? (?:ik|we|wij|graag)"
    r"|kun(?:t u|nen jullie|nen we| je)|alsjeblieft|alstublieft|hoe (?:kan|doe|zet|krijg|maak)"
    r"|werkt (?:niet|het niet)|lukt (?:niet|het niet|me niet)|doet het niet|ik weet niet (?:hoe|waar|of)"
    r"|bitte|m[öo]chten?|wollen wir|(?:ich|wir) (?:will|wollen|brauche|brauchen|suche|suchen|ben[öo]tige\p{L}*)"
    r"|braucht|k[öo]nn(?:en|ten) sie|k[öo]nnt ihr|l[äa]sst sich|wie (?:kann|bekomme|geht|stelle|mache)"
    r"|funktionier(?:t|en) nicht|geht nicht|ich wei(?:ß|ss) nicht,? (?:wie|wo|ob)|nicht dahinter"
    r"|veuillez|merci de (?!votre|vos)|(?:je|nous) (?:voudrai[st]|voudrions|souhait\p{L}+|veux|voulons|cherch\p{L}+)"
    r"|j'aimerais|nous aimerions|pou(?:vez|rriez)[- ]vous|est-ce (?:que|qu)|comment (?:puis|faire|peut|je|on)"
    r"|besoin de|ne (?:fonctionne|marche)\p{L}* (?:pas|plus)|s'il (?:vous|te) pla[îi]t|svp"
    r")" + _END,
    regex.IGNORECASE,
)
"""Says that something is wanted, where no question mark does."""

PRESSING = regex.compile(
    _EDGE + r"(?:"
    r"urgent(?:ly)?|asap|as soon as|repl(?:y|ies)|get back to|call me|(?:hear|heard) (?:from|back)|no (?:rush|hurry)"
    r"|(?:an|your|quick|prompt) answer|patien(?:t|ce)"
    r"|piln\p{L}+|odpowied\p{L}+|odpisa\p{L}+|czekam|oczekuj[ęe]|reakcj\p{L}+|oddzwoni\p{L}*|telefonu|po[śs]piech\p{L}*"
    r"|spoed|antwoord\p{L}*|reactie|reageren|terugbel\p{L}*|haast|zo snel mogelijk|vaart"
    r"|dringend|antwort\p{L}*|r[üu]ckmeldung|r[üu]ckruf|eilt|warten lassen|schnellstm[öo]glich|geduld"
    r"|urgente?|r[ée]ponse|r[ée]pondre|rappel\p{L}*|au plus vite|rapidement|patience"
    r")" + _END,
    regex.IGNORECASE,
)
"""Asks for nothing but to be quick."""

THANKING = regex.compile(
    _EDGE + r"(?:thanks?|thank you|cheers|apologi\p{L}+|sorry|ta very much|hope you|keep up"
    r"|dzi[ęe]k\p{L}+|przepraszam|wybaczcie|[żz]ycz[ęe]|mi[łl]ego|z g[óo]ry"
    r"|bedankt|dank|dankjewel|excuses|fijne dag|prettig\p{L}*"
    r"|danke|vielen dank|entschuldig\p{L}+|sch[öo]nen (?:tag|abend)"
    r"|merci|d[ée]sol[ée]e?|excusez|bonne (?:journ[ée]e|soir[ée]e)"
    r")" + _END,
    regex.IGNORECASE,
)
"""Thanks, apologies and wishes."""

_SENTENCE_START = r"\A[\s\-–—•*(\"„“]*(?:(?:and|und|en|et|i|a|no i|oh,?|ach,?|o ja,?|ok,?|so,?|also,?)\s+)?"
TURNING = regex.compile(
    _SENTENCE_START + r"(?:"
    r"\d{1,2}[.):]|[a-e]\)"
    r"|(?:my |the |a |one )?(?:first(?:ly)?|second(?:ly)?|third(?:ly)?|fourth(?:ly)?|next|other|last"
    r"|lastly|finally)(?=[\s,:])"
    r"|also|another|besides|separately|on top of (?:that|this)|in addition|additionally|one more|moreover|furthermore"
    r"|by the way|while (?:i'm|we're|i am|we are) at it|as well|p\.?\s?s\.?(?=[\s:])|question \d"
    r"|po (?:pierwsze|drugie|trzecie|czwarte)|pierwsz\p{L}+|drug(?:a|ie|i)|trzeci\p{L}*|kolejn\p{L}+|ponadto|poza tym"
    r"|dodatkowo|do tego|opr[óo]cz tego|przy okazji|jeszcze jedn\p{L}+|ostatni\p{L}+|inn\p{L}+ spraw\p{L}+"
    r"|sprawa druga"
    r"|ten (?:eerste|tweede|derde|slotte)|(?:mijn |de |een |het )?(?:eerste|tweede|derde|volgende|laatste)(?=\s)"
    r"|daarnaast"
    r"|verder|bovendien|tevens|ook|nog (?:iets|een|\p{L}+ anders)|overigens|tot slot|[ée][ée]n:|twee:|drie:|trouwens"
    r"|daarbij"
    r"|is er ook"
    r"|erstens|zweitens|drittens|(?:meine |die |das |der |eine )?(?:erste[rs]?|zweite[rs]?|dritte[rs]?"
    r"|n[äa]chste[rs]?|weitere[rs]?)(?=\s)"
    r"|au(?:ß|ss)erdem|ferner|zudem|des weiteren|dar[üu]ber hinaus|dann(?: noch)?|gleichzeitig|noch (?:etwas|was|eine?)"
    r"|nebenbei|[üu]brigens|im [üu]brigen|weiterhin|schlie(?:ß|ss)lich|zum (?:ersten|zweiten|anderen|einen|schluss)"
    r"|premi[èe]rement|deuxi[èe]mement|troisi[èe]mement|tout d'abord|d'abord|d'(?:une|autre) part|de plus|ensuite"
    r"|par ailleurs|en outre|autre (?:question|chose|sujet)|enfin|[ée]galement|au passage|encore une|derni[èe]re"
    r")(?![\p{L}\p{N}])",
    regex.IGNORECASE,
)
"""Opens a sentence that turns to something else."""

LINKING = regex.compile(r"\A\s*(?:and|und|en|et|i|a|oraz)\s", regex.IGNORECASE)
"""Opens a sentence that goes on, or turns to something else: only what it says can tell."""

GREETING = regex.compile(
    r"\A[\s>]*(?:(?:to whom it may concern|ladies and gentlemen|l\.s\.|siemanko|dag allemaal|all[oô]|madame,? monsieur"
    r"|messieurs|cze[śs][ćc])\b|"
    + name_cues.GREETING.pattern.replace("(?P<cue>", "(?:").replace("(?P<gap>", "(?:")
    + r"|(?:hi|hiya|hello|hey|witam|hej|hoi|hallo|moin|dag|bonjour|salut|ciao)\s*[,.!]?\s*\Z)",
    regex.IGNORECASE,
)
CLOSING_LINE = regex.compile(
    r"\A\s*(?:"
    + name_cues.CLOSING.pattern.replace("(?P<strong>", "(?:").replace("(?P<weak>", "(?:").replace("(?P<short>", "(?:")
    + r"|trzymajcie si[ęe]|bez pozdrowie[ńn]|uk[łl]ony|z powa[żz]aniem|in afwachting|with best|warm wishes|many thanks"
    r"|warmly|sch[öo]ne gr[üu](?:ß|ss)e|mit (?:freundlich|best|herzlich|lieb)\p{L}+|dans l'attente)",
    regex.IGNORECASE,
)
QUOTED_HEAD = regex.compile(
    r"(?m)^[ \t]*(?:>.*|-{2,}\s*(?:original message|urspr[üu]ngliche nachricht|oorspronkelijk bericht|message d'origine"
    r"|wiadomo[śs][ćc] oryginalna|forwarded message|weitergeleitete nachricht).*"
    r"|(?:on|am|op|le|w dniu|dnia)\b[^\n]{3,120}\b(?:wrote|schrieb|schreef|a [ée]crit|napisa[łl]\p{L}*|pisze)\b"
    r"[^\n]{0,60}:?)[ \t]*$",
    regex.IGNORECASE,
)
SENT_FROM = regex.compile(
    r"\A\s*(?:sent from|get outlook|wys[łl]an[eo] z|verstuurd vanaf|verzonden vanaf|von meinem|gesendet von|envoy[ée])",
    regex.IGNORECASE,
)
