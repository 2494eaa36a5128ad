import type { FindingCodeOf, FindingTexts } from "./finding-text.ts";

/** Texts of what a connection test finds; how they are written: finding-text.ts. */
export const CONNECTION_FINDING_TEXTS: Readonly<Record<FindingCodeOf<"connection">, FindingTexts>> = {
  certificateExpiresSoon: {
    fr: "Le certificat client expire bientôt[ (le {validTo})]. Veuillez en demander un nouveau, le faire enregistrer à côté de l’actuel et changer avant cette date.",
    nl: "Het clientcertificaat vervalt binnenkort[ (op {validTo})]. Gelieve een nieuw aan te vragen, het naast het huidige te laten registreren en vóór die datum over te schakelen.",
    de: "Das Client-Zertifikat läuft bald ab[ (am {validTo})]. Bitte beantragen Sie ein neues, lassen Sie es neben dem jetzigen registrieren und wechseln Sie vor diesem Tag.",
    en: "The client certificate expires soon[ (on {validTo})]. Please ask for a new one, have it registered beside the present one and change over before that day.",
  },
  certificateKeyShort: {
    fr: "La clé RSA du certificat client est courte[ ({bits} bits)]. Veuillez demander le prochain certificat avec une clé EC P-256 ou RSA d’au moins 3072 bits.",
    nl: "De RSA-sleutel van het clientcertificaat is kort[ ({bits} bits)]. Gelieve het volgende certificaat aan te vragen met een EC P-256-sleutel of een RSA-sleutel van minstens 3072 bits.",
    de: "Der RSA-Schlüssel des Client-Zertifikats ist kurz[ ({bits} Bit)]. Bitte beantragen Sie das nächste Zertifikat mit einem EC-P-256-Schlüssel oder einem RSA-Schlüssel von mindestens 3072 Bit.",
    en: "The RSA key of the client certificate is short[ ({bits} bits)]. Please ask for the next certificate with an EC P-256 key or an RSA key of at least 3072 bits.",
  },
  tlsVersionOld: {
    fr: "La connexion n’utilise pas TLS 1.3[ (vu : {version})]. Veuillez mettre à jour votre bibliothèque TLS ou autoriser TLS 1.3 dans sa configuration.",
    nl: "De verbinding gebruikt geen TLS 1.3[ (gezien: {version})]. Gelieve uw TLS-bibliotheek bij te werken of TLS 1.3 in haar configuratie toe te laten.",
    de: "Die Verbindung verwendet nicht TLS 1.3[ (gesehen: {version})]. Bitte aktualisieren Sie Ihre TLS-Bibliothek oder lassen Sie TLS 1.3 in ihrer Konfiguration zu.",
    en: "The connection does not use TLS 1.3[ (seen: {version})]. Please update your TLS library or allow TLS 1.3 in its configuration.",
  },
  clockOff: {
    fr: "Votre horloge n’est pas à l’heure[ (écart de {seconds} secondes)]. Veuillez la synchroniser (NTP) : au-delà de quelques secondes, les assertions et les jetons peuvent être refusés.",
    nl: "Uw klok loopt niet juist[ (afwijking van {seconds} seconden)]. Gelieve ze te synchroniseren (NTP): vanaf enkele seconden kunnen assertions en tokens geweigerd worden.",
    de: "Ihre Uhr geht nicht richtig[ (Abweichung von {seconds} Sekunden)]. Bitte synchronisieren Sie sie (NTP): Schon bei wenigen Sekunden können Assertions und Token abgelehnt werden.",
    en: "Your clock is off[ (by {seconds} seconds)]. Please synchronise it (NTP): beyond a few seconds assertions and tokens may be refused.",
  },
  clockNotTold: {
    fr: "La requête ne dit pas l’heure de votre horloge. Veuillez envoyer l’en-tête Date, ou iat dans l’assertion, et refaire le test.",
    nl: "De aanvraag zegt niet hoe laat het op uw klok is. Gelieve de header Date, of iat in de assertion, mee te sturen en de test te herhalen.",
    de: "Die Anfrage sagt nicht, wie spät es auf Ihrer Uhr ist. Bitte senden Sie den Header Date, oder iat in der Assertion, und wiederholen Sie den Test.",
    en: "The request does not tell the time of your clock. Please send the header Date, or iat in the assertion, and repeat the test.",
  },
  scopeMissing: {
    fr: "Le jeton ne porte pas un scope que les appels d’un assureur demandent[ ({scope})]. Veuillez le demander avec le jeton ou, si le client ne l’a pas, le faire ajouter par l’institut.",
    nl: "Het token draagt een scope niet die de oproepen van een verzekeraar vragen[ ({scope})]. Gelieve die met het token aan te vragen of, als de client ze niet heeft, door het instituut te laten toevoegen.",
    de: "Das Token trägt einen Scope nicht, den die Aufrufe eines Versicherers verlangen[ ({scope})]. Bitte fordern Sie ihn mit dem Token an oder lassen Sie ihn, wenn der Client ihn nicht hat, durch das Institut hinzufügen.",
    en: "The token does not carry a scope that calls of an insurer ask for[ ({scope})]. Please ask for it with the token or, if the client does not have it, have it added by the institute.",
  },
  insurerNotGranted: {
    fr: "Le client ne peut agir aujourd’hui pour aucun assureur. Veuillez faire enregistrer le mandat de l’assureur auprès de l’institut.",
    nl: "De client mag vandaag voor geen enkele verzekeraar optreden. Gelieve het mandaat van de verzekeraar bij het instituut te laten registreren.",
    de: "Der Client darf heute für keinen Versicherer handeln. Bitte lassen Sie das Mandat des Versicherers beim Institut registrieren.",
    en: "The client may act for no insurer today. Please have the insurer’s mandate registered with the institute.",
  },
  insurerHeaderMissing: {
    fr: "Le client peut agir pour plusieurs assureurs et la requête n’en nomme aucun. Veuillez envoyer l’en-tête Infoss-Insurer avec le numéro d’entreprise de l’assureur.",
    nl: "De client mag voor verschillende verzekeraars optreden en de aanvraag noemt er geen. Gelieve de header Infoss-Insurer met het ondernemingsnummer van de verzekeraar mee te sturen.",
    de: "Der Client darf für mehrere Versicherer handeln, und die Anfrage nennt keinen. Bitte senden Sie den Header Infoss-Insurer mit der Unternehmensnummer des Versicherers.",
    en: "The client may act for several insurers and the request names none. Please send the header Infoss-Insurer with the enterprise number of the insurer.",
  },
  contentDigestMissing: {
    fr: "La requête n’a pas d’en-tête Content-Digest avec sha-256, que chaque fichier envoyé doit avoir. Veuillez refaire le test avec un corps et l’en-tête Content-Digest de ses octets.",
    nl: "De aanvraag heeft geen header Content-Digest met sha-256, die elk verzonden bestand moet hebben. Gelieve de test te herhalen met een body en de header Content-Digest van zijn bytes.",
    de: "Die Anfrage hat keinen Header Content-Digest mit sha-256, den jede gesendete Datei haben muss. Bitte wiederholen Sie den Test mit einem Body und dem Header Content-Digest seiner Bytes.",
    en: "The request has no header Content-Digest with sha-256, which every file that is sent must have. Please repeat the test with a body and the header Content-Digest of its bytes.",
  },
  contentDigestMismatch: {
    fr: "Le corps reçu n’a pas l’empreinte de l’en-tête Content-Digest. Veuillez la calculer sur les octets exacts du corps, en base64 entre deux-points, et vérifier qu’aucun intermédiaire ne les modifie.",
    nl: "De ontvangen body heeft niet de hash van de header Content-Digest. Gelieve die over de exacte bytes van de body te berekenen, in base64 tussen dubbele punten, en na te gaan dat geen tussenstation ze wijzigt.",
    de: "Der empfangene Body hat nicht den Hashwert des Headers Content-Digest. Bitte berechnen Sie ihn über die genauen Bytes des Body, in Base64 zwischen Doppelpunkten, und prüfen Sie, dass keine Zwischenstation sie ändert.",
    en: "The body received does not have the digest of the header Content-Digest. Please compute it over the exact bytes of the body, in base64 between colons, and check that nothing on the way changes them.",
  },
  sshKeyShort: {
    fr: "La clé SSH est une clé RSA courte[ ({bits} bits)]. Veuillez faire enregistrer une clé Ed25519, ou RSA d’au moins 3072 bits, à côté de l’actuelle et changer.",
    nl: "De SSH-sleutel is een korte RSA-sleutel[ ({bits} bits)]. Gelieve een Ed25519-sleutel, of een RSA-sleutel van minstens 3072 bits, naast de huidige te laten registreren en over te schakelen.",
    de: "Der SSH-Schlüssel ist ein kurzer RSA-Schlüssel[ ({bits} Bit)]. Bitte lassen Sie einen Ed25519-Schlüssel oder einen RSA-Schlüssel von mindestens 3072 Bit neben dem jetzigen registrieren und wechseln Sie.",
    en: "The SSH key is a short RSA key[ ({bits} bits)]. Please have an Ed25519 key, or an RSA key of at least 3072 bits, registered beside the present one and change over.",
  },
  sshSessionNotSeen: {
    fr: "La passerelle voit le fichier, mais pas la session SSH avec laquelle il est venu. Veuillez contrôler vous-même que la clé du serveur est la bonne[ ({hostKey})] et relever les algorithmes dans le journal de votre client.",
    nl: "De gateway ziet het bestand, maar niet de SSH-sessie waarmee het kwam. Gelieve zelf na te gaan dat de sleutel van de server de juiste is[ ({hostKey})] en de algoritmen in het logboek van uw client af te lezen.",
    de: "Das Gateway sieht die Datei, aber nicht die SSH-Sitzung, mit der sie kam. Bitte prüfen Sie selbst, dass der Schlüssel des Servers der richtige ist[ ({hostKey})], und lesen Sie die Algorithmen im Protokoll Ihres Clients nach.",
    en: "The gateway sees the file, but not the SSH session with which it came. Please check yourself that the key of the server is the right one[ ({hostKey})] and read the algorithms in the log of your client.",
  },
};
