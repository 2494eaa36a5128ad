import type { RowFault, SentRow } from "../../formats/verification/verification-answer.ts";
import type { PartHandler } from "./parse-part.ts";
import { unreadable } from "./workbook-fault.ts";

/** The last row a sheet can have. */
const MAXIMUM_ROW = 1_048_576;
const NUMERIC = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
/** A spreadsheet keeps fifteen digits of a number. */
const EXACT_BELOW = 1e15;

interface Cell {
  readonly column: number;
  readonly type: string;
  hasFormula: boolean;
  text: string;
}

/** Collects the rows of a sheet; `take` hands over those that are complete. */
export function createSheetHandler(strings: readonly string[]): PartHandler & { take(): SentRow[] } {
  let rows: SentRow[] = [];
  let rowNumber = 0;
  let draft: { number: string; contractNumber: string; fault?: RowFault } | undefined;
  let lastColumn = 0;
  let cell: Cell | undefined;
  let isValue = false;

  function endCell({ column, type, hasFormula, text }: Cell): void {
    if (!draft) throw unreadable();
    const { value, fault } = hasFormula ? { value: text, fault: "formula" as const } : readValue(type, text, strings);
    if (column === 1) draft.number = value;
    else if (column === 2) draft.contractNumber = value;
    else if (value.trim() !== "" || fault) draft.fault ??= "tooManyColumns";
    if (fault && column <= 2) draft.fault ??= fault;
  }

  return {
    open(name, attributes) {
      if (name === "row") {
        rowNumber = readRowNumber(attributes.r, rowNumber);
        draft = { number: "", contractNumber: "" };
        lastColumn = 0;
      } else if (name === "c") {
        lastColumn = readColumn(attributes.r, lastColumn);
        cell = { column: lastColumn, type: attributes.t ?? "n", hasFormula: false, text: "" };
      } else if (name === "f" && cell) cell.hasFormula = true;
      else if (name === "v" || (name === "t" && cell?.type === "inlineStr")) isValue = cell !== undefined;
      // How it sounds.
      else if (name === "rPh") isValue = false;
    },
    text(piece) {
      if (isValue && cell) cell.text += piece;
    },
    close(name) {
      if (name === "v" || name === "t") isValue = false;
      else if (name === "c" && cell) {
        endCell(cell);
        cell = undefined;
      } else if (name === "row" && draft) {
        if (draft.fault || draft.number.trim() !== "" || draft.contractNumber.trim() !== "") {
          rows.push({ rowNumber, ...draft });
        }
        draft = undefined;
      }
    },
    take() {
      const taken = rows;
      rows = [];
      return taken;
    },
  };
}

function readRowNumber(reference: string | undefined, before: number): number {
  const rowNumber = reference === undefined ? before + 1 : Number(reference);
  if (!Number.isInteger(rowNumber) || rowNumber <= before || rowNumber > MAXIMUM_ROW) throw unreadable();
  return rowNumber;
}

/** 1 for A, 27 for AA. A cell that comes twice, or out of order, would be another one to another reader. */
function readColumn(reference: string | undefined, before: number): number {
  if (reference === undefined) return before + 1;
  const letters = /^([A-Z]{1,3})\d+$/.exec(reference)?.[1] ?? "";
  const column = [...letters].reduce((number, letter) => number * 26 + letter.charCodeAt(0) - 64, 0);
  if (column <= before) throw unreadable();
  return column;
}

function readValue(type: string, text: string, strings: readonly string[]): { value: string; fault?: RowFault } {
  if (text === "") return { value: "" };
  switch (type) {
    case "inlineStr":
    case "str":
      return { value: text };
    case "s": {
      const value = strings[Number(text)];
      if (value === undefined) throw unreadable();
      return { value };
    }
    case "n":
      return readNumber(text);
    default:
      return { value: text, fault: "cellNotText" };
  }
}

/** A number that is whole is as good as its digits, however the program that wrote it did: `8.5073003328E10`. */
function readNumber(text: string): { value: string; fault?: RowFault } {
  const number = NUMERIC.test(text) ? Number(text) : Number.NaN;
  const isExact = Number.isInteger(number) && number >= 0 && number < EXACT_BELOW;
  return isExact ? { value: String(number) } : { value: text, fault: "cellNotText" };
}
