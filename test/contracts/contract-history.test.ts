import fc from "fast-check";
import t from "tap";
import { applyRecord, type ContractRecord, type KnownContract } from "../../src/contracts/contract-history.ts";
import { applyToModel, type Contracts, coverOn, DAYS, type DrawnRecord } from "./contract-model.ts";
import { isSound, someRecord } from "./drawn-records.ts";

function toRecord({ action, fields }: DrawnRecord): ContractRecord {
  const { contractNumber = "", inamiNumber = "", contractKind = null, solidarity } = fields;
  return {
    action,
    contractNumber,
    inamiNumber,
    fromOn: fields.startOn ?? fields.effectiveOn ?? null,
    endOn: fields.endOn ?? null,
    reason: fields.reason ?? null,
    contractKind: contractKind as ContractRecord["contractKind"],
    ssin: null,
    solidarity: solidarity === undefined ? null : solidarity === "true",
    language: null,
    paymentReference: null,
  };
}

/** What covered a day, in the words of the model. */
function coverOf(known: KnownContract | undefined, day: string): string {
  if (!known || known.isCancelled || (known.end && known.end.endOn < day)) return "";
  const held = known.periods.filter(
    ({ validFrom, validBefore }) => validFrom <= day && (validBefore === null || validBefore > day),
  );
  const end = known.end ? `${known.end.endOn} ${known.end.endReason}` : null;
  return held
    .map((period) => `${period.contractKind} ${period.solidarity} ${period.inamiNumber.slice(8)} ${end}`)
    .join(" and ");
}

/** Without gap or overlap from the start on, and no two neighbours that say the same. */
function isWhole({ startOn, periods }: KnownContract): boolean {
  const tell = ({ contractKind, solidarity, inamiNumber }: KnownContract["periods"][number]) =>
    `${contractKind} ${solidarity} ${inamiNumber.slice(8)}`;
  return (
    periods[0]?.validFrom === startOn &&
    periods.at(-1)?.validBefore === null &&
    periods.every(({ validFrom, validBefore }) => validBefore === null || validFrom < validBefore) &&
    periods.slice(1).every((period, index) => {
      const before = periods[index]!;
      return before.validBefore === period.validFrom && tell(before) !== tell(period);
    })
  );
}

const RUNS = 3_000;

t.test(
  "any records make of a contract what a plain model makes of it, day by day and outcome by outcome",
  async (t) => {
    const law = fc.property(fc.array(someRecord, { maxLength: 25 }), (drawn) => {
      const model: Contracts = new Map();
      const known = new Map<string, KnownContract>();
      for (const record of drawn.filter(isSound)) {
        const key = `${record.fields.contractNumber} ${record.fields.inamiNumber?.slice(0, 8)}`;
        const before = known.get(key);
        const effect = applyRecord(before, toRecord(record));
        const outcomes = { refused: "rejected", unchanged: "unchanged", changed: "accepted" };
        const code =
          effect.kind === "refused" ? effect.trouble.code : effect.kind === "changed" && effect.warning?.code;
        const told = `${outcomes[effect.kind]}${effect.kind === "changed" && code ? "WithWarnings" : ""}${code ? ` ${code}` : ""}`;
        if (told !== applyToModel(model, record)) return false;
        if (effect.kind === "changed") known.set(key, { contractId: key, ...effect.after });
        const after = known.get(key);
        if (after && !after.isCancelled && !isWhole(after)) return false;
        if (DAYS.some((day) => coverOf(after, day) !== coverOn(model.get(key), day))) return false;
      }
      return true;
    });
    t.doesNotThrow(() => fc.assert(law, { numRuns: RUNS }));
    t.comment(`law: any records make what a plain model makes of them: ${RUNS} runs`);
  },
);

t.test("any record sent twice in a row is unchanged, or refused, the second time", async (t) => {
  const law = fc.property(fc.array(someRecord, { maxLength: 10 }), (drawn) => {
    let known: KnownContract | undefined;
    for (const record of drawn.filter(isSound)) {
      const first = applyRecord(known, toRecord(record));
      if (first.kind === "changed") known = { contractId: "C", ...first.after };
      if (first.kind !== "refused" && applyRecord(known, toRecord(record)).kind !== "unchanged") return false;
    }
    return true;
  });
  t.doesNotThrow(() => fc.assert(law, { numRuns: RUNS }));
  t.comment(`law: a record sent twice in a row changes nothing the second time: ${RUNS} runs`);
});
