import t, { type Test } from "tap";
import { listSocialAdvantages } from "../../src/advantage/social-advantages.ts";
import { countPortfolio } from "../../src/contracts/portfolio.ts";
import { countStaged, stageTransfer } from "../../src/contracts/transfer-contracts.ts";
import type { TransactionSql } from "../../src/database/sql.ts";
import { findMassChange } from "../../src/intake/mass-change.ts";
import { countAffected } from "../../src/intake/recheck-contracts.ts";
import { createLoadedTable } from "../../src/register/apply-register.ts";
import { openIntake } from "../flows/open-intake.ts";

/** Contracts of an insurer that the statistics know, and of one that came after them. */
const KNOWN = 20_000;
const YOUNG = 1_000;
/** What is read of one contract, at most: it and its versions, a few times. */
const READS_EACH = 12;
const TRANSFERRED_ON = "2026-01-01";
const CLOSED_AT = new Date("2025-06-01T00:00:00Z");

const flow = await openIntake(t);
const { owner, database } = flow;

/** Contracts, half of which ended by 2024-12-31; history, as it were: nothing is merged. */
async function fill(insurerId: number, count: number): Promise<void> {
  await owner.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await tx`insert into contract (insurer_id, contract_id, contract_number, inami_root, start_on)
      select ${insurerId}, uuidv7(), 'C-' || n, (10000000 + n)::text, '2020-01-01' from generate_series(1, ${count}::int) n`;
    await tx`insert into contract_version (insurer_id, contract_id, version, valid_from, recorded_at, inami_number, contract_kind,
        solidarity, action, end_on, end_reason, submission_id, record_number)
      select ${insurerId}, contract_id, 1, '2020-01-01', '2024-01-01', inami_root || '001', 'socialPlci', true, 'new', ended.*, uuidv7(), 1
      from contract cross join lateral (
        select case when inami_root::int % 2 = 1 then date '2024-12-31' end, case when inami_root::int % 2 = 1 then 'terminated' end) ended
      where insurer_id = ${insurerId}`;
    await tx`insert into social_advantage (insurer_id, social_advantage_id, version, contract_id, premium_year, recorded_at, state,
        outcome, next_step, next_step_on, reasons)
      select ${insurerId}, uuidv7(), 1, contract_id, 2024, '2025-01-01', 'open', 'pending', 'evaluation', '2025-07-01', '{}'
      from contract where insurer_id = ${insurerId}`;
  });
}

const known = await flow.admit();
const young = await flow.admit();
t.before(async () => {
  for (const table of ["contract", "contract_version", "social_advantage"])
    await owner.unsafe(`alter table ${table} set (autovacuum_enabled = false)`);
  await fill(known.insurerId, KNOWN);
  await owner`analyze`;
  await fill(young.insurerId, YOUNG);
});

/** Does some work as the young insurer, which reads each of its contracts a few times. */
async function readEachOnce<T>(t: Test, work: (tx: TransactionSql) => Promise<T>): Promise<T> {
  return await database.asInsurer(young.insurerId).run(async (tx) => {
    // Those of a transaction before may still be counted.
    const before = await countReads(tx);
    const answer = await work(tx);
    const rows = (await countReads(tx)) - before;
    t.ok(rows >= YOUNG && rows < YOUNG * READS_EACH, `${rows} rows were read`);
    return answer;
  });
}

async function countReads(tx: TransactionSql): Promise<number> {
  const [row] = await tx<{ rows: number }[]>`
    select sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::int as rows from pg_stat_xact_user_tables`;
  return row!.rows;
}

t.test("a snapshot counts its contracts", async (t) => {
  t.equal(await readEachOnce(t, (tx) => countPortfolio(tx, young.insurerId, new Date())), YOUNG);
});

t.test("a page of clients' status", async (t) => {
  const page = { knownAt: new Date(), limit: YOUNG };
  const listed = await readEachOnce(t, (tx) => listSocialAdvantages(tx, young.insurerId, {}, page));
  t.equal(listed.length, YOUNG);
  t.equal(new Set(listed.map(({ contractNumber }) => contractNumber)).size, YOUNG);
});

t.test("a transfer of all that is not over", async (t) => {
  const transfer = {
    transferId: "01936a3c-0000-7000-8000-000000000000",
    fromInsurerId: young.insurerId,
    toInsurerId: (await flow.admit()).insurerId,
    transferredOn: TRANSFERRED_ON,
    reason: "merger",
    actor: "test",
  };
  const staged = await readEachOnce(t, async (tx) => {
    await stageTransfer(tx, transfer, undefined);
    return await countStaged(tx);
  });
  t.same(staged, { contracts: YOUNG / 2, conflicts: {} });
});

t.test("a change of the register", async (t) => {
  const affected = await readEachOnce(t, async (tx) => {
    await createLoadedTable(tx);
    await tx`insert into loaded (line, inami_root, inami_number, ssin, valid_from)
      select row_number() over (), inami_root, inami_root || '001', '85073003328', '2010-01-01' from contract
      where insurer_id = ${young.insurerId}`;
    return await countAffected(tx, young.insurerId);
  });
  t.equal(affected, 0, "no number was known before");
});

t.test("a delta that makes many contracts and closes one", async (t) => {
  await owner.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await tx`insert into contract_version (insurer_id, contract_id, version, valid_from, recorded_at, inami_number, contract_kind,
        solidarity, action, end_on, end_reason, submission_id, record_number)
      select v.insurer_id, v.contract_id, 2, v.valid_from, ${CLOSED_AT}, v.inami_number, v.contract_kind, v.solidarity, 'close',
        '2025-01-31', 'terminated', uuidv7(), 1
      from contract_version v where v.insurer_id = ${young.insurerId} and v.inami_number = '10000002001'`;
    await tx`update contract_version set superseded_at = ${CLOSED_AT}
      where insurer_id = ${young.insurerId} and inami_number = '10000002001' and version = 1`;
  });
  const massChange = await readEachOnce(t, async (tx) => {
    await tx`create temporary table staged on commit drop as
      select row_number() over () as record_number, contract_id, case inami_root when '10000002' then 'close' else 'new' end as action,
        false as blocked, false as unchanged
      from contract where insurer_id = ${young.insurerId}`;
    await tx`analyze staged (record_number)`;
    const merged = {
      insurerId: young.insurerId,
      kind: "delta",
      expectedClosureShare: null,
      recordedAt: CLOSED_AT,
    } as const;
    return await findMassChange(tx, merged, { percent: 0, minimum: 1 });
  });
  t.same(massChange, { closures: 1, contracts: 1, percent: 0 }, "all the others are made by it");
});
