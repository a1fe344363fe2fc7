"""Words that questions have whatever they are about, without diacritics."""

from __future__ import annotations

_WORDS = """
    aan aber about afin after again ailleurs ale all alle alleen allen alors als also alvast and ani any anything
    apres are auch auf aus aussi autre autres aux avance avant avec avoir bardzo because bedankt bedzie been before
    bei beim bekomme ben bez bij bis bitte bo bonjour both brauche but byc byl byla can cannot cant car ces cet
    cette chaque chce chcemy chcialabym chcialbym chez come comme comment cos could czemu czy dac dan danke dann
    dans das dass dat dem den denn depuis der des deux deze did die dies diese dit dla dlaczego dobre dobry doch
    doen does doet doing donc dont door dort dus dzieki dziekuje dzien een eigen ein eine einem einen einer eines
    elke elle elles ergens est etre etwas euch euer eure faire fait font for from fur gaan gaat ganze gdy gdzie
    geht get gets gibt give goedemorgen going good graag gruesse haar habe haben had hallo has hat have heb hebben
    heeft hej hello help hem her here het hey hier hij hilfe him his hoe hoi how hulp hun ich idea iemand iets ihr
    ihre ile ils immer ins into ist its jai jak jaka jaki jakie jakis jako jede jemand jesli jest jestem jetzt
    jullie just juz kan kann keep keine kiedy komme komu konnen krijg ktora ktore ktory ktos kunnen kurze lassen
    les let leur leurs like lub lui maar mais make maken mam mamy man many may meer mehr mein meine meinem meinen
    meiner meme merci mes met mettre mijn mine mit mnie mochte moet moge moi moin moj moja moje mon more most moze
    mozna much musi muss must musze naar nach nasz nasze need needs new nicht nichts nie niet niets noch nog nos
    not notre nous now nowa nowe nowy nu nur ode oder off ohne omdat one only ons ont onze ook oraz other our out
    over own pani panstwo par pas petite peut peux pisze please pls plus pod pomoc pomocy ponownie potrzebuje pour
    pourquoi pouvez pozdrawiam prosze przed przez przy puis put pytanie quand que quel quelle quelles quelqu
    quelque quels question qui quick quoi rien salut sans schon see sehr seid sein serdecznie ses set should show
    shows sich sie sind skad sobie soll some someone something son sont sorki sous steeds still such sur svp tak
    tam tego telkens ten tez thank thanks that the their them then there these they thing this those through toe
    too tous tout toute toutes tres twee two tych tylko tym uber uit und under une uns unser unsere until use van
    vanaf veel vers very veux viele voir von vont voor vor vos votre vous vraag vraagje waar waarom wam wann
    wanneer want wants warum was wasz wasze wat wegen weil wel welk welke wenn wer werden were werkt what when
    where which while who why wie wiec wieder wil will wir wird wita witam with without wohin worden wordt would
    wszystko yet you your zeby zet zich zij zijn zonder zrobic zum zur zwei
"""
EMPTY_WORDS: frozenset[str] = frozenset(_WORDS.split())
"""Polish, English, German, Dutch and French; in other languages a word tells nothing if many gaps have it."""
