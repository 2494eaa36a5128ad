import t, { type Test } from "tap";
import { receiveSubmission } from "../../src/intake/receive-submission.ts";
import { listDryRunRows } from "../../src/intake/submission-queries.ts";
import { FINDING_CASES } from "../formats/contract-file/finding-cases.ts";
import { admitWithClient } from "../http/admit-with-client.ts";
import { ALPHA } from "../http/open-door.ts";
import { composeFile, composeRecord, composeRecords } from "./compose-file.ts";
import { type CaseFile, FLOW_FINDING_CASES, type FlowFindingCase } from "./finding-cases.ts";
import { type Insurer, openIntake } from "./open-intake.ts";
import { loadTestRegister, PROVIDERS } from "./test-register.ts";

async function openDry(t: Test) {
  const open = await openIntake(t);
  await loadTestRegister(t, open.database);
  /** Runs a file dry and answers what it told. */
  async function rehearse(insurer: Insurer, file: string | Buffer) {
    const body = (async function* () {
      yield Buffer.from(file);
    })();
    const { submissionId } = await receiveSubmission(open.intake, {
      insurers: [insurer],
      channel: "rest",
      body,
      isDryRun: true,
    });
    await open.processAll();
    const tenant = open.database.asInsurer(insurer.insurerId);
    const rows = await listDryRunRows(tenant, submissionId, { afterRow: 0, limit: 10_000 });
    return {
      submission: await open.find(insurer, submissionId),
      results: await open.results(insurer, submissionId),
      effects: rows.map(({ effect }) => effect),
      rows,
    };
  }
  return { ...open, rehearse };
}

const key = (contractNumber: string) => ({ contractNumber, inamiNumber: PROVIDERS.current.inamiNumber });

t.test("a delta is told what it would do; nothing is written, and the real run does just that", async (t) => {
  const { rehearse, submit, results, versions, owner, admit } = await openDry(t);
  const insurer = await admit();
  const sender = insurer.enterpriseNumber;
  await submit(insurer, composeFile({ sender, reference: "L-1", records: composeRecords(4), complete: true }));
  const content = { contractKind: "combined", solidarity: "true" };
  const records = [
    composeRecord("R-1", { ...key("C-1"), effectiveOn: "2024-01-01", ...content }, "modify"),
    composeRecord("R-2", { ...key("C-2"), endOn: "2025-12-31", reason: "terminated" }, "close"),
    composeRecord("R-3", { ...key("C-3"), reason: "never closed" }, "reopen"),
    composeRecord("R-4", { contractNumber: "N-1" }),
    composeRecord("R-5", { ...key("X-1"), reason: "error" }, "cancel"),
    composeRecord("R-6", { ...key("C-4"), reason: "error" }, "cancel"),
    composeRecord("R-7", { ...key("N-1"), effectiveOn: "2024-01-01", ...content }, "modify"),
  ];
  const file = composeFile({ sender, reference: "D-1", kind: "delta", records, attributes: ' sequence="1"' });
  const before = await versions(insurer);
  const dry = await rehearse(insurer, file);
  t.same(dry.effects, ["changed", "closed", "unchanged", "new", "rejected", "closed", "changed"]);
  t.match(dry.submission, {
    state: "tested",
    isDryRun: true,
    dryRunCounts: { changed: 2, closed: 2, unchanged: 1, new: 1, rejected: 1 },
    counts: { received: 7, accepted: 5, unchanged: 1, rejected: 1 },
  });
  t.same(await versions(insurer), before);
  const again = await rehearse(insurer, file);
  t.same(again.effects, dry.effects, "as often as one likes");
  const real = await submit(insurer, file);
  t.match(real, { state: "processed", counts: dry.submission.counts, sequence: 1, findings: [] });
  t.same(await results(insurer, real.submissionId), dry.results);
  t.equal((await rehearse(insurer, file.replace('"D-1"', '"D-2"'))).submission.findings[0]?.code, "sequenceUsed");
  t.equal((await rehearse(insurer, file.replace("N-1", "N-2"))).submission.findings[0]?.code, "referenceReused");
  const [{ count }] = await owner<[{ count: number }]>`
    select count(*) as count from contract_version v where not exists (
      select from submission s where s.submission_id = v.submission_id and not s.dry_run)`;
  t.equal(count, 0);
});

t.test("a full file is compared with the store in every phase", async (t) => {
  const { rehearse, submit, versions, owner, admit } = await openDry(t);
  const insurer = await admit();
  const sender = insurer.enterpriseNumber;
  await submit(insurer, composeFile({ sender, reference: "L-1", records: composeRecords(3), complete: true }));
  const before = await versions(insurer);
  const records = [
    composeRecord("R-1", { contractNumber: "C-1" }),
    composeRecord("R-2", {
      ...{ contractNumber: "C-2", contractKind: "combined", solidarity: "false" },
      ...{ endOn: "2030-12-31", reason: "terminated" },
    }),
    composeRecord("R-3", { contractNumber: "N-1" }),
    composeRecord("R-4", { contractNumber: "N-2", inamiNumber: "12345600001" }),
  ];
  for (const phase of ["access", "loading", "live"]) {
    await owner`update insurer set phase = ${phase}`;
    const { submission, rows, effects } = await rehearse(insurer, composeFile({ sender, reference: "CMP", records }));
    t.equal(submission.state, "tested", phase);
    t.same(effects, ["same", "changed", "new", "rejected", "missing"]);
    const contractOf = (number: string) => before.find(({ contractNumber }) => contractNumber === number)?.contractId;
    t.same([rows[1]?.contractId, rows[4]?.contractId], [contractOf("C-2"), contractOf("C-3")]);
    const inamiRoot = before[0]!.inamiRoot;
    t.match(rows[1], { contractNumber: "C-2", inamiRoot, fields: "contractKind, solidarity, endOn, reason" });
    t.match(rows[4], { contractNumber: "C-3", inamiRoot, fields: null });
    t.match(submission.counts, { rejected: 2 }, "what a real run of it would reject, the changed ones too");
  }
  t.same(await versions(insurer), before);
});

t.test("a dry run neither ends nor delays the initial load", async (t) => {
  const { rehearse, submit, owner, admit } = await openDry(t);
  const insurer = await admit();
  const sender = insurer.enterpriseNumber;
  await rehearse(insurer, composeFile({ sender, reference: "L-1", complete: true }));
  const isOpen = async () => (await owner`select initial_load_completed_at is null as open from insurer`)[0]!.open;
  t.equal(await isOpen(), true);
  await submit(insurer, composeFile({ sender, reference: "L-1", complete: true }));
  t.equal(await isOpen(), false);
});

/** Findings and outcomes, without the tickets they quote: those of one's own are not there yet in a dry run. */
const plain = (value: unknown) => JSON.parse(JSON.stringify(value));

t.test("over all fixtures a dry run finds what the real run finds a moment later", async (t) => {
  const { rehearse, submit, results, database, owner, admit } = await openDry(t);
  let compared = 0;
  async function compare(insurer: Insurer, file: string | Buffer, name: string) {
    const dry = await rehearse(insurer, file);
    const real = await submit(insurer, file);
    // The same file as before: the real run was then.
    if (real.submissionId < dry.submission.submissionId) return;
    // What waits for others has found nothing yet; an initial load that comes too late is compared instead.
    const isHeldForItself = real.heldReason === "massChange";
    if (!["processed", "refused"].includes(real.state) && !isHeldForItself) return;
    if (real.findings.some(({ code }) => code === "initialLoadClosed" || code === "phaseNotAllowed")) return;
    compared += 1;
    t.same(plain(dry.submission.findings), plain(real.findings), `${name}: of the file`);
    if (isHeldForItself) return;
    t.same(plain(dry.results), plain(await results(insurer, real.submissionId)), `${name}: of the records`);
  }
  const { insurerId } = await admitWithClient(database, ALPHA, "Alpha");
  const alpha = { insurerId, enterpriseNumber: ALPHA };
  for (const [code, { raises, justNot }] of Object.entries(FINDING_CASES)) {
    await compare(alpha, raises, code);
    await compare(alpha, justNot, `not ${code}`);
  }
  for (const [code, { earlier = [], raises, justNot }] of Object.entries<FlowFindingCase>(FLOW_FINDING_CASES)) {
    for (const last of [raises, justNot]) {
      const insurer = await admit();
      const prepare = async ({ phase, hoursPass: _later, ...parts }: CaseFile) => {
        if (phase) await owner`update insurer set phase = ${phase} where insurer_id = ${insurer.insurerId}`;
        return composeFile({ sender: insurer.enterpriseNumber, ...parts });
      };
      for (const file of earlier) await submit(insurer, await prepare(file));
      await compare(insurer, await prepare(last), code);
    }
  }
  t.ok(compared > 80, `${compared} files`);
});
