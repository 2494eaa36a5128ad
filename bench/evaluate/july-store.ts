import postgres from "postgres";
import { syncPersons } from "../../src/advantage/sync-persons.ts";
import { createDatabase } from "../../src/database/connection.ts";
import { migrate } from "../../src/database/migrate.ts";
import { runTransaction } from "../../src/database/run-transaction.ts";
import { openAccount } from "../../src/exchange/account-registry.ts";
import { enterpriseCheckDigits } from "../../src/identifiers/enterprise-number.ts";
import { createClient, grant } from "../../src/identity/client-registry.ts";
import { admitInsurer } from "../../src/identity/insurer-registry.ts";
import { isoDate } from "../../src/synthetic/calendar-day.ts";
import { listActiveProviders } from "../../src/synthetic/fact-file.ts";
import type { SyntheticProvider } from "../../src/synthetic/synthetic-provider.ts";
import { writeStatusFiles } from "./status-night.ts";

const BATCH_ROWS = 5_000;

export interface JulyScale {
  readonly persons: number;
  readonly contracts: number;
  readonly insurers: number;
}

/** Register, contracts and accounts on the evening before a July night; facts are loaded by the night, as operators load them. */
export async function fillJulyStore(url: string, scale: JulyScale): Promise<void> {
  await migrate(url);
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await openAccounts(url, scale.insurers);
    const providers = [...listActiveProviders(scale.persons)];
    for (let from = 0; from < providers.length; from += BATCH_ROWS)
      await insertBatch(sql, scale, providers.slice(from, from + BATCH_ROWS), from);
  } finally {
    await sql.end();
  }
  await makePersons(url);
  await tellEvening(url);
}

const ACTOR = { account: "bench" };

/** An SFTP account for each insurer. */
async function openAccounts(url: string, insurers: number): Promise<void> {
  const database = createDatabase(url);
  for (let number = 0; number < insurers; number += 1) {
    const body = String(4_030_000 + number).padStart(8, "0");
    const enterpriseNumber = `${body}${enterpriseCheckDigits(body)}`;
    await database.institute.begin(async (tx) => {
      const clientId = `client-${enterpriseNumber}`;
      await admitInsurer(tx, ACTOR, { enterpriseNumber, name: `Insurer ${number}`, phase: "loading" });
      await createClient(tx, ACTOR, { clientId, name: clientId, kind: "insurer" });
      await grant(tx, ACTOR, { clientId, enterpriseNumber, validFrom: "2020-01-01" });
      await openAccount(tx, ACTOR, { clientId, accountName: clientId, signatureRequired: false, language: "fr" });
    });
  }
  await database.close();
}

/** As a worker does soon after the register was loaded. */
async function makePersons(url: string): Promise<void> {
  const database = createDatabase(url);
  await runTransaction(database.institute, syncPersons);
  await database.close();
}

/** The evening before: every insurer knows what it may know by then. */
async function tellEvening(url: string): Promise<void> {
  const database = createDatabase(url);
  await writeStatusFiles(database, "2025-06-30");
  await database.close();
}

async function insertBatch(sql: postgres.Sql, scale: JulyScale, providers: readonly SyntheticProvider[], from: number) {
  await sql`
    insert into provider (inami_root, inami_number, ssin, valid_from)
    select left(inami_number, 8), inami_number, ssin, valid_from
    from jsonb_to_recordset(${sql.json(providers.map(toRow) as never)}) as p (inami_number text, ssin text, valid_from date)
    on conflict do nothing`;
  const contracts = providers.flatMap((provider, index) => inventContracts(scale, provider, from + index));
  await sql`
    with given as materialized (
      select *, uuidv7() as contract_id
      from jsonb_to_recordset(${sql.json(contracts as never)}) as c (insurer_id int, number text, inami_number text, start_on date, recorded_on date)),
    contracts as (
      insert into contract (insurer_id, contract_id, contract_number, inami_root, start_on)
      select insurer_id, contract_id, number, left(inami_number, 8), start_on from given)
    insert into contract_version (insurer_id, contract_id, version, valid_from, recorded_at, inami_number, contract_kind, solidarity, action, submission_id, record_number)
    select insurer_id, contract_id, 1, start_on, recorded_on, inami_number, 'socialPlci', true, 'new', uuidv7(), 1 from given`;
}

const toRow = ({ inamiNumber, ssin, validFrom }: SyntheticProvider) => ({
  inami_number: inamiNumber,
  ssin,
  valid_from: isoDate(validFrom),
});

/** The largest insurer holds a quarter. Some begin too late, or come too late. */
function inventContracts(
  { persons, contracts, insurers }: JulyScale,
  { inamiNumber }: SyntheticProvider,
  index: number,
) {
  const count = (index * (contracts - persons)) % persons < contracts - persons ? 2 : 1;
  return Array.from({ length: count }, (_, place) => ({
    insurer_id: index % 4 === 0 && place === 0 ? 1 : 1 + ((index + place) % insurers),
    number: `C-${index}-${place}`,
    inami_number: inamiNumber,
    start_on: index % 70 === 0 ? "2025-01-01" : `20${10 + (index % 10)}-01-01`,
    recorded_on: index % 90 === 0 ? "2025-05-02" : "2021-11-30",
  }));
}
