"""Words that are names, stand around names, or are never names, in the languages served."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """Return the words of a text, in which a long list is read more easily than in quotes."""
    return frozenset(text.split())


TITLES = words(
    """
    mr mrs ms miss mx sir madam dr prof professor mister pan pani państwo panu panią panie pana panem panowie
    inż mgr hab herr herrn frau dipl ing dhr mevr mw mevrouw meneer heer drs ir mvr de monsieur madame
    mademoiselle mme mlle maître me
    """
) - {"de", "me"}
"""Stand before a name and stay."""

TELLING_TITLES = (
    r"mr|mrs|ms|mister|herrn?|frau|dhr|mevr|mw|mvr|mevrouw|meneer|de heer|monsieur|mme|mlle|mademoiselle|madame"
    r"|pani?|panu|panią|panie|pana|panem"
)
"""Of the titles those that stand before nothing else, as a pattern."""

PARTICLES = words(
    """
    van von vom zu zum zur der den de het 't te ten ter la le du des da di del della dos do el al bin ibn af av
    y e st d' op in 's
    """
)

STOP_WORDS = words(
    """
    wielkie beaucoup infiniment hoor schonmal vielmals lot lots tons bunch super prima top pa doei tschüss ciao
    a an and any anyone are as at all about after again also am another be been before best both but by can
    could did do does don't else every everybody everyone everything first folks for from get give good great
    guys have having hello help here hey hi how however i i'm i've i'd i'll if in is it its just kind last let
    like ladies gentlemen many maybe me more much must my name need never new next no none not nothing now of
    off ok okay on once one only or other our out over people please possible quick question regarding regards
    same sent she should sincerely since sir so some someone soon sorry still such sure than thank thanks that
    the their them then there these they thing this those though through to today too under until up urgent us
    very want was we well were what when where which while who whom why will with world would yes yet you your
    yours morning afternoon evening day night week weekend nice advance warm kindly bye cheers dear problem
    issue order orders invoice payment refund delivery account password login wrong misspelled misspelt spelled
    incorrect missing showing displayed visible correct written different changed monday tuesday wednesday
    thursday friday saturday sunday january february march april june july august september october november
    december faithfully truly respectfully polish german dutch french english british american european customer
    client user shop store looking trying using getting unable able happy glad interested waiting calling
    writing contacting currently really buddy mate back something anything going part friend friends bro dude
    bot siri google alexa amazon allegro facebook apple microsoft paypal prestashop shopify magento woocommerce
    cant cannot dont doesnt didnt isnt wasnt wont havent hasnt couldnt ive whats wheres wrote writes schrieb schreef uhr
    youtube instagram whatsapp python java windows linux android iphone github internet api faq vat pdf sms url
    css html php sql xml csv app erp gls dpd dhl ups inpost aby ale albo ani bardzo bez bo być byłem byłam chcę
    chcemy chciałbym chciałabym ci cię co czy dalej dla dlaczego dobry dobra dobrze dziś dzisiaj dzień dziękuję
    dzięki gdy gdzie góry ich ile im ja jak jaka jaki jakie jako jest jestem jeszcze jeśli jeżeli już kiedy
    klient klientka ktoś która które który mam mamy mi mnie moja moje mogę mój można muszę na nad nadal nam nas
    nasz nasza nasze nic nie niestety nowe nowy o od odpowiedź ona oni oraz po pod poproszę ponownie potrzebuję
    pozdrawiam prawdopodobnie prosimy proszę pytanie przez przy raz również się serdecznie ciepło gorąco są
    szanowni szanowna szanowny wita wam wasz wasza wszyscy wszystkim wszystkich witam witajcie w z za ze
    zamówienie zawsze że zwrot ta tak tam te ten też tu tutaj twój ty tylko uprzejmie więc pilne faktura
    płatność konto sklep zainteresowany zainteresowana właścicielem właścicielką nowa klientem klientką
    zadowolony zadowolona miłego dnia wieczoru tygodnia weekendu życzę pomoc pomocy szacunkiem poważaniem
    wyrazami kochani drodzy mili błędne błędnie źle poniedziałek wtorek środa czwartek piątek sobota niedziela
    polska polski chętnie jutro wczoraj teraz aan al alle allen allemaal als ben bent bestelling betaling bij
    daar dan dank dat de deze die dit doe door dus een eens en er factuur gaat geen goed goede goedemiddag
    goedemorgen goedenavond graag groet groeten groetjes had hallo heb hebben heeft hem het hier hij hoe hoi
    hulp iedereen iemand ik je jij jou jouw jullie kan klant kunnen kunt lieve maar mag meer men met mij mijn
    moet naar niet niets nieuw nieuwe nog nou nu om ons onze ook op pakket probleem samen snel steeds team toch
    toen tot u uit uw van vanaf vandaag veel verkeerd verschillende vraag vriendelijke voor waar waarom wanneer
    waren wat weer wel welke wie wij wil willen worden wordt zal zeer zelf zich zien zij zijn zo zonder zou
    bezig benieuwd blij geïnteresseerd kwijt vergeten onjuist fout verkeerde alvast beste geachte dames heren
    wederom iets lekker mooie fijne avond middag ochtend bedankt hartelijke aber alles auch auf aus bei
    bestellung bin bis bitte da danke dann das dass dein dem den denn der des dies diese dieser doch du durch
    ein eine einem einen einer eines es etwas euch euer für ganz geht gerne gibt guten gute guter gruß grüße
    grüßen hab habe haben hat hatte hilfe ihm ihn ihnen ihr ihre ist jemand jetzt kann kannst kein keine können
    könnt könnte kunde kundin leute lieber liebe liebes mal man mehr mein meine meinem meinen meiner mich mir
    mit moment muss nach nicht nichts noch nun nur ob oder ohne rechnung schon schöne schönen sehr sein seit
    sich sie sind soll sollte sonst tag abend mittag morgen nacht woche wochenende über um und uns unser unsere
    unter vielen viele vom von vor war warum weil welche wenn wer werden wieder wir wird wo wollte wurde wurden
    würde zahlung zu zum zur zusammen zurück freundliche freundlichen freundlichem herzliche herzlichen voraus
    damen herren falsch richtig anders neu neue neuer neuen frage fragen lieferung passwort ebenfalls allerseits
    alors après au aucun aussi autre aux avant avec avez avoir bien bonjour bonne bonsoir c'est car ce cela ces
    cet cette chez cliente comme comment commande compte dans depuis désolé donc d'avance d'accord elle encore
    est et êtes être eu faire fait faut il ils j'ai jour journée l'équipe la le les leur lors ma mais même merci
    mes moi mon ne non nos notre nous nouveau nouvelle ou où par pas peut peux plus pour pourquoi pourriez
    pouvez puis quand que quel quelle qui quoi sa salut sans se ses si soirée son sont suis sur toi ton toujours
    tous tout toute toutes très un une votre vos vous voudrais y à ça également paiement facture problème
    livraison salutations cordialement bientôt avance messieurs mesdames chers chères équipe coucou rebonjour
    content contente ravi intéressé intéressée actuellement faux erroné aujourd'hui demain réponse aide mfg lg
    vg mvg pzdr br grtz gr ps pps
    """
)
"""Never names where the rules look for one: they begin sentences, greet nobody, or say what is the matter."""

TEAM_WORDS = words(
    """
    team teams support service services helpdesk desk staff department office assistant customer-service sales
    admin administrator moderator moderators developer developers manager gmbh ltd inc llc bv b.v sa s.a sarl sp
    zoo shop store company agent chatbot robot computer madam sir concern hr billing accounting marketing zespół
    zespole obsługa obsługo biuro dział dziale firma konsultant konsultantka konsultancie konsultantko doradca
    doradco administratorze redakcja sklepie serwis serwisie ekipa ekipo kierownik kierowniku prezes prezesie
    dyrektor dyrektorze panowie państwo klantenservice klantendienst medewerker medewerkers helpdeskmedewerker
    redactie winkel afdeling bedrijf collega collega's kundenservice kundendienst kundenbetreuung supportteam
    mitarbeiter mitarbeiterin abteilung shopteam dienst équipe service-client assistance boutique société
    conseiller conseillère
    """
)
"""Where one of these stands with a name, nobody is named."""

FIRST_NAMES = words(
    """
    jan anna piotr krzysztof andrzej tomasz paweł michał marcin jakub adam marek łukasz grzegorz wojciech
    mateusz rafał maria katarzyna małgorzata agnieszka barbara ewa magdalena monika joanna aleksandra zofia
    karolina ola kasia basia gosia asia ania magda marta natalia dorota beata justyna zuzanna hanna kamil dawid
    bartosz bartek tomek krzysiek wojtek kuba stanisław zbigniew jerzy tadeusz ryszard dariusz mariusz robert
    sebastian julia weronika maja iwona renata aneta sylwia john james michael david william richard joseph
    thomas charles christopher daniel matthew anthony steven andrew paul joshua kevin brian george edward ronald
    timothy jason jeffrey ryan jacob gary nicholas eric jonathan stephen larry justin scott brandon benjamin
    samuel gregory frank alexander patrick raymond jack dennis jerry tyler aaron peter nathan mary patricia
    jennifer linda elizabeth susan jessica sarah karen lisa nancy betty margaret sandra ashley kimberly emily
    donna michelle carol amanda dorothy melissa deborah stephanie rebecca sharon laura cynthia kathleen amy
    angela shirley emma brenda pamela nicole helen samantha katherine christine rachel olivia sophie chloe lucy
    charlotte mike dave steve tom chris ben dan sam alex kate jane alice harry oliver liam noah ethan luke simon
    martin neil graham fiona piet kees henk willem johan hans gerrit cornelis dirk bram daan sem lucas thijs
    sander jeroen marco erik bas joost ruud wim koen maarten pieter tim rob jaap joris niels floor femke sanne
    lotte anouk marieke marloes ingrid anneke wendy esther saskia mieke truus els fleur iris roos eva lieke noor
    bart stijn jelle wouter klaus jürgen wolfgang günter dieter horst uwe manfred helmut gerhard bernd rainer
    stefan andreas matthias markus christian sven jens torsten ralf jörg florian tobias felix lukas jonas leon
    maximilian niklas ursula petra sabine renate helga karin brigitte erika andrea gisela claudia susanne birgit
    christa heike martina angelika stefanie katrin anja silke nadine melanie lena lea hannah johanna franziska
    heinz fritz otto jean pierre michel philippe alain nicolas christophe bernard jacques françois frédéric
    laurent julien olivier guillaume antoine mathieu sébastien thierry pascal éric hugo louis gabriel théo
    maxime camille léa manon chloé inès marie nathalie isabelle sylvie catherine valérie sandrine céline aurélie
    émilie élodie julie hélène monique martine claire pauline mathilde juliette marie-claire jean-pierre
    jean-luc anne-marie amélie margaux mohammed mohamed ahmed fatima ali omar ibrahim youssef olga natasha ivan
    dmitri oleksandr andriy oksana iryna tetiana giulia luca giuseppe francesca carlos josé maría juan pablo
    lucía carmen javier jiří jana petr tereza tomáš
    """
)
"""Common ones, for texts that have no capital letters to go by."""

ALSO_NAMES = words("will april may june august ravi mark grace rob dag bas summer")
"""First names that are common words too: names only where nothing follows."""
