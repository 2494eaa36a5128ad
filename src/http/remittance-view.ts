import { Type } from "typebox";
import type { RemittanceLine } from "../formats/payment/render-remittance-csv.ts";
import { ANNOUNCED_STATES, LINE_KINDS } from "../payments/payment-states.ts";
import type { Remittance } from "../payments/remittances.ts";
import { ContractIdSchema, Day } from "./contract-view.ts";
import { API_ROOT, contractPath } from "./paths.ts";
import { Href, Link, oneOf, Simulated } from "./schema-parts.ts";

export const REMITTANCES_PATH = `${API_ROOT}/remittanceAdvices`;

const Communication = Type.String({ pattern: "^\\d{12}$", description: "Structured communication (modulus 97)." });
const becameFields = {
  state: oneOf(ANNOUNCED_STATES, "What became of it."),
  executedOn: Type.Optional(Day),
  returnedOn: Type.Optional(Day),
  returnReason: Type.Optional(Type.String({ description: "As the bank, or you, gave it." })),
};

const adviceFields = {
  adviceId: Type.String({ format: "uuid", description: "Ids are in order of time." }),
  premiumYear: Type.Integer({ description: "The year that the advantages are for." }),
  runNumber: Type.Integer({ minimum: 1, description: "Payment run of the premium year." }),
  reference: Communication,
  iban: Type.String({ description: "Your account that it is paid to." }),
  lineCount: Type.Integer({ minimum: 1 }),
  linesCents: Type.Integer({ description: "Sum of the lines in euro cents; what is taken back is negative." }),
  carriedInCents: Type.Integer({ maximum: 0, description: "What you still owed from earlier advices." }),
  totalCents: Type.Integer({
    minimum: 0,
    description: "What is transferred: lines and carried in; 0 when you owe more.",
  }),
  carriedOutCents: Type.Integer({ maximum: 0, description: "What you owe after it: your next advice takes it." }),
  announcedOn: Day,
  ...becameFields,
  simulated: Simulated,
  lines: Link,
};
export const RemittanceSchema = Type.Object({ self: Href, ...adviceFields }, { title: "RemittanceAdvice" });
export const RemittanceItemSchema = Type.Object({ href: Href, ...adviceFields }, { title: "RemittanceAdviceItem" });

export const RemittanceLineSchema = Type.Object(
  {
    href: Type.String({ format: "uri-reference", description: "The contract that it is for." }),
    lineNumber: Type.Integer({ minimum: 1, description: "Place in the advice; a line may be absent, its number too." }),
    premiumYear: Type.Integer(),
    contractId: ContractIdSchema,
    contractNumber: Type.String(),
    inamiRoot: Type.String({ pattern: "^\\d{8}$", description: "With the contract number, the key of the contract." }),
    kind: oneOf(LINE_KINDS, "The first money on the contract for the year, more of it, or money taken back."),
    amountCents: Type.Integer({ description: "Euro cents; negative when it is taken back." }),
    reference: Communication,
    ...becameFields,
  },
  { title: "RemittanceLine" },
);

export const EXAMPLE_REMITTANCE: Remittance = {
  adviceId: "019aa9d2-7b21-7d4c-9e32-6c0f1d8b5521",
  ...{ premiumYear: 2025, runNumber: 1, reference: "900000000187", iban: "BE68539007547034", lineCount: 1 },
  ...{ linesCents: 318_012, carriedInCents: -18_000, totalCents: 300_012, carriedOutCents: 0, state: "executed" },
  ...{ announcedOn: "2026-10-01", executedOn: "2026-10-05", returnedOn: null, returnReason: null },
};

export const EXAMPLE_LINE: RemittanceLine = {
  ...{ lineNumber: 1, premiumYear: 2025, contractId: "019aa9d2-6a10-7f3c-8d21-5b9e0c7a4410" },
  ...{ contractNumber: "PLCI-2019-000123", inamiRoot: "12345625", kind: "payment", amountCents: 318_012 },
  ...{ reference: "090933755493", state: "executed", executedOn: "2026-10-05", returnedOn: null, returnReason: null },
};

export function remittancePath(adviceId: string): string {
  return `${REMITTANCES_PATH}/${adviceId}`;
}

export function viewRemittance(advice: Remittance) {
  return { self: remittancePath(advice.adviceId), ...viewFields(advice) };
}

export function viewRemittanceItem(advice: Remittance) {
  return { href: remittancePath(advice.adviceId), ...viewFields(advice) };
}

function viewFields(advice: Remittance) {
  const { executedOn: _executed, returnedOn: _returned, returnReason: _reason, simulated, ...fields } = advice;
  return {
    ...fields,
    ...viewBecame(advice),
    ...(simulated && { simulated }),
    lines: { href: `${remittancePath(advice.adviceId)}/lines` },
  };
}

export function viewRemittanceLine(line: RemittanceLine) {
  const { executedOn: _executed, returnedOn: _returned, returnReason: _reason, ...fields } = line;
  return { href: contractPath(line.contractId), ...fields, ...viewBecame(line) };
}

function viewBecame({
  executedOn,
  returnedOn,
  returnReason,
}: Pick<Remittance, "executedOn" | "returnedOn" | "returnReason">) {
  return {
    ...(executedOn !== null && { executedOn }),
    ...(returnedOn !== null && { returnedOn }),
    ...(returnReason !== null && { returnReason }),
  };
}
