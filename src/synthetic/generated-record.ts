import type { PlantableCode } from "./plantable-codes.ts";

/** One record of a generated file. Fields in the order written; a planted error may drop, repeat or add some. */
export interface GeneratedRecord {
  /** From 1. */
  readonly recordNumber: number;
  readonly senderReference: string;
  /** Name of the element inside `record`: `new`, or what a planted error made of it. */
  readonly action: string;
  readonly fields: readonly GeneratedField[];
  /** Text before the fields, where none belongs. */
  readonly looseText: string | undefined;
  /** The one finding this record was made to raise; undefined: accepted without findings. */
  readonly plantedCode: PlantableCode | undefined;
  /** The provider that the register holds for this record; undefined when it must not know the number. */
  readonly providerId: number | undefined;
}

export type GeneratedField = readonly [name: string, value: string];

/** The value of a record's field; undefined when the record does not have it. */
export function findField(record: GeneratedRecord, name: string): string | undefined {
  for (const field of record.fields) if (field[0] === name) return field[1];
  return undefined;
}

/** The fields with one value replaced; without it, added at the end. */
export function withField(fields: readonly GeneratedField[], name: string, value: string): readonly GeneratedField[] {
  const isThere = fields.some((field) => field[0] === name);
  return isThere
    ? fields.map((field) => (field[0] === name ? ([name, value] as const) : field))
    : [...fields, [name, value]];
}

/** The fields without those named. */
export function withoutFields(fields: readonly GeneratedField[], ...names: string[]): readonly GeneratedField[] {
  return fields.filter((field) => !names.includes(field[0]));
}
