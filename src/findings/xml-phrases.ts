import type { FindingTexts } from "./finding-text.ts";

/** Why a file is not well-formed XML, or XML with namespaces: words of the detail `reason`. */
export const XML_PHRASES = {
  unexpectedEnd: {
    fr: "le fichier s’arrête avant la fin du document",
    nl: "het bestand stopt vóór het einde van het document",
    de: "die Datei endet vor dem Ende des Dokuments",
    en: "the file stops before the end of the document",
  },
  rootMissing: {
    fr: "il n’y a pas d’élément racine",
    nl: "er is geen rootelement",
    de: "es gibt kein Wurzelelement",
    en: "there is no root element",
  },
  secondRoot: {
    fr: "il y a un deuxième élément racine",
    nl: "er is een tweede rootelement",
    de: "es gibt ein zweites Wurzelelement",
    en: "there is a second root element",
  },
  textOutsideRoot: {
    fr: "du texte se trouve en dehors de l’élément racine",
    nl: "er staat tekst buiten het rootelement",
    de: "außerhalb des Wurzelelements steht Text",
    en: "there is text outside the root element",
  },
  endTagMismatch: {
    fr: "une balise de fin ne correspond pas à la balise de début",
    nl: "een eindtag stemt niet overeen met de begintag",
    de: "ein End-Tag passt nicht zum Start-Tag",
    en: "an end tag does not match the start tag",
  },
  tagMalformed: {
    fr: "une balise est mal écrite",
    nl: "een tag is verkeerd geschreven",
    de: "ein Tag ist falsch geschrieben",
    en: "a tag is badly written",
  },
  attributeMalformed: {
    fr: "un attribut est mal écrit",
    nl: "een attribuut is verkeerd geschreven",
    de: "ein Attribut ist falsch geschrieben",
    en: "an attribute is badly written",
  },
  attributeRepeated: {
    fr: "un attribut figure deux fois dans la même balise",
    nl: "een attribuut staat tweemaal in dezelfde tag",
    de: "ein Attribut steht zweimal im selben Tag",
    en: "an attribute stands twice in the same tag",
  },
  characterReferenceInvalid: {
    fr: "une référence de caractère n’est pas valable",
    nl: "een tekenreferentie is niet geldig",
    de: "eine Zeichenreferenz ist ungültig",
    en: "a character reference is not valid",
  },
  ampersandNotEscaped: {
    fr: "le caractère & doit s’écrire &amp;",
    nl: "het teken & moet als &amp; worden geschreven",
    de: "das Zeichen & muss als &amp; geschrieben werden",
    en: "the character & must be written &amp;",
  },
  commentMalformed: {
    fr: "un commentaire est mal écrit",
    nl: "een commentaar is verkeerd geschreven",
    de: "ein Kommentar ist falsch geschrieben",
    en: "a comment is badly written",
  },
  processingInstructionMalformed: {
    fr: "une instruction de traitement est mal écrite",
    nl: "een verwerkingsinstructie is verkeerd geschreven",
    de: "eine Verarbeitungsanweisung ist falsch geschrieben",
    en: "a processing instruction is badly written",
  },
  characterNotAllowed: {
    fr: "un caractère n’est pas autorisé en XML",
    nl: "een teken is niet toegestaan in XML",
    de: "ein Zeichen ist in XML nicht zulässig",
    en: "a character is not allowed in XML",
  },
  cdataEndNotAllowed: {
    fr: "la suite ]]> n’est pas autorisée dans un texte",
    nl: "de reeks ]]> is niet toegestaan in een tekst",
    de: "die Folge ]]> ist in einem Text nicht zulässig",
    en: "the sequence ]]> is not allowed in text",
  },
  markupMalformed: {
    fr: "le balisage est mal écrit",
    nl: "de opmaakcode is verkeerd geschreven",
    de: "die Auszeichnung ist falsch geschrieben",
    en: "the markup is badly written",
  },
  xmlDeclarationMalformed: {
    fr: "la déclaration XML est mal écrite",
    nl: "de XML-declaratie is verkeerd geschreven",
    de: "die XML-Deklaration ist falsch geschrieben",
    en: "the XML declaration is badly written",
  },
  xmlVersionNotSupported: {
    fr: "seule la version 1.0 de XML est acceptée",
    nl: "alleen versie 1.0 van XML wordt aanvaard",
    de: "nur Version 1.0 von XML wird angenommen",
    en: "only version 1.0 of XML is accepted",
  },
  nameNotQualified: {
    fr: "un nom ne respecte pas les règles des espaces de noms",
    nl: "een naam volgt de regels van de naamruimten niet",
    de: "ein Name folgt nicht den Regeln der Namensräume",
    en: "a name does not follow the rules of namespaces",
  },
  prefixNotDeclared: {
    fr: "un préfixe n’est pas déclaré",
    nl: "een prefix is niet gedeclareerd",
    de: "ein Präfix ist nicht deklariert",
    en: "a prefix is not declared",
  },
  prefixReserved: {
    fr: "un préfixe ou un espace de noms réservé est employé",
    nl: "een gereserveerde prefix of naamruimte wordt gebruikt",
    de: "ein reserviertes Präfix oder ein reservierter Namensraum wird verwendet",
    en: "a reserved prefix or namespace is used",
  },
  prefixUndeclared: {
    fr: "un préfixe est déclaré sans espace de noms",
    nl: "een prefix is zonder naamruimte gedeclareerd",
    de: "ein Präfix ist ohne Namensraum deklariert",
    en: "a prefix is declared without a namespace",
  },
} as const satisfies Readonly<Record<string, FindingTexts>>;
