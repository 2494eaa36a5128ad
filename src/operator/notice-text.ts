import type { Language } from "../findings/language.ts";
import type { Notice, NoticeKind } from "./notice.ts";

type Words = (name: string, client: string, day: string) => string;

const TEXTS: Readonly<Record<NoticeKind, Readonly<Record<Language, Words>>>> = {
  certificateExpires: {
    fr: (name, client, day) =>
      `Le certificat ${name} du client ${client} expire le ${day}. Faites enregistrer son successeur avant cette date.`,
    nl: (name, client, day) =>
      `Het certificaat ${name} van client ${client} vervalt op ${day}. Laat voor die dag de opvolger registreren.`,
    de: (name, client, day) =>
      `Das Zertifikat ${name} des Clients ${client} läuft am ${day} ab. Lassen Sie vorher seinen Nachfolger registrieren.`,
    en: (name, client, day) =>
      `The certificate ${name} of client ${client} expires on ${day}. Have its successor registered before that day.`,
  },
  keyExpires: {
    fr: (name, client, day) =>
      `La clé ${name} du client ${client} expire le ${day}. Faites enregistrer la clé suivante avant cette date.`,
    nl: (name, client, day) =>
      `De sleutel ${name} van client ${client} vervalt op ${day}. Laat voor die dag de volgende sleutel registreren.`,
    de: (name, client, day) =>
      `Der Schlüssel ${name} des Clients ${client} läuft am ${day} ab. Lassen Sie vorher den nächsten Schlüssel registrieren.`,
    en: (name, client, day) =>
      `The key ${name} of client ${client} expires on ${day}. Have the next key registered before that day.`,
  },
  signingCertificateExpires: {
    fr: (name, client, day) =>
      `Le certificat ${name}, qui vérifie les signatures (FS) des fichiers du client ${client}, expire le ${day}. Faites enregistrer son successeur avant cette date.`,
    nl: (name, client, day) =>
      `Het certificaat ${name} dat de handtekeningen (FS) van de bestanden van client ${client} verifieert, vervalt op ${day}. Laat voor die dag de opvolger registreren.`,
    de: (name, client, day) =>
      `Das Zertifikat ${name}, das die Signaturen (FS) der Dateien des Clients ${client} prüft, läuft am ${day} ab. Lassen Sie vorher seinen Nachfolger registrieren.`,
    en: (name, client, day) =>
      `The certificate ${name} that verifies the signatures (FS) of files of client ${client} expires on ${day}. Have its successor registered before that day.`,
  },
  answersExpire: {
    fr: (name, client, day) =>
      `Des réponses attendent dans OUT du compte SFTP ${name} (client ${client}). Celles qui ne sont pas retirées en disparaissent à partir du ${day}.`,
    nl: (name, client, day) =>
      `In OUT van het SFTP-account ${name} (client ${client}) wachten antwoorden. Wat niet opgehaald wordt, verdwijnt daaruit vanaf ${day}.`,
    de: (name, client, day) =>
      `In OUT des SFTP-Kontos ${name} (Client ${client}) warten Antworten. Was nicht abgeholt wird, wird dort ab dem ${day} entfernt.`,
    en: (name, client, day) =>
      `Answers wait in OUT of the SFTP account ${name} (client ${client}). Those that are not fetched are removed from there from ${day} on.`,
  },
};

const TIME_ZONE = "Europe/Brussels";
/** Enough of a thumbprint to tell it from another. */
const SHOWN_CHARACTERS = 16;

/** The notice as a sentence; the day is the one in Brussels, `yyyy-mm-dd`. */
export function renderNotice({ kind, details }: Pick<Notice, "kind" | "details">, language: Language): string {
  const { clientId, subject, expiresAt } = details;
  const isThumbprint = kind === "certificateExpires" || kind === "signingCertificateExpires";
  const name = isThumbprint ? `${subject.slice(0, SHOWN_CHARACTERS)}…` : subject;
  const day = Temporal.Instant.from(expiresAt).toZonedDateTimeISO(TIME_ZONE).toPlainDate().toString();
  return TEXTS[kind][language](name, clientId, day);
}
