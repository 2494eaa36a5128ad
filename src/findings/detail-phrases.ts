import type { FindingTexts } from "./finding-text.ts";
import { VERIFICATION_PHRASES } from "./verification-phrases.ts";
import { XML_PHRASES } from "./xml-phrases.ts";

/**
 * Details that are words of a fixed vocabulary rather than values (`reason`, `form`, `limit`, `encoding`): programs read the
 * word, texts quote this phrase. A word that is not here, such as the name of an encoding, is quoted as it is.
 */
export const DETAIL_PHRASES = {
  ...XML_PHRASES,
  // What stands where it should not, directly in the file.
  rootNotKnown: {
    fr: "cet élément n’est pas la racine d’un fichier de contrats",
    nl: "dit element is niet de root van een contractbestand",
    de: "dieses Element ist nicht die Wurzel einer Vertragsdatei",
    en: "this element is not the root of a contract file",
  },
  elementNotExpected: {
    fr: "cet élément n’est pas prévu à cet endroit",
    nl: "dit element is hier niet voorzien",
    de: "dieses Element ist hier nicht vorgesehen",
    en: "this element is not provided for here",
  },
  textNotExpected: {
    fr: "aucun texte n’est prévu à cet endroit",
    nl: "hier is geen tekst voorzien",
    de: "hier ist kein Text vorgesehen",
    en: "no text is provided for here",
  },
  // What is wrong with an attribute of the root, or with an identifier.
  notKnown: {
    fr: "inconnu",
    nl: "niet bekend",
    de: "nicht bekannt",
    en: "not known",
  },
  missing: {
    fr: "manquant",
    nl: "ontbreekt",
    de: "fehlt",
    en: "missing",
  },
  shape: {
    fr: "forme incorrecte",
    nl: "verkeerde vorm",
    de: "falsche Form",
    en: "wrong form",
  },
  tooLong: {
    fr: "trop long",
    nl: "te lang",
    de: "zu lang",
    en: "too long",
  },
  notInList: {
    fr: "valeur non admise",
    nl: "waarde niet toegestaan",
    de: "Wert nicht zulässig",
    en: "value not allowed",
  },
  notWithThisKind: {
    fr: "pas prévu pour ce type d’envoi",
    nl: "niet voorzien voor deze soort zending",
    de: "für diese Art der Übermittlung nicht vorgesehen",
    en: "not provided for in this kind of submission",
  },
  notDigits: {
    fr: "autre chose que des chiffres",
    nl: "iets anders dan cijfers",
    de: "andere Zeichen als Ziffern",
    en: "something other than digits",
  },
  lengthInvalid: {
    fr: "nombre de chiffres incorrect",
    nl: "verkeerd aantal cijfers",
    de: "falsche Anzahl Ziffern",
    en: "wrong number of digits",
  },
  firstDigitInvalid: {
    fr: "premier chiffre incorrect",
    nl: "verkeerd eerste cijfer",
    de: "falsche erste Ziffer",
    en: "wrong first digit",
  },
  checkDigitsInvalid: {
    fr: "chiffres de contrôle incorrects",
    nl: "verkeerde controlecijfers",
    de: "falsche Prüfziffern",
    en: "wrong check digits",
  },
  birthDateInvalid: {
    fr: "date de naissance impossible",
    nl: "onmogelijke geboortedatum",
    de: "unmögliches Geburtsdatum",
    en: "impossible date of birth",
  },
  // The form that an attribute of the root has.
  referenceForm: {
    fr: "35 caractères au plus",
    nl: "hoogstens 35 tekens",
    de: "höchstens 35 Zeichen",
    en: "at most 35 characters",
  },
  sequenceForm: {
    fr: "un nombre entier de 1 à 999999999, sans zéros initiaux",
    nl: "een geheel getal van 1 tot 999999999, zonder voorloopnullen",
    de: "eine ganze Zahl von 1 bis 999999999 ohne führende Nullen",
    en: "a whole number from 1 to 999999999, without leading zeros",
  },
  createdAtForm: {
    fr: "une date et une heure existantes avec décalage horaire, comme 2026-11-22T10:00:00+01:00",
    nl: "een bestaande datum en tijd met tijdsverschil, zoals 2026-11-22T10:00:00+01:00",
    de: "ein existierendes Datum mit Uhrzeit und Zeitverschiebung wie 2026-11-22T10:00:00+01:00",
    en: "an existing date and time with offset, such as 2026-11-22T10:00:00+01:00",
  },
  recordCountForm: {
    fr: "un nombre entier de 0 à 10000000, sans zéros initiaux",
    nl: "een geheel getal van 0 tot 10000000, zonder voorloopnullen",
    de: "eine ganze Zahl von 0 bis 10000000 ohne führende Nullen",
    en: "a whole number from 0 to 10000000, without leading zeros",
  },
  shareForm: {
    fr: "une part de 0 à 1 avec point décimal et six décimales au plus, comme 0.25",
    nl: "een aandeel van 0 tot 1 met decimale punt en hoogstens zes decimalen, zoals 0.25",
    de: "ein Anteil von 0 bis 1 mit Dezimalpunkt und höchstens sechs Nachkommastellen wie 0.25",
    en: "a share from 0 to 1 with a decimal point and at most six decimals, such as 0.25",
  },
  // Limits of a file.
  depth: {
    fr: "profondeur des éléments",
    nl: "diepte van de elementen",
    de: "Tiefe der Elemente",
    en: "depth of elements",
  },
  nameLength: {
    fr: "longueur d’un nom",
    nl: "lengte van een naam",
    de: "Länge eines Namens",
    en: "length of a name",
  },
  textLength: {
    fr: "longueur du texte d’un champ",
    nl: "lengte van de tekst van een veld",
    de: "Länge des Textes eines Feldes",
    en: "length of the text of a field",
  },
  attributeValueLength: {
    fr: "longueur de la valeur d’un attribut",
    nl: "lengte van de waarde van een attribuut",
    de: "Länge des Wertes eines Attributs",
    en: "length of the value of an attribute",
  },
  attributesPerElement: {
    fr: "nombre d’attributs par élément",
    nl: "aantal attributen per element",
    de: "Anzahl Attribute je Element",
    en: "number of attributes per element",
  },
  tokenLength: {
    fr: "longueur d’une balise ou d’un texte",
    nl: "lengte van een tag of van een tekst",
    de: "Länge eines Tags oder Textes",
    en: "length of a tag or text",
  },
  recordBytes: {
    fr: "taille d’un enregistrement en octets",
    nl: "omvang van een record in bytes",
    de: "Größe eines Datensatzes in Bytes",
    en: "size of a record in bytes",
  },
  // What is wrong with the name of a file.
  nameParts: {
    fr: "il n’a pas les cinq parties après FI",
    nl: "ze heeft niet de vijf delen na FI",
    de: "er hat nicht die fünf Teile nach FI",
    en: "it does not have the five parts after FI",
  },
  nameCode: {
    fr: "le type de fichier est inconnu",
    nl: "de soort bestand is niet bekend",
    de: "die Art der Datei ist nicht bekannt",
    en: "the kind of file is not known",
  },
  nameEnterpriseNumber: {
    fr: "le numéro d’entreprise n’existe pas",
    nl: "het ondernemingsnummer bestaat niet",
    de: "die Unternehmensnummer gibt es nicht",
    en: "the enterprise number does not exist",
  },
  nameDate: {
    fr: "la date n’existe pas",
    nl: "de datum bestaat niet",
    de: "das Datum gibt es nicht",
    en: "the date does not exist",
  },
  nameSequence: {
    fr: "la séquence n’a pas cinq chiffres ou majuscules",
    nl: "het volgnummer heeft geen vijf cijfers of hoofdletters",
    de: "die laufende Nummer hat nicht fünf Ziffern oder Großbuchstaben",
    en: "the sequence does not have five digits or capitals",
  },
  nameNotKnown: {
    fr: "il ne commence pas par FI, FS, GO ou TD",
    nl: "ze begint niet met FI, FS, GO of TD",
    de: "er beginnt nicht mit FI, FS, GO oder TD",
    en: "it does not begin with FI, FS, GO or TD",
  },
  // What is wrong with a signature.
  signatureNotBase64: {
    fr: "le fichier FS n’est pas en base64",
    nl: "het FS-bestand is niet in base64",
    de: "die FS-Datei ist nicht in Base64",
    en: "the FS file is not base64",
  },
  signatureNotCms: {
    fr: "le fichier FS ne contient pas de signature CMS détachée",
    nl: "het FS-bestand bevat geen losse CMS-handtekening",
    de: "die FS-Datei enthält keine abgetrennte CMS-Signatur",
    en: "the FS file holds no detached CMS signature",
  },
  signatureDigestNotSha256: {
    fr: "l’empreinte n’est pas SHA-256",
    nl: "de hash is geen SHA-256",
    de: "der Hashwert ist kein SHA-256",
    en: "the digest is not SHA-256",
  },
  signatureOfOtherContent: {
    fr: "elle a été faite pour un autre contenu",
    nl: "ze werd voor een andere inhoud gemaakt",
    de: "sie wurde für einen anderen Inhalt erstellt",
    en: "it was made for other content",
  },
  signatureNotRegistered: {
    fr: "elle ne vient pas d’un certificat enregistré et valable",
    nl: "ze komt niet van een geregistreerd en geldig certificaat",
    de: "sie stammt nicht von einem registrierten und gültigen Zertifikat",
    en: "it does not come from a registered and valid certificate",
  },
  // Encodings that have no name.
  notUtf8: {
    fr: "des octets qui ne forment pas de l’UTF-8",
    nl: "bytes die geen UTF-8 vormen",
    de: "Bytes, die kein UTF-8 bilden",
    en: "bytes that do not form UTF-8",
  },
  ...VERIFICATION_PHRASES,
} as const satisfies Readonly<Record<string, FindingTexts>>;

export type DetailWord = keyof typeof DETAIL_PHRASES;

export function isDetailWord(detail: string | number | undefined): detail is DetailWord {
  return typeof detail === "string" && Object.hasOwn(DETAIL_PHRASES, detail);
}
