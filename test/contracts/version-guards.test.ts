import t from "tap";
import { openIntake } from "../flows/open-intake.ts";

const flow = await openIntake(t);
const { insurerId } = await flow.admit();
const tenant = flow.database.asInsurer(insurerId);
const EXCLUDED = { code: "23P01" };

interface Row {
  readonly contractId: string;
  readonly version: number;
  readonly from: string;
  readonly before?: string;
}

/** Writes a version as the gateway's role, past everything that the merge takes care of. */
const insert = ({ contractId, version, from, before }: Row) =>
  tenant.run(
    (tx) => tx`
      insert into contract_version (insurer_id, contract_id, version, valid_from, valid_before, recorded_at, inami_number,
        contract_kind, solidarity, action, submission_id, record_number)
      values (${insurerId}, ${contractId}, ${version}, ${from}, ${before ?? null}, now(), '12345625', 'combined', true,
        'modify', uuidv7(), 1)`,
  );
const supersede = (contractId: string, version: number) =>
  tenant.run(
    (tx) =>
      tx`update contract_version set superseded_at = now() where contract_id = ${contractId} and version = ${version}`,
  );

async function newContract(): Promise<string> {
  const [row] = await flow.owner<{ id: string }[]>`select uuidv7() as id`;
  return row!.id;
}

t.test("two versions known now cannot overlap, whoever writes them", async (t) => {
  const contractId = await newContract();
  await insert({ contractId, version: 1, from: "2020-01-01" });
  const beside = { contractId, version: 2, from: "2019-01-01", before: "2019-06-01" };
  await t.rejects(insert(beside), EXCLUDED, "none comes beside a first version that is known");
  await supersede(contractId, 1);
  await insert({ contractId, version: 2, from: "2020-01-01", before: "2021-01-01" });
  await insert({ contractId, version: 3, from: "2021-01-01" });
  for (const [from, before] of [
    ["2020-12-31", "2021-01-01"],
    ["2020-06-01", "2020-07-01"],
    ["2030-01-01"],
    ["2019-01-01"],
  ]) {
    await t.rejects(
      insert({ contractId, version: 4, from: from!, ...(before && { before }) }),
      EXCLUDED,
      `${from} overlaps`,
    );
  }
  await insert({ contractId, version: 4, from: "2019-01-01", before: "2020-01-01" });
  await insert({ contractId, version: 5, from: "2020-01-01", before: "2020-01-01" });
  const [row] = await flow.owner<{ count: number }[]>`
    select count(*) as count from contract_version where contract_id = ${contractId}`;
  t.equal(row!.count, 5, "what lies before, and an empty period, do not");
});

t.test("nor when two write at once, without any lock", async (t) => {
  const contractId = await newContract();
  await insert({ contractId, version: 1, from: "2020-01-01" });
  await supersede(contractId, 1);
  const both = await Promise.allSettled([
    insert({ contractId, version: 2, from: "2020-01-01" }),
    insert({ contractId, version: 3, from: "2020-03-01" }),
  ]);
  t.same(both.map(({ status }) => status).toSorted(), ["fulfilled", "rejected"]);
});

t.test("a version is never overwritten, nor superseded twice", async (t) => {
  const contractId = await newContract();
  await insert({ contractId, version: 1, from: "2020-01-01" });
  const denied = { code: "42501" };
  await t.rejects(
    tenant.run((tx) => tx`update contract_version set valid_from = '2021-01-01'`),
    denied,
  );
  await t.rejects(
    tenant.run((tx) => tx`update contract_version set contract_kind = 'deathCover'`),
    denied,
  );
  await t.rejects(
    tenant.run((tx) => tx`delete from contract_version`),
    denied,
  );
  await supersede(contractId, 1);
  await t.rejects(supersede(contractId, 1), { code: "23001" });
  const known = tenant.run(
    (tx) => tx`update contract_version set superseded_at = null where contract_id = ${contractId}`,
  );
  await t.rejects(known, { code: "23001" }, "what was superseded never comes back");
});
