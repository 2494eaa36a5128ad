import type { Language } from "../findings/language.ts";
import type { InsurerReason } from "./reasons.ts";

/** What an insurer reads beside the code of a reason; never more than the code says. */
export const INSURER_REASON_TEXTS: Readonly<Record<InsurerReason, Readonly<Record<Language, string>>>> = {
  noContract: {
    fr: "Aucun contrat n’a été communiqué pour cette année de prime.",
    nl: "Voor dit premiejaar werd geen contract meegedeeld.",
    de: "Für dieses Prämienjahr wurde kein Vertrag mitgeteilt.",
    en: "No contract was declared for this premium year.",
  },
  contractStartedTooLate: {
    fr: "Le contrat a pris cours après le 31 décembre de l’année de prime.",
    nl: "Het contract is ingegaan na 31 december van het premiejaar.",
    de: "Der Vertrag hat nach dem 31. Dezember des Prämienjahres begonnen.",
    en: "The contract started after 31 December of the premium year.",
  },
  contractReceivedTooLate: {
    fr: "Le contrat a été enregistré après le dernier jour où des contrats pouvaient être liés pour cette année de prime.",
    nl: "Het contract werd geregistreerd na de laatste dag waarop contracten voor dit premiejaar gekoppeld konden worden.",
    de: "Der Vertrag wurde nach dem letzten Tag erfasst, an dem Verträge für dieses Prämienjahr zugeordnet werden konnten.",
    en: "The contract was recorded after the last day on which contracts could be linked for this premium year.",
  },
  notPayableOnThisContract: {
    fr: "Aucun avantage social n’est versé sur ce contrat pour cette année de prime.",
    nl: "Voor dit premiejaar wordt op dit contract geen sociaal voordeel gestort.",
    de: "Auf diesen Vertrag wird für dieses Prämienjahr kein Sozialvorteil gezahlt.",
    en: "No social advantage is paid on this contract for this premium year.",
  },
  conditionsNotMet: {
    fr: "Les conditions d’octroi de l’avantage social ne sont pas remplies pour cette année de prime.",
    nl: "Aan de voorwaarden voor het sociaal voordeel is voor dit premiejaar niet voldaan.",
    de: "Die Bedingungen für den Sozialvorteil sind für dieses Prämienjahr nicht erfüllt.",
    en: "The conditions for the social advantage are not met for this premium year.",
  },
  amountNotPublished: {
    fr: "Le montant de l’avantage social n’est pas encore publié pour cette année de prime.",
    nl: "Het bedrag van het sociaal voordeel is voor dit premiejaar nog niet bekendgemaakt.",
    de: "Der Betrag des Sozialvorteils ist für dieses Prämienjahr noch nicht veröffentlicht.",
    en: "The amount of the social advantage has not been published yet for this premium year.",
  },
  underReview: {
    fr: "Le dossier est encore à l’examen.",
    nl: "Het dossier wordt nog onderzocht.",
    de: "Die Akte wird noch geprüft.",
    en: "The file is still under review.",
  },
};
