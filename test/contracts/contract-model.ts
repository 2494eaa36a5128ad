import type { Fields } from "../flows/compose-file.ts";

/** A record as the laws draw it: an action and the fields it needs, as a sender writes them. */
export interface DrawnRecord {
  readonly action: "new" | "modify" | "close" | "reopen" | "cancel";
  readonly fields: Fields;
}

/** Days on which something may begin or end in the laws, in order, with one before and one behind all of them. */
export const DAYS = ["2000-12-31", "2001-01-01", "2002-01-01", "2003-01-01", "2004-01-01", "2005-01-01", "2005-01-02"];

interface Facts {
  readonly startOn: string;
  /** What holds from a day on, until the next day that has an entry. */
  readonly contents: ReadonlyMap<string, string>;
  readonly end: string | null;
}

/**
 * The plain model: a contract is what was said to hold from which day on. It knows neither versions nor periods, and
 * compares day by day. `null`: cancelled.
 */
export type Contracts = Map<string, Facts | null>;

const contentOn = ({ contents }: Facts, day: string): string =>
  contents.get(
    [...contents.keys()]
      .filter((from) => from <= day)
      .toSorted()
      .at(-1) ?? "",
  ) ?? "";

/** What covered a day, in words; empty where nothing did. */
export function coverOn(contract: Facts | null | undefined, day: string): string {
  if (!contract || day < contract.startOn || (contract.end !== null && day > contract.end.slice(0, 10))) return "";
  return `${contentOn(contract, day)} ${contract.end}`;
}

const tellAll = (facts: Facts) => [facts.startOn, facts.end, ...DAYS.map((day) => contentOn(facts, day))].join();

/** Applies a record and answers its outcome with its codes. */
export function applyToModel(contracts: Contracts, { action, fields }: DrawnRecord): string {
  const key = `${fields.contractNumber} ${fields.inamiNumber?.slice(0, 8)}`;
  const known = contracts.get(key);
  if (action === "new" && !known) {
    const end = fields.endOn ? `${fields.endOn} ${fields.reason}` : null;
    const contents = new Map([[fields.startOn!, tellContent(fields, "")]]);
    contracts.set(key, { startOn: fields.startOn!, contents, end });
    return "accepted";
  }
  if (known === undefined) return "rejected contractUnknown";
  if (known === null) return action === "cancel" ? "unchanged" : "rejected contractCancelled";
  const [next, code] = act(known, action, fields);
  if (next === undefined) return `rejected ${code}`;
  if (next !== null && tellAll(next) === tellAll(known)) return "unchanged";
  contracts.set(key, next);
  return code ? `acceptedWithWarnings ${code}` : "accepted";
}

type Acted = readonly [next: Facts | null | undefined, code?: string];

function act(known: Facts, action: DrawnRecord["action"], fields: Fields): Acted {
  const { startOn, end } = known;
  if (action === "cancel") return [null];
  if (action === "reopen") return [{ ...known, end: null }];
  if (action === "close") {
    return fields.endOn! < startOn
      ? [undefined, "endBeforeStart"]
      : [{ ...known, end: `${fields.endOn} ${fields.reason}` }];
  }
  if (action === "new") {
    const told = tellContent(fields, contentOn(known, fields.startOn!));
    const again = {
      startOn: fields.startOn!,
      contents: new Map([[fields.startOn!, told]]),
      end: fields.endOn ? `${fields.endOn} ${fields.reason}` : null,
    };
    return tellAll(again) === tellAll(known) ? [known] : [undefined, "contractExists"];
  }
  const from = fields.effectiveOn!;
  if (from < startOn) return [undefined, "effectiveBeforeStart"];
  if (end !== null && end.slice(0, 10) < from) return [undefined, "contractEndedBefore"];
  const kept = [...known.contents].filter(([day]) => day < from);
  const later = DAYS.some((day, index) => day > from && contentOn(known, day) !== contentOn(known, DAYS[index - 1]!));
  const next = { ...known, contents: new Map([...kept, [from, tellContent(fields, contentOn(known, from))]]) };
  return [next, later ? "laterModificationReplaced" : undefined] as Acted;
}

/** Kind, solidarity and competence code; 8 digits leave the code as it was on that day. */
function tellContent({ contractKind, solidarity, inamiNumber = "" }: Fields, before: string): string {
  const code = inamiNumber.length > 8 ? inamiNumber.slice(8) : (before.split(" ")[2] ?? "");
  return `${contractKind} ${solidarity} ${code}`;
}
