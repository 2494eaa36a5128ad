import type { FindingCode } from "../findings/finding-codes.ts";
import type { FindingTexts } from "../findings/finding-text.ts";

/** What an insurer shows in validation before it sends real contracts, in the order in which it is best done. */
export const READINESS_ITEMS = [
  "connectionTested",
  "initialLoadEnded",
  "deltaAfterLoad",
  "actionsUsed",
  "refusalsMet",
  "correctionSent",
  "eventsConsumed",
  "errorsFew",
] as const;
export type ReadinessItem = (typeof READINESS_ITEMS)[number];

/**
 * Refusals of whole files that everybody meets: one file each. Those are left out that take an operator, a day, gigabytes
 * or a door that is not used, and those of limits and quotas, which tests of an insurer need not exhaust.
 */
export const REFUSALS_TO_MEET = [
  "emptyFile",
  "encodingNotSupported",
  "notWellFormed",
  "doctypeNotAllowed",
  "entityNotAllowed",
  "rootNotExpected",
  "headerInvalid",
  "environmentLetterInvalid",
  "environmentMismatch",
  "senderMismatch",
  "referenceReused",
  "recordCountMismatch",
  "initialLoadClosed",
  "sequenceUsed",
] as const satisfies readonly FindingCode[];

/** The same over SFTP alone. */
export const SFTP_REFUSALS_TO_MEET = ["fileNameInvalid", "fileNameReused"] as const satisfies readonly FindingCode[];

/** What is to be done for each. */
export const READINESS_TEXTS: Readonly<Record<ReadinessItem, FindingTexts>> = {
  connectionTested: {
    fr: "Réussir un test de connexion par chaque voie utilisée (REST, SFTP avec la lettre T).",
    nl: "Slaag voor een verbindingstest via elke gebruikte weg (REST, SFTP met de letter T).",
    de: "Einen Verbindungstest über jeden benutzten Weg bestehen (REST, SFTP mit dem Buchstaben T).",
    en: "Pass a connection test over each door that is used (REST, SFTP with the letter T).",
  },
  initialLoadEnded: {
    fr: "Terminer un chargement initial.",
    nl: "Beëindig een initiële lading.",
    de: "Eine Erstladung abschließen.",
    en: "End an initial load.",
  },
  deltaAfterLoad: {
    fr: "Envoyer après le chargement un delta dont au moins un enregistrement est accepté.",
    nl: "Verzend na de lading een delta waarvan minstens één record aanvaard wordt.",
    de: "Nach der Ladung ein Delta senden, von dem mindestens ein Datensatz angenommen wird.",
    en: "Send a delta after the load of which at least one record is accepted.",
  },
  actionsUsed: {
    fr: "Faire accepter chaque action d’un enregistrement : new, modify, close, reopen, cancel.",
    nl: "Laat elke actie van een record aanvaarden: new, modify, close, reopen, cancel.",
    de: "Jede Aktion eines Datensatzes annehmen lassen: new, modify, close, reopen, cancel.",
    en: "Have each action of a record accepted: new, modify, close, reopen, cancel.",
  },
  refusalsMet: {
    fr: "Rencontrer chaque refus d’un fichier entier, pour savoir comment votre système y réagit.",
    nl: "Maak elke weigering van een heel bestand mee, om te weten hoe uw systeem erop reageert.",
    de: "Jede Ablehnung einer ganzen Datei erleben, um zu wissen, wie Ihr System darauf reagiert.",
    en: "Meet each refusal of a whole file, to know how your system answers to it.",
  },
  correctionSent: {
    fr: "Renvoyer corrigé un enregistrement rejeté, avec la même référence, et le faire accepter.",
    nl: "Verzend een verworpen record verbeterd opnieuw, met dezelfde referentie, en laat het aanvaarden.",
    de: "Einen abgewiesenen Datensatz berichtigt mit derselben Referenz erneut senden und annehmen lassen.",
    en: "Send a rejected record again, mended and with the same reference, and have it accepted.",
  },
  eventsConsumed: {
    fr: "Lire le flux d’événements, ou en recevoir un par webhook.",
    nl: "Lees de feed van gebeurtenissen, of ontvang er een via een webhook.",
    de: "Den Feed der Ereignisse lesen oder eines über einen Webhook empfangen.",
    en: "Read the feed of events, or receive one by webhook.",
  },
  errorsFew: {
    fr: "Garder sous la limite la part des enregistrements rejetés des trente derniers jours.",
    nl: "Houd het aandeel verworpen records van de laatste dertig dagen onder de grens.",
    de: "Den Anteil abgewiesener Datensätze der letzten dreißig Tage unter der Grenze halten.",
    en: "Keep the share of rejected records of the last thirty days under the limit.",
  },
};
