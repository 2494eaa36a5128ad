import { randomUUID } from "node:crypto";
import type { Sql } from "../../src/database/sql.ts";

let serials = 300_000;

export interface KeptPerson {
  readonly personId: string;
  readonly root: string;
}

/** A dentist of 2009 on, always joined, with so many provisions in 2024: 300 are enough. */
export async function insertDentist(owner: Sql, provisions = 300): Promise<KeptPerson> {
  serials += 1;
  const root = `${serials}${String(97 - (serials % 97)).padStart(2, "0")}`;
  const [row] = await owner<
    { personId: string }[]
  >`insert into person default values returning person_id as "personId"`;
  const { personId } = row!;
  await owner`insert into person_number values (${root}, ${personId}, 'dentist')`;
  await owner`insert into person_profession (person_id, profession, first_inami_number_on) values (${personId}, 'dentist', '2009-09-01')`;
  await owner`insert into profession_period values (${personId}, 'dentist', 'recognised', '2009-09-01', null),
    (${personId}, 'dentist', 'fullConvention', '2009-09-01', '2024-06-30'), (${personId}, 'dentist', 'partialConvention', '2024-07-01', null)`;
  await owner`insert into profession_year (person_id, profession, year, measures) values (${personId}, 'dentist', 2024, ${owner.json({ provisions })})`;
  return { personId, root };
}

export interface KeptContract {
  readonly startOn?: string;
  readonly recordedAt?: string;
  readonly cancelledAt?: string;
}

/** A contract of long ago, with an insurer that is there or is made; its number is its id without hyphens. Answers the id. */
export async function insertContract(owner: Sql, insurerId: number, root: string, more: KeptContract = {}) {
  const { startOn = "2018-01-01", recordedAt = "2019-06-01T08:00:00Z", cancelledAt = null } = more;
  const contractId = randomUUID();
  await owner`
    insert into insurer (insurer_id, enterprise_number, name, phase) overriding system value
    values (${insurerId}, ${String(insurerId).padStart(10, "0")}, ${`Insurer ${insurerId}`}, 'live') on conflict do nothing`;
  await owner`insert into contract values (${insurerId}, ${contractId}, ${contractId.replaceAll("-", "")}, ${root}, ${startOn}, ${cancelledAt})`;
  await owner`insert into contract_version (insurer_id, contract_id, version, valid_from, recorded_at, inami_number, contract_kind, solidarity, action, submission_id, record_number)
    values (${insurerId}, ${contractId}, 1, ${startOn}, ${recordedAt}, ${`${root}001`}, 'socialPlci', true, 'new', ${randomUUID()}, 1)`;
  return contractId;
}
