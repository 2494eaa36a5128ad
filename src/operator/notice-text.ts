import type { Language } from "../findings/language.ts";
import type { DisabledReason } from "../webhooks/webhook.ts";
import type { ClientNoticeKind, MassChangeDetails, NoticeContent, NoticeDetails } from "./notice.ts";

type Words = (name: string, client: string, day: string) => string;

const TEXTS: Readonly<Record<Exclude<ClientNoticeKind, "webhookDisabled">, Readonly<Record<Language, Words>>>> = {
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
  ibanChanged: {
    fr: (name) =>
      `Les avantages sociaux de vos clients sont désormais versés sur le compte ${name}. Si vous ne l'avez pas demandé, avertissez l'Institut immédiatement.`,
    nl: (name) =>
      `De sociale voordelen van uw cliënten worden voortaan op rekening ${name} betaald. Hebt u dat niet gevraagd, verwittig het Instituut dan meteen.`,
    de: (name) =>
      `Die Sozialvorteile Ihrer Kunden werden von nun an auf das Konto ${name} gezahlt. Haben Sie das nicht verlangt, benachrichtigen Sie sofort das Institut.`,
    en: (name) =>
      `The social advantages of your clients are paid to the account ${name} from now on. If you did not ask for this, tell the institute at once.`,
  },
};

const WHY_DISABLED: Readonly<Record<DisabledReason, Readonly<Record<Language, string>>>> = {
  failing: {
    fr: "aucune tentative n'a abouti en 24 heures",
    nl: "in 24 uur is geen enkele poging gelukt",
    de: "in 24 Stunden ist kein Versuch gelungen",
    en: "no attempt succeeded in 24 hours",
  },
  gone: {
    fr: "votre serveur a répondu 410 (Gone)",
    nl: "uw server antwoordde 410 (Gone)",
    de: "Ihr Server hat mit 410 (Gone) geantwortet",
    en: "your server answered 410 (Gone)",
  },
  clientNotGranted: {
    fr: "le client qui en répond ne peut plus agir pour vous",
    nl: "de client die ervoor instaat, mag niet meer voor u handelen",
    de: "der zuständige Client darf nicht mehr für Sie handeln",
    en: "the client that answers for it may no longer act for you",
  },
};

const DISABLED: Readonly<Record<Language, (id: string, client: string, why: string) => string>> = {
  fr: (id, client, why) =>
    `Le webhook ${id} (client ${client}) est désactivé : ${why}. Les événements restent à lire ; réactivez-le pour qu'il reprenne où il en était.`,
  nl: (id, client, why) =>
    `Webhook ${id} (client ${client}) is uitgeschakeld: ${why}. De gebeurtenissen blijven te lezen; activeer hem opnieuw om verder te gaan waar hij stond.`,
  de: (id, client, why) =>
    `Webhook ${id} (Client ${client}) ist abgeschaltet: ${why}. Die Ereignisse bleiben lesbar; aktivieren Sie ihn wieder, dann geht es dort weiter, wo er stand.`,
  en: (id, client, why) =>
    `Webhook ${id} (client ${client}) is disabled: ${why}. The events can still be read; activate it again and it goes on from where it stood.`,
};

const TIME_ZONE = "Europe/Brussels";
/** Enough of a thumbprint to tell it from another. */
const SHOWN_CHARACTERS = 16;

const MASS_CHANGE_TEXTS: Readonly<Record<Language, (held: MassChangeDetails) => string>> = {
  fr: ({ reference, closures, contracts }) =>
    `Le fichier « ${reference} » clôturerait ou annulerait ${closures} de vos ${contracts} contrats. Il attend la décision d’un opérateur de l’institut. Si c’est une erreur, annulez-le.`,
  nl: ({ reference, closures, contracts }) =>
    `Het bestand ‘${reference}’ zou ${closures} van uw ${contracts} contracten afsluiten of annuleren. Het wacht op de beslissing van een operator van het instituut. Is het een vergissing, annuleer het dan.`,
  de: ({ reference, closures, contracts }) =>
    `Die Datei „${reference}“ würde ${closures} Ihrer ${contracts} Verträge beenden oder annullieren. Sie wartet auf die Entscheidung eines Operators des Instituts. Ist es ein Irrtum, nehmen Sie sie zurück.`,
  en: ({ reference, closures, contracts }) =>
    `The file “${reference}” would close or cancel ${closures} of your ${contracts} contracts. It waits for the decision of an operator of the institute. If it is a mistake, cancel it.`,
};

/** The notice as a sentence; a day is the one in Brussels, `yyyy-mm-dd`. */
export function renderNotice(notice: NoticeContent, language: Language): string {
  if (notice.kind === "massChangeHeld") return MASS_CHANGE_TEXTS[language](notice.details);
  return renderClientNotice(notice.kind, notice.details, language);
}

function renderClientNotice(kind: ClientNoticeKind, details: NoticeDetails, language: Language): string {
  const { clientId = "", subject, expiresAt, reason } = details;
  if (kind === "webhookDisabled") return DISABLED[language](subject, clientId, WHY_DISABLED[reason!][language]);
  const isThumbprint = kind === "certificateExpires" || kind === "signingCertificateExpires";
  const name = isThumbprint ? `${subject.slice(0, SHOWN_CHARACTERS)}…` : subject;
  const day = expiresAt ? Temporal.Instant.from(expiresAt).toZonedDateTimeISO(TIME_ZONE).toPlainDate().toString() : "";
  return TEXTS[kind][language](name, clientId, day);
}
