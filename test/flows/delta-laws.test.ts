import fc from "fast-check";
import t from "tap";
import { listContractVersions } from "../../src/contracts/contract-versions.ts";
import { applyToModel, type Contracts, coverOn, DAYS, type DrawnRecord } from "../contracts/contract-model.ts";
import { isSound, KEY_ROOT, MIDDLE, someContent, someRecord } from "../contracts/drawn-records.ts";
import { composeFile, composeRecord } from "./compose-file.ts";
import { type Insurer, openIntake } from "./open-intake.ts";
import { readHistory } from "./read-history.ts";
import { loadTestRegister } from "./test-register.ts";

const flow = await openIntake(t);
await loadTestRegister(t, flow.database);

const RUNS = 15;
const TIME_LIMIT_MS = 40_000;
const someFile = fc.array(someRecord, { minLength: 1, maxLength: 7 });

function compose(
  insurer: Insurer,
  reference: string,
  records: readonly DrawnRecord[],
  root: string,
  kind = "delta",
): string {
  const composed = records.map(({ action, fields }, index) => composeRecord(`R-${index + 1}`, fields, action));
  return composeFile({ sender: insurer.enterpriseNumber, reference, records: composed, kind, attributes: root });
}

const deltaOf = (insurer: Insurer, sequence: number, records: readonly DrawnRecord[]) =>
  compose(insurer, `DELTA-${sequence}`, records.filter(isSound), ` sequence="${sequence}"`);
const emptyLoad = (insurer: Insurer) => compose(insurer, "LOAD", [], ' complete="true"', "initialLoad");

/** What the store says covered each day, as known at an instant, in the words of the model. */
async function coverKnownAt({ insurerId }: Insurer, knownAt: Date): Promise<Record<string, string[]>> {
  const cover: Record<string, string[]> = {};
  await flow.database.asInsurer(insurerId).run(async (tx) => {
    const contracts = await tx<{ contractId: string; key: string }[]>`
      select contract_id as "contractId", contract_number || ' ' || inami_root as key from contract
      where insurer_id = ${insurerId} order by contract_id`;
    for (const { contractId, key } of contracts) {
      for (const [index, validOn] of DAYS.entries()) {
        const answer = await listContractVersions(tx, insurerId, contractId, { validOn, knownAt });
        cover[key] ??= DAYS.map(() => "");
        for (const version of answer.versions) {
          const { contractKind, solidarity, inamiNumber, endOn, endReason } = version;
          const end = endOn === null ? null : `${endOn} ${endReason}`;
          // Two contracts of one key that covered the same day would show as two texts.
          cover[key][index] += `${contractKind} ${solidarity} ${inamiNumber.slice(8)} ${end}`;
        }
      }
    }
  });
  return cover;
}

const coverOfModel = (contracts: Contracts) =>
  Object.fromEntries([...contracts].map(([key, contract]) => [key, DAYS.map((day) => coverOn(contract, day))]));

/** Neighbours that say the same are one period, however they were told. */
async function countNeedlessPeriods({ insurerId }: Insurer): Promise<number> {
  const content = flow.owner`(inami_number, contract_kind, ssin, solidarity, language, payment_reference)`;
  const [row] = await flow.owner<{ count: number }[]>`
    select count(*)::int as count from (
      select row${content} is not distinct from lag(row${content}) over (partition by contract_id order by valid_from) as is_same
      from contract_version where insurer_id = ${insurerId} and superseded_at is null) neighbours
    where is_same`;
  return row!.count;
}

async function lastChange({ insurerId }: Insurer): Promise<Date> {
  const [row] = await flow.owner<{ at: Date | null }[]>`
    select contracts_recorded_at as at from insurer where insurer_id = ${insurerId}`;
  return row?.at ?? new Date(0);
}

const expectSame = (found: unknown, wanted: unknown, what: string) => {
  const [one, other] = [JSON.stringify(found), JSON.stringify(wanted)];
  if (one !== other) throw new Error(`${what}:\n found ${one}\nwanted ${other}`);
};

/** Sends the files one after the other, each to be what the model makes of it, and no history told to change afterwards. */
async function followModel(files: readonly (readonly DrawnRecord[])[]): Promise<number> {
  const insurer = await flow.admit();
  await flow.submit(insurer, emptyLoad(insurer));
  const model: Contracts = new Map();
  const told: { readonly knownAt: Date; readonly cover: unknown }[] = [];
  let records = 0;
  for (const [index, drawn] of files.entries()) {
    const { submissionId, state } = await flow.submit(insurer, deltaOf(insurer, index + 1, drawn));
    expectSame(state, "processed", "the state of the file");
    const results = await flow.results(insurer, submissionId);
    expectSame(
      results.map(({ outcome, findings }) => [outcome, ...findings.map(({ code }) => code)].join(" ")),
      drawn.filter(isSound).map((record) => applyToModel(model, record)),
      "the outcomes of the records",
    );
    const knownAt = await lastChange(insurer);
    const cover = await coverKnownAt(insurer, knownAt);
    expectSame(sortKeys(cover), sortKeys(coverOfModel(model)), "what covers each day");
    expectSame(await countNeedlessPeriods(insurer), 0, "periods that say what the one before them says");
    told.push({ knownAt, cover });
    records += results.length;
  }
  for (const { knownAt, cover } of told) {
    const again = await coverKnownAt(insurer, knownAt);
    expectSame(again, withoutLater(cover, again), "the history told before");
  }
  return records;
}

t.test("contracts and their history are those of a plain model, and a history once told never changes", async (t) => {
  let runs = 0;
  let submissions = 0;
  let records = 0;
  const law = fc.asyncProperty(fc.array(someFile, { minLength: 1, maxLength: 4 }), async (files) => {
    runs += 1;
    records += await followModel(files);
    submissions += files.length;
  });
  await t.resolves(fc.assert(law, { numRuns: RUNS, interruptAfterTimeLimit: TIME_LIMIT_MS }));
  t.comment(
    `law: history is that of a plain model, and final: ${runs} runs, ${submissions} submissions, ${records} records`,
  );
});

const about = (action: DrawnRecord["action"], fields: Record<string, string>): DrawnRecord => ({
  action,
  fields: { contractNumber: "A", inamiNumber: KEY_ROOT, ...fields },
});
const modify = (effectiveOn: string, solidarity: "true" | "false", contractKind = "socialPlci") =>
  about("modify", { effectiveOn, solidarity, contractKind });

t.test("of a contract with many versions, changes reach as far back as they say", async (t) => {
  const [first, second, third, fourth, fifth] = MIDDLE as [string, string, string, string, string];
  const grown = [
    about("new", { startOn: first, solidarity: "true", contractKind: "socialPlci" }),
    ...[second, third, fourth, fifth].map((day, index) => modify(day, index % 2 === 0 ? "false" : "true")),
  ].map((record) => [record]);
  const stories = {
    "of the last days": [[modify(fifth, "false")], [modify(fifth, "true", "combined")]],
    "of the days before the last": [[modify(fourth, "true")]],
    "of days long before": [[modify(second, "true", "combined")], [modify(third, "false")]],
    "from the first day on": [[modify(first, "false", "combined")], [modify(fifth, "true")]],
    "long before, then of the last days, in one file": [[modify(second, "true"), modify(fifth, "false", "combined")]],
    "of the last days, then the end before them": [
      [modify(fifth, "false"), about("close", { endOn: third, reason: "terminated" })],
      [modify(fourth, "true")],
      [modify(second, "true", "combined")],
    ],
    "of the end, and of what is open again": [
      [about("close", { endOn: fifth, reason: "terminated" })],
      [modify(fifth, "false"), modify(third, "true")],
      [about("reopen", { reason: "by mistake" })],
      [modify(fifth, "true")],
    ],
    "of what is cancelled": [
      [modify(fifth, "false"), about("cancel", { reason: "by mistake" })],
      [modify(fifth, "true")],
    ],
  };
  for (const [name, files] of Object.entries(stories)) {
    await t.resolves(followModel([...grown, ...files]), `a change ${name}`);
  }
});

const sortKeys = (cover: object) =>
  Object.fromEntries(Object.entries(cover).toSorted(([one], [other]) => (one < other ? -1 : 1)));

/** A contract that was first declared later covered nothing then. */
const withoutLater = (before: unknown, now: Record<string, string[]>) =>
  Object.fromEntries(
    Object.keys(now).map((key) => [key, (before as Record<string, string[]>)[key] ?? DAYS.map(() => "")]),
  );

/** Files in any order, any of them several times, and after which of them a worker runs. */
const someArrival = fc.record({
  files: fc.array(someFile, { minLength: 2, maxLength: 4 }),
  load: fc.array(fc.tuple(fc.constantFrom("A", "B", "C"), someContent), { maxLength: 3 }),
  order: fc.infiniteStream(fc.nat({ max: 1_000_000 })),
  repeated: fc.array(fc.nat({ max: 100 }), { maxLength: 4 }),
  works: fc.infiniteStream(fc.boolean()),
});

t.test("whatever the order of arrival and repetition, contracts and history are those of the sequence", async (t) => {
  let drawn = 0;
  let accepted = 0;
  const law = fc.asyncProperty(someArrival, async ({ files, load, order, repeated, works }) => {
    drawn += 1;
    const compositions = (insurer: Insurer) => [
      compose(insurer, "LOAD-1", load.slice(0, 1).map(declared), "", "initialLoad"),
      compose(insurer, "LOAD-2", load.slice(1).map(declared), ' complete="true"', "initialLoad"),
      ...files.map((each, index) => deltaOf(insurer, index + 1, each)),
    ];
    const places = compositions({ insurerId: 0, enterpriseNumber: "" }).map((_, index) => index);
    const arrivals = [...places, ...repeated.map((pick) => pick % places.length)]
      .map((place) => ({ place, key: order.next().value as number }))
      .toSorted((one, other) => one.key - other.key)
      .map(({ place }) => place);
    // A file of the initial load that comes once it has ended is refused: another story than that of the sequence.
    fc.pre(arrivals.indexOf(0) < arrivals.indexOf(1));
    accepted += 1;
    const [inOrder, shuffled] = [await flow.admit(), await flow.admit()];
    for (const file of compositions(inOrder)) await flow.submit(inOrder, file);
    for (const place of arrivals) {
      await flow.receive(shuffled, compositions(shuffled)[place]!);
      if (works.next().value) await flow.processAll();
    }
    await flow.processAll();
    expectSame(await readHistory(flow.owner, shuffled), await readHistory(flow.owner, inOrder), "the outcome");
  });
  await t.resolves(fc.assert(law, { numRuns: RUNS, interruptAfterTimeLimit: TIME_LIMIT_MS }));
  const share = accepted / drawn;
  t.comment(
    `law: any order of arrival gives the history of the sequence: ${accepted} runs, ${accepted} of ${drawn} permutations ` +
      `accepted (${Math.round(share * 100)} %)`,
  );
  t.ok(share >= 0.3, "at least 30 % of the permutations drawn are accepted");
});

const declared = ([contractNumber, content]: [string, Record<string, string>]): DrawnRecord => ({
  action: "new",
  fields: { contractNumber, inamiNumber: KEY_ROOT, startOn: MIDDLE[0]!, ...content },
});
