import type { Sql } from "../../../src/database/sql.ts";

export interface GivenSpace {
  readonly insurerId: number;
  readonly clientId: string;
  readonly group: number;
}

/** Makes an insurer that is there already the holder of a group of numbers, with an account of its client's. */
export async function giveSpace(owner: Sql, { insurerId, clientId, group }: GivenSpace): Promise<void> {
  await owner`
    with account as (
      insert into space_account (client_id, name, key_thumbprint, expires_at)
      values (${clientId}, 'Alpha', ${Buffer.alloc(32, 7)}, now() + interval '90 days') returning account_id)
    insert into space (insurer_id, account_id, number_group) select ${insurerId}, account_id, ${group} from account`;
}
