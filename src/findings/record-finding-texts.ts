import type { FindingCodeOf, FindingTexts } from "./finding-text.ts";

/** Texts of the findings that concern one record; how they are written: finding-text.ts. */
export const RECORD_FINDING_TEXTS: Readonly<Record<FindingCodeOf<"record">, FindingTexts>> = {
  requiredFieldMissing: {
    fr: "Le champ obligatoire[ « {field} »] manque ou est vide. Veuillez le compléter et renvoyer l’enregistrement.",
    nl: "Het verplichte veld[ ‘{field}’] ontbreekt of is leeg. Gelieve het in te vullen en het record opnieuw te verzenden.",
    de: "Das Pflichtfeld[ „{field}“] fehlt oder ist leer. Bitte füllen Sie es aus und übermitteln Sie den Datensatz erneut.",
    en: "The required field[ “{field}”] is missing or empty. Please fill it in and send the record again.",
  },
  fieldNotKnown: {
    fr: "Le champ[ « {field} »] n’est pas prévu pour cette action. Veuillez le supprimer ou corriger son nom et renvoyer l’enregistrement.",
    nl: "Het veld[ ‘{field}’] is niet voorzien voor deze actie. Gelieve het te verwijderen of de naam ervan te verbeteren en het record opnieuw te verzenden.",
    de: "Das Feld[ „{field}“] ist für diese Aktion nicht vorgesehen. Bitte entfernen Sie es oder berichtigen Sie seinen Namen und übermitteln Sie den Datensatz erneut.",
    en: "The field[ “{field}”] is not provided for in this action. Please remove it or correct its name and send the record again.",
  },
  fieldRepeated: {
    fr: "Le champ[ « {field} »] figure plusieurs fois dans l’enregistrement. Veuillez ne le garder qu’une fois et renvoyer l’enregistrement.",
    nl: "Het veld[ ‘{field}’] komt meermaals voor in het record. Gelieve het slechts één keer te behouden en het record opnieuw te verzenden.",
    de: "Das Feld[ „{field}“] kommt im Datensatz mehrmals vor. Bitte behalten Sie es nur einmal bei und übermitteln Sie den Datensatz erneut.",
    en: "The field[ “{field}”] occurs more than once in the record. Please keep it only once and send the record again.",
  },
  textNotExpected: {
    fr: "L’enregistrement contient du texte là où aucun n’est prévu[ (« {field} »)]. Veuillez placer chaque donnée dans son champ et renvoyer l’enregistrement.",
    nl: "Het record bevat tekst waar er geen is voorzien[ (‘{field}’)]. Gelieve elk gegeven in zijn veld te plaatsen en het record opnieuw te verzenden.",
    de: "Der Datensatz enthält Text, wo keiner vorgesehen ist[ („{field}“)]. Bitte setzen Sie jede Angabe in ihr Feld und übermitteln Sie den Datensatz erneut.",
    en: "The record contains text where none is provided for[ (“{field}”)]. Please put each item in its own field and send the record again.",
  },
  actionNotKnown: {
    fr: "L’action de l’enregistrement n’est pas connue. Veuillez indiquer exactement une action parmi new, modify, close, reopen et cancel et renvoyer l’enregistrement.",
    nl: "De actie van het record is niet bekend. Gelieve precies één van de acties new, modify, close, reopen of cancel te vermelden en het record opnieuw te verzenden.",
    de: "Die Aktion des Datensatzes ist nicht bekannt. Bitte geben Sie genau eine der Aktionen new, modify, close, reopen oder cancel an und übermitteln Sie den Datensatz erneut.",
    en: "The action of the record is not known. Please give exactly one of the actions new, modify, close, reopen or cancel and send the record again.",
  },
  actionNotInInitialLoad: {
    fr: "Un chargement initial n’accepte que l’action new. Veuillez communiquer les autres actions dans un fichier de type delta, après la fin du chargement initial.",
    nl: "Een initiële lading aanvaardt alleen de actie new. Gelieve de andere acties in een bestand van de soort delta mee te delen, na het einde van de initiële lading.",
    de: "In einer Erstbeladung ist nur die Aktion new zulässig. Bitte teilen Sie andere Aktionen nach dem Ende der Erstbeladung in einer Datei der Art delta mit.",
    en: "An initial load accepts only the action new. Please send other actions in a file of the kind delta once the initial load has ended.",
  },
  valueTooLong: {
    fr: "La valeur du champ[ « {field} »] est trop longue[ (au plus {maximum} caractères)]. Veuillez la raccourcir et renvoyer l’enregistrement.",
    nl: "De waarde van het veld[ ‘{field}’] is te lang[ (hoogstens {maximum} tekens)]. Gelieve die in te korten en het record opnieuw te verzenden.",
    de: "Der Wert des Feldes[ „{field}“] ist zu lang[ (höchstens {maximum} Zeichen)]. Bitte kürzen Sie ihn und übermitteln Sie den Datensatz erneut.",
    en: "The value of the field[ “{field}”] is too long[ (at most {maximum} characters)]. Please shorten it and send the record again.",
  },
  valueNotInList: {
    fr: "La valeur du champ[ « {field} »] n’est pas admise[ (valeurs possibles : {allowed})]. Veuillez choisir une valeur de la liste et renvoyer l’enregistrement.",
    nl: "De waarde van het veld[ ‘{field}’] is niet toegestaan[ (mogelijke waarden: {allowed})]. Gelieve een waarde uit de lijst te kiezen en het record opnieuw te verzenden.",
    de: "Der Wert des Feldes[ „{field}“] ist nicht zulässig[ (mögliche Werte: {allowed})]. Bitte wählen Sie einen Wert aus der Liste und übermitteln Sie den Datensatz erneut.",
    en: "The value of the field[ “{field}”] is not allowed[ (possible values: {allowed})]. Please choose a value from the list and send the record again.",
  },
  dateInvalid: {
    fr: "Le champ[ « {field} »] ne contient pas une date existante. Veuillez indiquer un jour du calendrier sous la forme aaaa-mm-jj et renvoyer l’enregistrement.",
    nl: "Het veld[ ‘{field}’] bevat geen bestaande datum. Gelieve een kalenderdag in de vorm jjjj-mm-dd te vermelden en het record opnieuw te verzenden.",
    de: "Das Feld[ „{field}“] enthält kein existierendes Datum. Bitte geben Sie einen Kalendertag in der Form JJJJ-MM-TT an und übermitteln Sie den Datensatz erneut.",
    en: "The field[ “{field}”] does not contain an existing date. Please give a calendar day in the form yyyy-mm-dd and send the record again.",
  },
  inamiNumberInvalid: {
    fr: "Le numéro INAMI n’est pas valable[ ({reason})] : il compte 8 ou 11 chiffres, sans séparateurs, et ses chiffres de contrôle doivent être exacts. Veuillez le vérifier, zéros initiaux compris, et renvoyer l’enregistrement.",
    nl: "Het RIZIV-nummer is niet geldig[ ({reason})]: het telt 8 of 11 cijfers, zonder scheidingstekens, en de controlecijfers ervan moeten kloppen. Gelieve het na te kijken, voorloopnullen inbegrepen, en het record opnieuw te verzenden.",
    de: "Die LIKIV-Nummer ist ungültig[ ({reason})]: Sie besteht aus 8 oder 11 Ziffern ohne Trennzeichen, und ihre Prüfziffern müssen stimmen. Bitte prüfen Sie sie einschließlich führender Nullen und übermitteln Sie den Datensatz erneut.",
    en: "The INAMI number is not valid[ ({reason})]: it has 8 or 11 digits without separators, and its check digits must be right. Please check it, leading zeros included, and send the record again.",
  },
  ssinInvalid: {
    fr: "Le NISS n’est pas valable[ ({reason})] : il compte 11 chiffres, sans séparateurs, et ses deux derniers chiffres doivent contrôler les autres. Veuillez le vérifier, zéros initiaux compris, et renvoyer l’enregistrement.",
    nl: "Het INSZ is niet geldig[ ({reason})]: het telt 11 cijfers, zonder scheidingstekens, en de laatste twee moeten de andere controleren. Gelieve het na te kijken, voorloopnullen inbegrepen, en het record opnieuw te verzenden.",
    de: "Die ENSS ist ungültig[ ({reason})]: Sie besteht aus 11 Ziffern ohne Trennzeichen, und die letzten zwei müssen die übrigen bestätigen. Bitte prüfen Sie sie einschließlich führender Nullen und übermitteln Sie den Datensatz erneut.",
    en: "The SSIN is not valid[ ({reason})]: it has 11 digits without separators, and the last two must check the others. Please check it, leading zeros included, and send the record again.",
  },
  paymentReferenceInvalid: {
    fr: "La communication structurée n’est pas valable[ ({reason})] : elle compte 12 chiffres, sans séparateurs, et ses deux derniers chiffres doivent contrôler les autres (modulo 97). Veuillez la vérifier et renvoyer l’enregistrement.",
    nl: "De gestructureerde mededeling is niet geldig[ ({reason})]: ze telt 12 cijfers, zonder scheidingstekens, en de laatste twee moeten de andere controleren (modulo 97). Gelieve ze na te kijken en het record opnieuw te verzenden.",
    de: "Die strukturierte Mitteilung ist ungültig[ ({reason})]: Sie besteht aus 12 Ziffern ohne Trennzeichen, und die letzten zwei müssen die übrigen bestätigen (Modulo 97). Bitte prüfen Sie sie und übermitteln Sie den Datensatz erneut.",
    en: "The structured communication is not valid[ ({reason})]: it has 12 digits without separators, and the last two must check the others (modulo 97). Please check it and send the record again.",
  },
  startOnOutOfRange: {
    fr: "La date de début du contrat n’est pas dans la période admise[, au plus tôt le {earliest}][, au plus tard le {latest}]. Veuillez corriger la date et renvoyer l’enregistrement.",
    nl: "De begindatum van het contract ligt niet in de toegestane periode[, ten vroegste op {earliest}][, uiterlijk op {latest}]. Gelieve de datum te verbeteren en het record opnieuw te verzenden.",
    de: "Das Anfangsdatum des Vertrags liegt nicht im zulässigen Zeitraum[, frühestens am {earliest}][, spätestens am {latest}]. Bitte berichtigen Sie das Datum und übermitteln Sie den Datensatz erneut.",
    en: "The start date of the contract is not in the period allowed[, at the earliest {earliest}][, at the latest {latest}]. Please correct the date and send the record again.",
  },
  endBeforeStart: {
    fr: "La date de fin du contrat précède sa date de début[ ({startOn})]. Veuillez corriger l’une des deux dates et renvoyer l’enregistrement.",
    nl: "De einddatum van het contract valt vóór de begindatum[ ({startOn})]. Gelieve een van beide datums te verbeteren en het record opnieuw te verzenden.",
    de: "Das Enddatum des Vertrags liegt vor seinem Anfangsdatum[ ({startOn})]. Bitte berichtigen Sie eines der beiden Daten und übermitteln Sie den Datensatz erneut.",
    en: "The end date of the contract lies before its start date[ ({startOn})]. Please correct one of the two dates and send the record again.",
  },
  senderReferenceRepeated: {
    fr: "La référence de l’enregistrement figure déjà dans ce fichier[ (enregistrement {firstRecordNumber})]. Veuillez donner à chaque enregistrement une référence unique et renvoyer l’enregistrement.",
    nl: "De referentie van het record komt al voor in dit bestand[ (record {firstRecordNumber})]. Gelieve elk record een unieke referentie te geven en het record opnieuw te verzenden.",
    de: "Die Referenz des Datensatzes kommt in dieser Datei bereits vor[ (Datensatz {firstRecordNumber})]. Bitte geben Sie jedem Datensatz eine eindeutige Referenz und übermitteln Sie den Datensatz erneut.",
    en: "The reference of the record already occurs in this file[ (record {firstRecordNumber})]. Please give each record a unique reference and send the record again.",
  },
  inamiNumberUnknown: {
    fr: "Le numéro INAMI ne figure pas dans le registre des dispensateurs de soins. Veuillez vérifier le numéro auprès du titulaire du contrat et renvoyer l’enregistrement.",
    nl: "Het RIZIV-nummer komt niet voor in het register van de zorgverleners. Gelieve het nummer bij de contracthouder na te gaan en het record opnieuw te verzenden.",
    de: "Die LIKIV-Nummer steht nicht im Register der Pflegeerbringer. Bitte überprüfen Sie die Nummer beim Vertragsinhaber und übermitteln Sie den Datensatz erneut.",
    en: "The INAMI number is not in the register of healthcare providers. Please verify the number with the holder of the contract and send the record again.",
  },
  inamiNumberNotValidOn: {
    fr: "Le numéro INAMI n’était pas valable à la date déclarée[ ({on})]. Veuillez vérifier le numéro et la date et renvoyer l’enregistrement.",
    nl: "Het RIZIV-nummer was niet geldig op de aangegeven datum[ ({on})]. Gelieve het nummer en de datum na te kijken en het record opnieuw te verzenden.",
    de: "Die LIKIV-Nummer war am angegebenen Datum[ ({on})] nicht gültig. Bitte prüfen Sie die Nummer und das Datum und übermitteln Sie den Datensatz erneut.",
    en: "The INAMI number was not valid on the date declared[ ({on})]. Please check the number and the date and send the record again.",
  },
  ssinMismatch: {
    fr: "Le NISS n’est pas celui du titulaire de ce numéro INAMI. Veuillez vérifier les deux numéros et renvoyer l’enregistrement.",
    nl: "Het INSZ is niet dat van de houder van dit RIZIV-nummer. Gelieve beide nummers na te kijken en het record opnieuw te verzenden.",
    de: "Die ENSS ist nicht die des Inhabers dieser LIKIV-Nummer. Bitte prüfen Sie beide Nummern und übermitteln Sie den Datensatz erneut.",
    en: "The SSIN is not that of the holder of this INAMI number. Please check both numbers and send the record again.",
  },
  contractRepeated: {
    fr: "Ce contrat figure déjà dans ce fichier[ (enregistrement {firstRecordNumber})]. Veuillez ne garder qu’un enregistrement par contrat et, si le premier est inexact, le corriger dans un fichier ultérieur.",
    nl: "Dit contract komt al voor in dit bestand[ (record {firstRecordNumber})]. Gelieve één record per contract te behouden en, als het eerste onjuist is, het in een later bestand te verbeteren.",
    de: "Dieser Vertrag kommt in dieser Datei bereits vor[ (Datensatz {firstRecordNumber})]. Bitte behalten Sie einen Datensatz je Vertrag bei und berichtigen Sie den ersten, falls er nicht stimmt, in einer späteren Datei.",
    en: "This contract already occurs in this file[ (record {firstRecordNumber})]. Please keep one record per contract and, if the first is wrong, correct it in a later file.",
  },
  contractExists: {
    fr: "Ce contrat est déjà connu avec un autre contenu[ (contrat {contractId})]. Veuillez communiquer un changement par l’action modify ; un contrat déclaré par erreur s’annule par l’action cancel avant d’être déclaré à nouveau.",
    nl: "Dit contract is al bekend met een andere inhoud[ (contract {contractId})]. Gelieve een wijziging met de actie modify mee te delen; een verkeerd aangegeven contract wordt eerst met de actie cancel geannuleerd en dan opnieuw aangegeven.",
    de: "Dieser Vertrag ist bereits mit einem anderen Inhalt bekannt[ (Vertrag {contractId})]. Bitte teilen Sie eine Änderung mit der Aktion modify mit; ein irrtümlich gemeldeter Vertrag wird vor der neuen Meldung mit der Aktion cancel annulliert.",
    en: "This contract is already known with other content[ (contract {contractId})]. Please send a change with the action modify; a contract declared in error is first withdrawn with the action cancel and then declared again.",
  },
  inamiNumberExpired: {
    fr: "La validité du numéro INAMI prend fin[ le {validTo},] après la date déclarée. Ceci n’empêche pas l’acceptation ; veuillez vérifier si le contrat est toujours en cours.",
    nl: "De geldigheid van het RIZIV-nummer eindigt[ op {validTo},] na de aangegeven datum. Dit verhindert de aanvaarding niet; gelieve na te gaan of het contract nog loopt.",
    de: "Die Gültigkeit der LIKIV-Nummer endet[ am {validTo},] nach dem angegebenen Datum. Dies steht der Annahme nicht entgegen; bitte prüfen Sie, ob der Vertrag noch läuft.",
    en: "The validity of the INAMI number ends[ on {validTo},] after the date declared. This does not prevent acceptance; please check whether the contract is still running.",
  },
  inamiNumberReplaced: {
    fr: "Le numéro INAMI a été remplacé[ par {replacedBy}]. Le nouveau numéro est utilisé à sa place ; veuillez adapter vos données.",
    nl: "Het RIZIV-nummer werd vervangen[ door {replacedBy}]. Het nieuwe nummer wordt in de plaats ervan gebruikt; gelieve uw gegevens aan te passen.",
    de: "Die LIKIV-Nummer wurde[ durch {replacedBy}] ersetzt. An ihrer Stelle wird die neue Nummer verwendet; bitte passen Sie Ihre Daten an.",
    en: "The INAMI number has been replaced[ by {replacedBy}]. The new number is used in its place; please update your data.",
  },
  competenceCodeUnknown: {
    fr: "Le code de compétence (les trois derniers chiffres du numéro INAMI) n’est pas connu. Ceci n’empêche pas l’acceptation ; veuillez vérifier le numéro et, s’il est inexact, envoyer une modification.",
    nl: "De bevoegdheidscode (de laatste drie cijfers van het RIZIV-nummer) is niet bekend. Dit verhindert de aanvaarding niet; gelieve het nummer na te kijken en, als het onjuist is, een wijziging te verzenden.",
    de: "Der Kompetenzcode (die letzten drei Ziffern der LIKIV-Nummer) ist nicht bekannt. Dies steht der Annahme nicht entgegen; bitte prüfen Sie die Nummer und übermitteln Sie eine Änderung, falls sie nicht stimmt.",
    en: "The competence code (the last three digits of the INAMI number) is not known. This does not prevent acceptance; please check the number and send a modification if it is wrong.",
  },
};
