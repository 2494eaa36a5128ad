import type { Language } from "../../findings/language.ts";
import type { RowFault } from "./verification-answer.ts";

/** Why a row was not looked up and how to mend it. None of them quotes what was sent: it may be a personal number. */
export const ROW_FAULT_TEXTS: Readonly<Record<RowFault, Readonly<Record<Language, string>>>> = {
  headerRow: {
    fr: "La première ligne est un en-tête. Le fichier n’en porte pas : veuillez la supprimer.",
    nl: "De eerste rij is een hoofding. Het bestand heeft er geen: gelieve ze te verwijderen.",
    de: "Die erste Zeile ist eine Kopfzeile. Die Datei hat keine: Bitte löschen Sie sie.",
    en: "The first row is a header. The file has none: please delete it.",
  },
  tooManyColumns: {
    fr: "La ligne a plus de deux colonnes. Veuillez n’indiquer que le numéro (A) et le numéro de contrat (B).",
    nl: "De rij heeft meer dan twee kolommen. Gelieve alleen het nummer (A) en het contractnummer (B) te vermelden.",
    de: "Die Zeile hat mehr als zwei Spalten. Bitte geben Sie nur die Nummer (A) und die Vertragsnummer (B) an.",
    en: "The row has more than two columns. Please give the number (A) and the contract number (B) only.",
  },
  numberMissing: {
    fr: "Le numéro manque dans la colonne A. Veuillez indiquer un NISS ou un numéro INAMI.",
    nl: "Het nummer ontbreekt in kolom A. Gelieve een INSZ of een RIZIV-nummer te vermelden.",
    de: "In Spalte A fehlt die Nummer. Bitte geben Sie eine ENSS oder eine LIKIV-Nummer an.",
    en: "The number is missing in column A. Please give a NISS or an INAMI number.",
  },
  leadingZerosLost: {
    fr: "Le numéro a perdu ses zéros de tête, comme le font les tableurs. Veuillez mettre la colonne au format texte et indiquer les 11 chiffres.",
    nl: "Het nummer heeft zijn voorloopnullen verloren, zoals rekenbladen doen. Gelieve de kolom als tekst op te maken en de 11 cijfers te vermelden.",
    de: "Die Nummer hat ihre führenden Nullen verloren, wie es bei Tabellenprogrammen geschieht. Bitte formatieren Sie die Spalte als Text und geben Sie alle 11 Ziffern an.",
    en: "The number has lost its leading zeros, as spreadsheets do. Please format the column as text and give all 11 digits.",
  },
  separators: {
    fr: "Le numéro contient des séparateurs. Veuillez n’indiquer que les chiffres.",
    nl: "Het nummer bevat scheidingstekens. Gelieve alleen de cijfers te vermelden.",
    de: "Die Nummer enthält Trennzeichen. Bitte geben Sie nur die Ziffern an.",
    en: "The number contains separators. Please give the digits only.",
  },
  scientificNotation: {
    fr: "Le numéro est en notation scientifique : des chiffres sont perdus. Veuillez mettre la colonne au format texte.",
    nl: "Het nummer staat in wetenschappelijke notatie: er zijn cijfers verloren. Gelieve de kolom als tekst op te maken.",
    de: "Die Nummer steht in wissenschaftlicher Schreibweise: Ziffern sind verloren. Bitte formatieren Sie die Spalte als Text.",
    en: "The number is in scientific notation: digits are lost. Please format the column as text.",
  },
  numberNotText: {
    fr: "La valeur n’est pas un texte. Veuillez indiquer les numéros entre guillemets, pour que les zéros de tête subsistent.",
    nl: "De waarde is geen tekst. Gelieve nummers tussen aanhalingstekens te vermelden, zodat voorloopnullen behouden blijven.",
    de: "Der Wert ist kein Text. Bitte geben Sie Nummern in Anführungszeichen an, damit führende Nullen erhalten bleiben.",
    en: "The value is no text. Please give numbers between quotation marks, so that leading zeros survive.",
  },
  formula: {
    fr: "La cellule contient une formule, qui n’est pas calculée ici. Veuillez indiquer la valeur elle-même.",
    nl: "De cel bevat een formule, die hier niet wordt berekend. Gelieve de waarde zelf te vermelden.",
    de: "Die Zelle enthält eine Formel, die hier nicht berechnet wird. Bitte geben Sie den Wert selbst an.",
    en: "The cell contains a formula, which is not calculated here. Please give the value itself.",
  },
  cellNotText: {
    fr: "La cellule contient une date, une valeur logique, une fraction ou une erreur. Veuillez mettre la colonne au format texte.",
    nl: "De cel bevat een datum, een logische waarde, een breuk of een fout. Gelieve de kolom als tekst op te maken.",
    de: "Die Zelle enthält ein Datum, einen Wahrheitswert, einen Bruch oder einen Fehler. Bitte formatieren Sie die Spalte als Text.",
    en: "The cell contains a date, a logical value, a fraction or an error. Please format the column as text.",
  },
  notDigits: {
    fr: "Le numéro contient autre chose que des chiffres. Veuillez n’indiquer que les chiffres.",
    nl: "Het nummer bevat iets anders dan cijfers. Gelieve alleen de cijfers te vermelden.",
    de: "Die Nummer enthält etwas anderes als Ziffern. Bitte geben Sie nur die Ziffern an.",
    en: "The number contains something other than digits. Please give the digits only.",
  },
  lengthInvalid: {
    fr: "Le numéro n’a pas la longueur voulue : 11 chiffres pour un NISS, 8 ou 11 pour un numéro INAMI.",
    nl: "Het nummer heeft niet de juiste lengte: 11 cijfers voor een INSZ, 8 of 11 voor een RIZIV-nummer.",
    de: "Die Nummer hat nicht die richtige Länge: 11 Ziffern für eine ENSS, 8 oder 11 für eine LIKIV-Nummer.",
    en: "The number has not the right length: 11 digits for a NISS, 8 or 11 for an INAMI number.",
  },
  checkDigitsInvalid: {
    fr: "Les chiffres de contrôle ne correspondent pas. Veuillez vérifier le numéro.",
    nl: "De controlecijfers kloppen niet. Gelieve het nummer na te kijken.",
    de: "Die Prüfziffern stimmen nicht. Bitte prüfen Sie die Nummer.",
    en: "The check digits do not match. Please check the number.",
  },
  birthDateInvalid: {
    fr: "Le numéro contient une date de naissance impossible. Veuillez vérifier le numéro.",
    nl: "Het nummer bevat een onmogelijke geboortedatum. Gelieve het nummer na te kijken.",
    de: "Die Nummer enthält ein unmögliches Geburtsdatum. Bitte prüfen Sie die Nummer.",
    en: "The number contains a birth date that cannot be. Please check the number.",
  },
  contractNumberMissing: {
    fr: "Le numéro de contrat manque dans la colonne B. Veuillez indiquer le contrat pour lequel vous demandez.",
    nl: "Het contractnummer ontbreekt in kolom B. Gelieve het contract te vermelden waarvoor u vraagt.",
    de: "In Spalte B fehlt die Vertragsnummer. Bitte geben Sie den Vertrag an, für den Sie fragen.",
    en: "The contract number is missing in column B. Please give the contract that you ask for.",
  },
  contractNumberTooLong: {
    fr: "Le numéro de contrat a plus de 35 caractères. Veuillez le vérifier.",
    nl: "Het contractnummer heeft meer dan 35 tekens. Gelieve het na te kijken.",
    de: "Die Vertragsnummer hat mehr als 35 Zeichen. Bitte prüfen Sie sie.",
    en: "The contract number has more than 35 characters. Please check it.",
  },
};
