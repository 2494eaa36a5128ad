import type { Finding } from "../../findings/finding.ts";
import { type AttributeList, skipSpaces } from "./attribute-scanner.ts";
import { RECORD_ACTIONS, RECORD_FIELDS, type RecordField } from "./contract-file-vocabulary.ts";
import type { FilePlace } from "./file-cursor.ts";
import { NO_FINDINGS, type RawRecord, type RecordValues } from "./raw-record.ts";
import { STRUCTURAL_FINDINGS_PER_RECORD } from "./reader-limits.ts";
import { collapseWhiteSpace } from "./token-text.ts";
import { placeFinding, quoteValue } from "./trouble.ts";
import { FOREIGN_ELEMENT } from "./xml-scanner.ts";

/** Numbers of the elements: the file, the record, then the actions, then the fields. */
export const FILE_ELEMENT = 0;
export const RECORD_ELEMENT = 1;
const FIRST_ACTION = 2;
const FIRST_FIELD = FIRST_ACTION + RECORD_ACTIONS.length;

export const ELEMENT_NUMBERS: ReadonlyMap<string, number> = new Map(
  ["contractFile", "record", ...RECORD_ACTIONS, ...RECORD_FIELDS].map((name, number) => [name, number]),
);

const SLOT = Object.fromEntries(RECORD_FIELDS.map((field, slot) => [field, slot])) as Record<RecordField, number>;

/** How many elements are open (the file itself included) inside a record, an action and a field. */
const IN_RECORD = 2;
const IN_ACTION = 3;
const IN_FIELD = 4;

/**
 * Puts one record together from the events inside it. An unknown element is reported once and skipped with all
 * it holds. `depth` is the number of elements around the element that starts or ends.
 */
export class RecordAssembler {
  #recordNumber = 0;
  #line = 0;
  #byteOffset = 0;
  #senderReference: string | undefined;
  #action: string | undefined;
  #slot = -1;
  #text = "";
  /** Depth of the element that is being skipped, 0 where none is. */
  #skipping = 0;
  #findings: Finding[] | undefined;
  readonly #sent: (string | undefined)[] = RECORD_FIELDS.map(() => undefined);

  /** Starts the record whose start tag was read. */
  start(recordNumber: number, place: FilePlace, attributes: AttributeList): void {
    this.#recordNumber = recordNumber;
    this.#line = place.line;
    this.#byteOffset = place.byteOffset;
    this.#senderReference = undefined;
    this.#action = undefined;
    this.#skipping = 0;
    this.#findings = undefined;
    this.#sent.fill(undefined);
    for (let i = 0; i < attributes.count; i++) {
      if (attributes.names[i] === "senderReference") {
        this.#senderReference = collapseWhiteSpace(attributes.values[i] ?? "");
      }
    }
    if (attributes.count > 1 || this.#senderReference === undefined) this.#reportAttributes("record", attributes);
  }

  /** An element inside the record starts; `number` is one of ELEMENT_NUMBERS or says that it is none. */
  open(number: number, name: string, depth: number, attributes: AttributeList): void {
    if (this.#skipping !== 0) return;
    if (depth === IN_ACTION && number >= FIRST_FIELD) this.#openField(number - FIRST_FIELD);
    else if (depth === IN_RECORD && number !== FOREIGN_ELEMENT) this.#openAction(number, name);
    else this.#skip("fieldNotKnown", depth, this.#pathOf(name, depth));
    if (attributes.count > 0 && this.#skipping === 0) {
      this.#reportAttributes((depth === IN_RECORD ? this.#action : RECORD_FIELDS[this.#slot]) ?? "", attributes);
    }
  }

  close(depth: number): void {
    if (this.#skipping !== 0) {
      if (this.#skipping === depth) this.#skipping = 0;
    } else if (depth === IN_ACTION) {
      this.#sent[this.#slot] = collapseWhiteSpace(this.#text);
    }
  }

  /** `source[start, end)` is text with `depth` elements around it. Returns how long the text of the field has become. */
  addText(source: string, start: number, end: number, depth: number): number {
    if (this.#skipping !== 0) return 0;
    if (depth === IN_FIELD) {
      const text = source.slice(start, end);
      this.#text = this.#text === "" ? text : this.#text + text;
      return this.#text.length;
    }
    if (skipSpaces(source, start) < end) {
      const field = depth === IN_ACTION ? (this.#action ?? "action") : "record";
      this.#report("textNotExpected", field, collapseWhiteSpace(source.slice(start, end)));
    }
    return 0;
  }

  finish(byteLength: number): RawRecord {
    return {
      recordNumber: this.#recordNumber,
      line: this.#line,
      byteOffset: this.#byteOffset,
      byteLength,
      senderReference: this.#senderReference,
      action: this.#action,
      values: this.#values(),
      findings: this.#findings ?? NO_FINDINGS,
    };
  }

  #values(): RecordValues {
    const sent = this.#sent;
    return {
      contractNumber: sent[SLOT.contractNumber],
      inamiNumber: sent[SLOT.inamiNumber],
      startOn: sent[SLOT.startOn],
      effectiveOn: sent[SLOT.effectiveOn],
      contractKind: sent[SLOT.contractKind],
      ssin: sent[SLOT.ssin],
      solidarity: sent[SLOT.solidarity],
      language: sent[SLOT.language],
      paymentReference: sent[SLOT.paymentReference],
      endOn: sent[SLOT.endOn],
      reason: sent[SLOT.reason],
    };
  }

  #openField(slot: number): void {
    if (this.#sent[slot] !== undefined) {
      this.#skip("fieldRepeated", IN_ACTION, RECORD_FIELDS[slot] ?? "");
      return;
    }
    this.#slot = slot;
    this.#text = "";
  }

  #openAction(number: number, name: string): void {
    const action = number < FIRST_ACTION ? undefined : RECORD_ACTIONS[number - FIRST_ACTION];
    if (action === undefined) this.#skip("actionNotKnown", IN_RECORD, "action", name);
    else if (this.#action !== undefined) this.#skip("fieldRepeated", IN_RECORD, "action", name);
    else this.#action = action;
  }

  #skip(code: Finding["code"], depth: number, field: string, value?: string): void {
    this.#skipping = depth;
    this.#report(code, field, value);
  }

  /** Where an element is, as seen from its record: `record/x`, `x` in an action, `ssin/x` in a field. */
  #pathOf(name: string, depth: number): string {
    if (depth === IN_RECORD) return `record/${name}`;
    return depth === IN_ACTION ? name : `${RECORD_FIELDS[this.#slot] ?? ""}/${name}`;
  }

  #reportAttributes(element: string, attributes: AttributeList): void {
    for (let i = 0; i < attributes.count; i++) {
      const name = attributes.names[i] ?? "";
      const known =
        name === "xmlns" || name.startsWith("xmlns:") || (element === "record" && name === "senderReference");
      if (!known) this.#report("fieldNotKnown", `${element}/@${name}`, attributes.values[i]);
    }
  }

  #report(code: Finding["code"], field: string, value?: string): void {
    this.#findings ??= [];
    if (this.#findings.length >= STRUCTURAL_FINDINGS_PER_RECORD) return;
    const place = {
      recordNumber: this.#recordNumber,
      line: this.#line,
      byteOffset: this.#byteOffset,
      senderReference: this.#senderReference,
    };
    const quoted = value === undefined ? {} : { value: quoteValue(value) };
    this.#findings.push(placeFinding(place, { code, field: quoteValue(field), ...quoted }));
  }
}
