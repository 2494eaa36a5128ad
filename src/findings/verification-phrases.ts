import type { FindingTexts } from "./finding-text.ts";

/** Words of findings about a file of INAMI verification; see detail-phrases.ts. */
export const VERIFICATION_PHRASES = {
  // Why it cannot be read.
  workbookUnreadable: {
    fr: "le classeur est endommagé ou n’est pas au format XLSX",
    nl: "de werkmap is beschadigd of geen XLSX",
    de: "die Arbeitsmappe ist beschädigt oder nicht im Format XLSX",
    en: "the workbook is damaged or not XLSX",
  },
  workbookEncrypted: {
    fr: "le classeur est chiffré, ou d’un format antérieur à XLSX",
    nl: "de werkmap is versleuteld, of van een formaat ouder dan XLSX",
    de: "die Arbeitsmappe ist verschlüsselt, oder von einem Format vor XLSX",
    en: "the workbook is encrypted, or of a format before XLSX",
  },
  workbookUnsafe: {
    fr: "l’archive du classeur contient des noms ou des renvois qui n’y ont pas leur place",
    nl: "het archief van de werkmap bevat namen of verwijzingen die er niet thuishoren",
    de: "das Archiv der Arbeitsmappe enthält Namen oder Verweise, die dort nicht hingehören",
    en: "the archive of the workbook holds names or references that do not belong there",
  },
  csvMalformed: {
    fr: "une ligne n’est pas du CSV (guillemets, longueur)",
    nl: "een regel is geen CSV (aanhalingstekens, lengte)",
    de: "eine Zeile ist kein CSV (Anführungszeichen, Länge)",
    en: "a line is no CSV (quotation marks, length)",
  },
  jsonMalformed: {
    fr: "ce n’est pas du JSON",
    nl: "het is geen JSON",
    de: "es ist kein JSON",
    en: "it is no JSON",
  },
  jsonForm: {
    fr: "le JSON n’a pas la forme décrite",
    nl: "de JSON heeft niet de beschreven vorm",
    de: "das JSON hat nicht die beschriebene Form",
    en: "the JSON has not the form described",
  },
  // Limits.
  rows: {
    fr: "nombre de lignes",
    nl: "aantal rijen",
    de: "Anzahl Zeilen",
    en: "number of rows",
  },
  unpackedSize: {
    fr: "taille en octets après décompression",
    nl: "grootte in bytes na het uitpakken",
    de: "Größe in Bytes nach dem Entpacken",
    en: "size in bytes when unpacked",
  },
  compressionRatio: {
    fr: "taux de compression",
    nl: "compressieverhouding",
    de: "Kompressionsverhältnis",
    en: "compression ratio",
  },
} as const satisfies Readonly<Record<string, FindingTexts>>;
