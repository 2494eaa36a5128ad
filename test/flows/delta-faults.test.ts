import t from "tap";
import { composeFile, composeRecord, type Fields, GOOD_FIELDS } from "./compose-file.ts";
import { openIntake } from "./open-intake.ts";
import { loadTestRegister, PROVIDERS } from "./test-register.ts";

const flow = await openIntake(t);
await loadTestRegister(t, flow.database);

type Said = readonly [action: string, fields?: Fields];

const KEY = { contractNumber: "C-1", inamiNumber: PROVIDERS.current.inamiNumber };
const { startOn: _none, ...CONTENT } = GOOD_FIELDS;
const declare: Said = ["new", {}];
const modify = (effectiveOn: string, contractKind: string): Said => [
  "modify",
  { ...CONTENT, effectiveOn, contractKind },
];
const close = (endOn: string, reason = "terminated"): Said => ["close", { ...KEY, endOn, reason }];
const reopen: Said = ["reopen", { ...KEY, reason: "by mistake" }];
const cancel: Said = ["cancel", { ...KEY, reason: "in error" }];

interface Story {
  readonly records: readonly Said[];
  readonly outcomes: readonly string[];
  /** What is known of contract C-1 in the end: each period with its kind and the end of the contract. */
  readonly known: readonly string[];
}

const STORIES: Readonly<Record<string, Story>> = {
  "modify before new": {
    records: [modify("2024-01-01", "combined"), declare],
    outcomes: ["rejected contractUnknown", "accepted"],
    known: ["2019-03-01 socialPlci"],
  },
  "close twice: the second corrects the first": {
    records: [declare, close("2025-12-31"), close("2025-12-31"), close("2025-06-30", "death")],
    outcomes: ["accepted", "accepted", "unchanged", "accepted"],
    known: ["2019-03-01 socialPlci until 2025-06-30 death"],
  },
  "close before the start": {
    records: [declare, close("2019-02-28")],
    outcomes: ["accepted", "rejected endBeforeStart"],
    known: ["2019-03-01 socialPlci"],
  },
  "modify behind the end, and once it is reopened": {
    records: [declare, close("2023-12-31"), modify("2024-01-01", "combined"), reopen, modify("2024-01-01", "combined")],
    outcomes: ["accepted", "accepted", "rejected contractEndedBefore", "accepted", "accepted"],
    known: ["2019-03-01 socialPlci", "2024-01-01 combined"],
  },
  "cancel, then new: another contract, and nothing reaches the first": {
    records: [declare, cancel, cancel, close("2025-12-31"), declare, modify("2024-01-01", "combined")],
    outcomes: ["accepted", "accepted", "unchanged", "rejected contractCancelled", "accepted", "accepted"],
    known: ["2019-03-01 socialPlci", "2024-01-01 combined"],
  },
  "the same key twice: the same content, then another": {
    records: [declare, declare, ["new", { contractKind: "combined" }]],
    outcomes: ["accepted", "unchanged", "rejected contractExists"],
    known: ["2019-03-01 socialPlci"],
  },
  "late modifications take the place of later ones": {
    records: [declare, modify("2024-07-01", "combined"), modify("2024-04-01", "deathCover")],
    outcomes: ["accepted", "accepted", "acceptedWithWarnings laterModificationReplaced"],
    known: ["2019-03-01 socialPlci", "2024-04-01 deathCover"],
  },
};

/** In one file, and in as many files as there are records, one after the other: the history may not depend on where it is cut. */
for (const [name, { records, outcomes, known }] of Object.entries(STORIES)) {
  for (const cut of ["one file", "a file each"]) {
    t.test(`${name}, in ${cut}`, async (t) => {
      const insurer = await flow.admit();
      await flow.owner`update insurer set phase = 'live', initial_load_completed_at = now() where insurer_id = ${insurer.insurerId}`;
      const composed = records.map(([action, fields], index) => composeRecord(`R-${index + 1}`, fields, action));
      const files = cut === "one file" ? [composed] : composed.map((record) => [record]);
      const told: string[] = [];
      for (const [index, records] of files.entries()) {
        const root = { sender: insurer.enterpriseNumber, reference: `D-${index + 1}`, kind: "delta" };
        const file = composeFile({ ...root, records, attributes: ` sequence="${index + 1}"` });
        const { submissionId } = await flow.submit(insurer, file);
        const results = await flow.results(insurer, submissionId);
        told.push(...results.map(({ outcome, findings }) => [outcome, ...findings.map(({ code }) => code)].join(" ")));
      }
      t.same(told, outcomes);
      const now = (await flow.versions(insurer)).filter(
        ({ supersededAt, validFrom, validBefore }) => supersededAt === null && validFrom !== validBefore,
      );
      const periods = now.map(({ validFrom, contractKind, endOn, endReason }) =>
        [validFrom, contractKind, ...(endOn === null ? [] : ["until", endOn, endReason])].join(" "),
      );
      t.same(periods.sort(), known);
    });
  }
}
