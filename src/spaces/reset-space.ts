import type { TransactionSql } from "../database/sql.ts";
import { makeSpace } from "./make-space.ts";
import { type AccountSpace, findSpaceOf } from "./space-queries.ts";
import { type FirstPhase, SpaceRefused, type Spaces } from "./spaces.ts";

export interface SpaceReset {
  readonly clientId: string;
  readonly phase: FirstPhase;
  readonly alsoCommit: (tx: TransactionSql) => Promise<void>;
}

/** Makes a new space for the account of a client, in the place of the one it has. Throws SpaceRefused. */
export async function resetSpace(spaces: Spaces, { clientId, phase, alsoCommit }: SpaceReset): Promise<AccountSpace> {
  const { institute } = spaces.intake.database;
  const { accountId, name, insurerId: replaces } = await getSpaceOf(spaces, clientId);
  await makeSpace(spaces, { accountId, clientId, name, phase, replaces, alsoCommit });
  return (await findSpaceOf(institute, clientId))!;
}

/** Throws SpaceRefused for a client without a space of its own, also where what a process remembers of the client is older than its end. */
export async function getSpaceOf({ intake }: Spaces, clientId: string): Promise<AccountSpace> {
  const found = await findSpaceOf(intake.database.institute, clientId);
  if (found) return found;
  const [ended] = await intake.database.institute`
    select from space_account where client_id = ${clientId} and ended_at is not null`;
  if (ended) throw new SpaceRefused("spaceEnded", "The account has ended. Ask for admission again: POST /admissions.");
  throw new SpaceRefused(
    "spaceNotFound",
    "This client has no space of its own: it was not admitted by POST /admissions.",
  );
}
