import { type Static, Type } from "typebox";
import type { ContractPeriod } from "../contracts/contract-history.ts";
import { CONTRACT_STATES, type ListedContract, type PortfolioContract, readState } from "../contracts/portfolio.ts";
import {
  CONTRACT_KINDS,
  CONTRACT_NUMBER_LENGTH,
  END_REASONS,
  HOLDER_LANGUAGES,
} from "../formats/contract-file/contract-file-vocabulary.ts";
import { contractPath } from "./paths.ts";
import { DAY_PATTERN, Href, Instant, oneOf } from "./schema-parts.ts";

export const Day = Type.String({ format: "date", pattern: DAY_PATTERN });
export const ContractIdSchema = Type.String({ format: "uuid", description: "Given by the gateway; never changes." });
export const InamiNumber = Type.String({
  pattern: "^(\\d{8}|\\d{11})$",
  description: "8 digits, or 11 with the competence code.",
});
export const Ssin = Type.String({ pattern: "^\\d{11}$" });
export const EndReasonSchema = oneOf(END_REASONS, "Why it ended.");

/** What `new` and `modify` declare besides the key and the day, by the names of the contract file. */
export const contentFields = {
  contractKind: oneOf(CONTRACT_KINDS),
  ssin: Type.Optional(Ssin),
  solidarity: Type.Boolean({ description: "Whether it has a solidarity part." }),
  language: Type.Optional(oneOf(HOLDER_LANGUAGES, "Of the holder.")),
  paymentReference: Type.Optional(Type.String({ description: "Structured communication, 12 digits (modulus 97)." })),
};

export const periodFields = {
  validFrom: Day,
  validUntil: Type.Optional(
    Type.String({ format: "date", description: "Last day it holds. Absent: until further notice." }),
  ),
  inamiNumber: InamiNumber,
  ...contentFields,
};

export const ContractSchema = Type.Object(
  {
    self: Href,
    contractId: ContractIdSchema,
    contractNumber: Type.String({ minLength: 1, maxLength: CONTRACT_NUMBER_LENGTH }),
    inamiRoot: Type.String({ pattern: "^\\d{8}$", description: "With the contract number, the key of the contract." }),
    state: oneOf(CONTRACT_STATES, "A contract whose end lies ahead is active until that day has passed."),
    startOn: Day,
    endOn: Type.Optional(Type.String({ format: "date", description: "Last day covered; it bounds the periods." })),
    endReason: Type.Optional(EndReasonSchema),
    changedAt: Instant,
    periods: Type.Array(Type.Object(periodFields, { title: "ContractPeriod" }), {
      description: "What holds when, one after the other without gap from the start on. Empty after a cancellation.",
    }),
  },
  { $id: "Contract", description: "A contract as known at one moment." },
);
export type ContractView = Static<typeof ContractSchema>;
type PeriodView = ContractView["periods"][number];
type Writable<View> = { -readonly [Field in keyof View]: View[Field] };

/** `today` decides the state. */
export function viewContract(contract: PortfolioContract, today: string): ContractView {
  const view = viewWithoutPeriods(contract, today) as Writable<ContractView>;
  view.periods = contract.isCancelled ? [] : contract.periods.map(viewPeriod);
  return view;
}

/** The same as JSON, of a contract whose periods are JSON already: a page has hundreds of them. */
export function renderContract(contract: ListedContract, today: string): string {
  // Each begins with its first day: as texts they have the order of time.
  const periods = contract.isCancelled ? [] : contract.periodLines.split("\n").sort();
  return `${JSON.stringify(viewWithoutPeriods(contract, today)).slice(0, -1)},"periods":[${periods.join(",")}]}`;
}

function viewWithoutPeriods(
  contract: Omit<PortfolioContract, "periods">,
  today: string,
): Omit<ContractView, "periods"> {
  const { contractId, contractNumber, inamiRoot, startOn, endOn, endReason, changedAt } = contract;
  const view = { self: contractPath(contractId), contractId, contractNumber, inamiRoot } as Writable<ContractView>;
  view.state = readState(contract, today);
  view.startOn = startOn;
  if (endOn !== null) view.endOn = endOn;
  if (endReason !== null) view.endReason = endReason;
  view.changedAt = changedAt.toISOString();
  return view;
}

/** Empty values are absent, never null; the last day is inclusive, as everywhere in the exchange. */
export function viewPeriod(period: ContractPeriod): PeriodView {
  const { validFrom, validBefore, inamiNumber, contractKind, ssin, solidarity, language, paymentReference } = period;
  // Field by field, in the order of the document: spreading what is there took half of the time of a page.
  const view = { validFrom } as Writable<PeriodView>;
  if (validBefore !== null) view.validUntil = dayBefore(validBefore);
  view.inamiNumber = inamiNumber;
  view.contractKind = contractKind;
  if (ssin !== null) view.ssin = ssin;
  view.solidarity = solidarity;
  if (language !== null) view.language = language;
  if (paymentReference !== null) view.paymentReference = paymentReference;
  return view;
}

/** Most days by their digits alone: a page has hundreds of periods. */
function dayBefore(day: string): string {
  const dayOfMonth = Number(day.slice(8));
  if (dayOfMonth > 1) return `${day.slice(0, 8)}${String(dayOfMonth - 1).padStart(2, "0")}`;
  return Temporal.PlainDate.from(day).subtract({ days: 1 }).toString();
}

export const EXAMPLE_CONTRACT: PortfolioContract = {
  contractId: "019aa9d2-6a10-7f3c-8d21-5b9e0c7a4410",
  contractNumber: "PLCI-2019-000123",
  inamiRoot: "12345625",
  startOn: "2019-03-01",
  endOn: null,
  endReason: null,
  isCancelled: false,
  version: 3,
  changedAt: new Date("2026-11-22T09:00:04.212Z"),
  periods: [
    {
      validFrom: "2019-03-01",
      validBefore: "2026-07-01",
      inamiNumber: "12345625001",
      contractKind: "socialPlci",
      ssin: null,
      solidarity: true,
      language: null,
      paymentReference: null,
    },
    {
      validFrom: "2026-07-01",
      validBefore: null,
      inamiNumber: "12345625001",
      contractKind: "combined",
      ssin: null,
      solidarity: true,
      language: "nl",
      paymentReference: null,
    },
  ],
};
export const EXAMPLE_TODAY = "2026-11-22";
