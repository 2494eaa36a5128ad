import type { FindingCodeOf, FindingTexts } from "./finding-text.ts";

/** Texts of the findings that concern a file as a whole; how they are written: finding-text.ts. */
export const FILE_FINDING_TEXTS: Readonly<Record<FindingCodeOf<"file">, FindingTexts>> = {
  emptyFile: {
    fr: "Le fichier est vide. Veuillez renvoyer le fichier complet.",
    nl: "Het bestand is leeg. Gelieve het volledige bestand opnieuw te verzenden.",
    de: "Die Datei ist leer. Bitte übermitteln Sie die vollständige Datei erneut.",
    en: "The file is empty. Please send the complete file again.",
  },
  encodingNotSupported: {
    fr: "Le fichier n’est pas encodé en UTF-8[ (trouvé : {encoding})]. Veuillez l’enregistrer en UTF-8, sans compression, et le renvoyer.",
    nl: "Het bestand is niet in UTF-8 gecodeerd[ (aangetroffen: {encoding})]. Gelieve het in UTF-8 en zonder compressie op te slaan en opnieuw te verzenden.",
    de: "Die Datei ist nicht in UTF-8 kodiert[ (vorgefunden: {encoding})]. Bitte speichern Sie sie unkomprimiert in UTF-8 und übermitteln Sie sie erneut.",
    en: "The file is not encoded in UTF-8[ (found: {encoding})]. Please save it in UTF-8, uncompressed, and send it again.",
  },
  notWellFormed: {
    fr: "Le fichier n’est pas un document XML bien formé[ ({reason})]. Veuillez corriger l’erreur de syntaxe et renvoyer le fichier complet.",
    nl: "Het bestand is geen welgevormd XML-document[ ({reason})]. Gelieve de syntaxisfout te verbeteren en het volledige bestand opnieuw te verzenden.",
    de: "Die Datei ist kein wohlgeformtes XML-Dokument[ ({reason})]. Bitte beheben Sie den Syntaxfehler und übermitteln Sie die vollständige Datei erneut.",
    en: "The file is not a well-formed XML document[ ({reason})]. Please correct the syntax error and send the complete file again.",
  },
  doctypeNotAllowed: {
    fr: "Le fichier contient une déclaration DOCTYPE, ce qui n’est pas autorisé. Veuillez la supprimer et renvoyer le fichier.",
    nl: "Het bestand bevat een DOCTYPE-declaratie, wat niet is toegestaan. Gelieve die te verwijderen en het bestand opnieuw te verzenden.",
    de: "Die Datei enthält eine DOCTYPE-Deklaration, was nicht zulässig ist. Bitte entfernen Sie diese und übermitteln Sie die Datei erneut.",
    en: "The file contains a DOCTYPE declaration, which is not allowed. Please remove it and send the file again.",
  },
  entityNotAllowed: {
    fr: "Le fichier utilise une entité[ (« {value} »)] autre que les cinq entités prédéfinies de XML (amp, lt, gt, apos, quot). Veuillez la remplacer par le caractère lui-même et renvoyer le fichier.",
    nl: "Het bestand gebruikt een andere entiteit[ (‘{value}’)] dan de vijf voorgedefinieerde entiteiten van XML (amp, lt, gt, apos, quot). Gelieve die door het teken zelf te vervangen en het bestand opnieuw te verzenden.",
    de: "Die Datei verwendet eine Entität[ („{value}“)], die nicht zu den fünf vordefinierten XML-Entitäten (amp, lt, gt, apos, quot) gehört. Bitte ersetzen Sie sie durch das Zeichen selbst und übermitteln Sie die Datei erneut.",
    en: "The file uses an entity[ (“{value}”)] other than the five predefined in XML (amp, lt, gt, apos, quot). Please replace it with the character itself and send the file again.",
  },
  limitExceeded: {
    fr: "Le fichier dépasse une limite technique[ ({limit})][, fixée à {maximum}]. Veuillez l’adapter ou le scinder et le renvoyer.",
    nl: "Het bestand overschrijdt een technische limiet[ ({limit})][, vastgesteld op {maximum}]. Gelieve het aan te passen of op te splitsen en opnieuw te verzenden.",
    de: "Die Datei überschreitet einen technischen Grenzwert[ ({limit})][, festgelegt auf {maximum}]. Bitte passen Sie sie an oder teilen Sie sie auf und übermitteln Sie sie erneut.",
    en: "The file exceeds a technical limit[ ({limit})][, set at {maximum}]. Please adapt or split it and send it again.",
  },
  rootNotExpected: {
    fr: "Le fichier n’a pas la structure d’un fichier de contrats[ : {field}][ ({reason})]. Veuillez employer comme racine l’élément contractFile de l’espace de noms urn:be:nihdi:infoss:contract-file:1, n’y placer que des éléments record, et renvoyer le fichier.",
    nl: "Het bestand heeft niet de structuur van een contractbestand[: {field}][ ({reason})]. Gelieve als root het element contractFile van de naamruimte urn:be:nihdi:infoss:contract-file:1 te gebruiken, daarin alleen elementen record te plaatsen en het bestand opnieuw te verzenden.",
    de: "Die Datei hat nicht die Struktur einer Vertragsdatei[: {field}][ ({reason})]. Bitte verwenden Sie als Wurzel das Element contractFile des Namensraums urn:be:nihdi:infoss:contract-file:1, setzen Sie darin nur Elemente record und übermitteln Sie die Datei erneut.",
    en: "The file does not have the structure of a contract file[: {field}][ ({reason})]. Please use as root the element contractFile of the namespace urn:be:nihdi:infoss:contract-file:1, put only elements record in it and send the file again.",
  },
  headerInvalid: {
    fr: "L’en-tête du fichier n’est pas valable[ : attribut « {field} »][ ({reason})]. Veuillez corriger les attributs de l’élément racine et renvoyer le fichier.",
    nl: "De hoofding van het bestand is niet geldig[: attribuut ‘{field}’][ ({reason})]. Gelieve de attributen van het rootelement te verbeteren en het bestand opnieuw te verzenden.",
    de: "Der Kopf der Datei ist ungültig[: Attribut „{field}“][ ({reason})]. Bitte berichtigen Sie die Attribute des Wurzelelements und übermitteln Sie die Datei erneut.",
    en: "The header of the file is not valid[: attribute “{field}”][ ({reason})]. Please correct the attributes of the root element and send the file again.",
  },
  environmentLetterInvalid: {
    fr: "La lettre d’environnement[ « {value} »] n’est pas valable. Veuillez indiquer R (réel), S (simulation) ou T (test de circuit) et renvoyer le fichier.",
    nl: "De omgevingsletter[ ‘{value}’] is niet geldig. Gelieve R (reëel), S (simulatie) of T (circuittest) te vermelden en het bestand opnieuw te verzenden.",
    de: "Der Umgebungsbuchstabe[ „{value}“] ist ungültig. Bitte geben Sie R (real), S (Simulation) oder T (Übertragungstest) an und übermitteln Sie die Datei erneut.",
    en: "The environment letter[ “{value}”] is not valid. Please give R (real), S (simulation) or T (circuit test) and send the file again.",
  },
  environmentMismatch: {
    fr: "La lettre d’environnement[ « {value} »] n’est pas celle de l’environnement auquel le fichier a été envoyé[ (attendu : {expected})]. Veuillez corriger la lettre ou envoyer le fichier à l’environnement prévu.",
    nl: "De omgevingsletter[ ‘{value}’] is niet die van de omgeving waarnaar het bestand werd verzonden[ (verwacht: {expected})]. Gelieve de letter te verbeteren of het bestand naar de bedoelde omgeving te verzenden.",
    de: "Der Umgebungsbuchstabe[ „{value}“] ist nicht der Buchstabe der Umgebung, an die die Datei übermittelt wurde[ (erwartet: {expected})]. Bitte berichtigen Sie den Buchstaben oder übermitteln Sie die Datei an die vorgesehene Umgebung.",
    en: "The environment letter[ “{value}”] is not that of the environment the file was sent to[ (expected: {expected})]. Please correct the letter or send the file to the intended environment.",
  },
  senderMismatch: {
    fr: "Le numéro d’entreprise de l’expéditeur[ « {value} »] n’est pas celui de l’accès utilisé[ (attendu : {expected})]. Veuillez corriger l’attribut sender ou utiliser l’accès de l’assureur concerné.",
    nl: "Het ondernemingsnummer van de afzender[ ‘{value}’] is niet dat van de gebruikte toegang[ (verwacht: {expected})]. Gelieve het attribuut sender te verbeteren of de toegang van de betrokken verzekeraar te gebruiken.",
    de: "Die Unternehmensnummer des Absenders[ „{value}“] ist nicht die des verwendeten Zugangs[ (erwartet: {expected})]. Bitte berichtigen Sie das Attribut sender oder verwenden Sie den Zugang des betreffenden Versicherers.",
    en: "The enterprise number of the sender[ “{value}”] is not that of the access used[ (expected: {expected})]. Please correct the attribute sender or use the access of the insurer concerned.",
  },
  insurerSuspended: {
    fr: "L’accès de cet assureur est suspendu ; aucun de ses fichiers n’est accepté. Veuillez prendre contact avec les opérateurs de l’Institut et renvoyer le fichier une fois l’accès rétabli.",
    nl: "De toegang van deze verzekeraar is opgeschort; geen enkel bestand ervan wordt aanvaard. Gelieve contact op te nemen met de operatoren van het Instituut en het bestand opnieuw te verzenden zodra de toegang is hersteld.",
    de: "Der Zugang dieses Versicherers ist ausgesetzt; keine seiner Dateien wird angenommen. Bitte wenden Sie sich an die Operatoren des Instituts und übermitteln Sie die Datei erneut, sobald der Zugang wiederhergestellt ist.",
    en: "The access of this insurer is suspended; none of its files is accepted. Please contact the operators of the institute and send the file again once the access is restored.",
  },
  phaseNotAllowed: {
    fr: "L’assureur est encore dans la phase « access » : seuls les tests de circuit (lettre T) et les essais sans effet (dryRun) sont acceptés. Veuillez envoyer un tel fichier ou demander aux opérateurs de l’Institut d’ouvrir le chargement initial.",
    nl: "De verzekeraar is nog in de fase ‘access’: alleen circuittests (letter T) en proefverwerkingen (dryRun) worden aanvaard. Gelieve een dergelijk bestand te verzenden of de operatoren van het Instituut te vragen de initiële lading te openen.",
    de: "Der Versicherer ist noch in der Phase „access“: Nur Übertragungstests (Buchstabe T) und Probeläufe (dryRun) werden angenommen. Bitte übermitteln Sie eine solche Datei oder bitten Sie die Operatoren des Instituts, die Erstbeladung zu öffnen.",
    en: "The insurer is still in the phase “access”: only circuit tests (letter T) and dry runs are accepted. Please send such a file or ask the operators of the institute to open the initial load.",
  },
  kindNotOffered: {
    fr: "Le type d’envoi[ « {value} »] n’est pas accepté actuellement. Veuillez utiliser l’un des types d’envoi proposés dans la documentation.",
    nl: "De soort zending[ ‘{value}’] wordt momenteel niet aanvaard. Gelieve een van de soorten zendingen te gebruiken die in de documentatie worden aangeboden.",
    de: "Die Art der Übermittlung[ „{value}“] wird derzeit nicht angenommen. Bitte verwenden Sie eine der in der Dokumentation angebotenen Arten.",
    en: "The kind of submission[ “{value}”] is not accepted at present. Please use one of the kinds offered in the documentation.",
  },
  referenceReused: {
    fr: "La référence[ « {value} »] a déjà été utilisée pour un autre contenu[ (ticket {submissionId})]. Veuillez attribuer une nouvelle référence à ce fichier et le renvoyer.",
    nl: "De referentie[ ‘{value}’] werd al gebruikt voor een andere inhoud[ (ticket {submissionId})]. Gelieve dit bestand een nieuwe referentie te geven en opnieuw te verzenden.",
    de: "Die Referenz[ „{value}“] wurde bereits für einen anderen Inhalt verwendet[ (Ticket {submissionId})]. Bitte geben Sie dieser Datei eine neue Referenz und übermitteln Sie sie erneut.",
    en: "The reference[ “{value}”] has already been used for other content[ (ticket {submissionId})]. Please give this file a new reference and send it again.",
  },
  initialLoadClosed: {
    fr: "Le chargement initial est clôturé ; un fichier de type initialLoad n’est plus accepté. Veuillez communiquer les changements dans un fichier de type delta ou demander une comparaison (dryRun).",
    nl: "De initiële lading is afgesloten; een bestand van de soort initialLoad wordt niet meer aanvaard. Gelieve de wijzigingen in een bestand van de soort delta mee te delen of een vergelijking (dryRun) te vragen.",
    de: "Die Erstbeladung ist abgeschlossen; eine Datei der Art initialLoad wird nicht mehr angenommen. Bitte teilen Sie die Änderungen in einer Datei der Art delta mit oder fordern Sie einen Vergleich (dryRun) an.",
    en: "The initial load is closed; a file of the kind initialLoad is no longer accepted. Please send the changes in a file of the kind delta or ask for a comparison (dryRun).",
  },
  recordCountMismatch: {
    fr: "Le nombre d’enregistrements annoncé[ ({declared})] n’est pas celui que contient le fichier[ ({found})]. Veuillez vérifier que le fichier est complet, corriger recordCount et renvoyer le fichier.",
    nl: "Het aangekondigde aantal records[ ({declared})] is niet het aantal dat het bestand bevat[ ({found})]. Gelieve na te gaan of het bestand volledig is, recordCount te verbeteren en het bestand opnieuw te verzenden.",
    de: "Die angekündigte Anzahl Datensätze[ ({declared})] ist nicht die Anzahl, die die Datei enthält[ ({found})]. Bitte prüfen Sie, ob die Datei vollständig ist, berichtigen Sie recordCount und übermitteln Sie die Datei erneut.",
    en: "The number of records announced[ ({declared})] is not the number in the file[ ({found})]. Please check that the file is complete, correct recordCount and send the file again.",
  },
  sameRecordsAsEarlier: {
    fr: "Les enregistrements de ce fichier sont ceux d’un envoi antérieur[ (ticket {submissionId})]. Ils sont traités à nouveau, un par un. Si l’envoi est une erreur, aucune démarche n’est nécessaire : ce qui était déjà accepté reste inchangé.",
    nl: "De records van dit bestand zijn die van een eerdere zending[ (ticket {submissionId})]. Ze worden opnieuw verwerkt, één voor één. Werd het bestand bij vergissing verzonden, dan hoeft u niets te doen: wat al aanvaard was, blijft ongewijzigd.",
    de: "Die Datensätze dieser Datei sind die einer früheren Übermittlung[ (Ticket {submissionId})]. Sie werden einzeln erneut verarbeitet. Wurde die Datei versehentlich übermittelt, brauchen Sie nichts zu unternehmen: Bereits Angenommenes bleibt unverändert.",
    en: "The records of this file are those of an earlier submission[ (ticket {submissionId})]. They are processed again, one by one. If the file was sent by mistake, you need do nothing: what was already accepted stays unchanged.",
  },
};
