import { isDigits, padDigits } from "../../identifiers/digits.ts";
import { inamiRoot, isInamiNumber, parseInamiNumber, validateInamiNumber } from "../../identifiers/inami-number.ts";
import { isSsin, parseSsin, validateSsin } from "../../identifiers/ssin.ts";
import { CONTRACT_NUMBER_LENGTH } from "../contract-file/contract-file-vocabulary.ts";
import { collapseWhiteSpace, isLongerThan } from "../contract-file/token-text.ts";
import { replaceForbiddenCharacters } from "../report/forbidden-characters.ts";
import { type AskedRow, QUOTED_LENGTH, type RowFault, type SentRow } from "./verification-answer.ts";

const SSIN_DIGITS = 11;
/** Of a number that lost zeros: born in January 2000 it may have lost three and more. */
const FEWEST_DIGITS_LEFT = 6;
const SCIENTIFIC = /^[+-]?\d+(?:[.,]\d+)?[eE][+-]?\d+$/;
const FRACTION = /^(\d+)[.,]0+$/;

/** Checks the form of a row alone. `purposeRequired`: a row without contract number has a fault. */
export function checkRow(sent: SentRow, { purposeRequired }: { readonly purposeRequired: boolean }): AskedRow {
  const number = collapseWhiteSpace(sent.number);
  const contractNumber = collapseWhiteSpace(sent.contractNumber);
  const isSound = sent.fault === undefined;
  const asSsin = isSound && isSsin(number);
  const asInami = isSound && isInamiNumber(number);
  const fault =
    sent.fault ??
    (asSsin || asInami ? undefined : findNumberFault(number, sent.rowNumber)) ??
    findPurposeFault(contractNumber, purposeRequired);
  return {
    rowNumber: sent.rowNumber,
    number: quote(number, QUOTED_LENGTH),
    contractNumber: contractNumber === "" ? undefined : quote(contractNumber, CONTRACT_NUMBER_LENGTH),
    ssin: asSsin && fault === undefined ? number : undefined,
    inamiRoot: asInami && fault === undefined ? inamiRoot(number) : undefined,
    fault,
  };
}

/** Characters, not halves of one; and none that neither XML nor the database can hold. */
function quote(text: string, length: number): string {
  return replaceForbiddenCharacters(
    text.length > length ? [...text.slice(0, 2 * length)].slice(0, length).join("") : text,
  );
}

function findPurposeFault(contractNumber: string, purposeRequired: boolean): RowFault | undefined {
  if (contractNumber === "") return purposeRequired ? "contractNumberMissing" : undefined;
  return isLongerThan(contractNumber, CONTRACT_NUMBER_LENGTH) ? "contractNumberTooLong" : undefined;
}

/** What a number is that is neither kind: the reason that helps most first. */
function findNumberFault(number: string, rowNumber: number): RowFault {
  if (number === "") return "numberMissing";
  if (isDigits(number)) return findDigitsFault(number);
  if (SCIENTIFIC.test(number)) return "scientificNotation";
  // As a spreadsheet writes a number that it took for one.
  const whole = FRACTION.exec(number)?.[1];
  if (whole !== undefined && findDigitsFault(whole) === "leadingZerosLost") return "leadingZerosLost";
  if (parseSsin(number) !== undefined || parseInamiNumber(number) !== undefined) return "separators";
  if (rowNumber === 1 && !/\d/.test(number)) return "headerRow";
  return "notDigits";
}

function findDigitsFault(digits: string): RowFault {
  const isShort = digits.length >= FEWEST_DIGITS_LEFT && digits.length < SSIN_DIGITS;
  if (isShort && isSsin(padDigits(Number(digits), SSIN_DIGITS))) return "leadingZerosLost";
  // Eight digits are an INAMI number; of eleven the NISS is the likelier, unless only the INAMI number says why.
  if (digits.length === SSIN_DIGITS) return validateSsin(digits) ?? "checkDigitsInvalid";
  return validateInamiNumber(digits) ?? "checkDigitsInvalid";
}
