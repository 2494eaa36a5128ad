import type { TransactionSql } from "../database/sql.ts";
import { countUnknownSuccessors } from "./check-loaded.ts";

/** What a register file does, or would do. */
export interface RegisterEffect {
  readonly rows: number;
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  /** Of a full file: providers that are kept and not in it. They stay as they are. */
  readonly missing?: number;
  /** Rows whose successor neither the file nor the register has; absent where there are none. */
  readonly unknownSuccessors?: number;
}

/** Any number that no other advisory lock of one number has. */
const REGISTER_LOCK = 7_249_003;

const SAYS = ["inami_number", "ssin", "valid_from", "valid_to", "replaced_by_root", "deceased_on"] as const;
const says = (alias: string) => `(${SAYS.map((column) => `${alias}.${column}`).join()})`;

/** A temporary table of the transaction for the rows of a register file. */
export async function createLoadedTable(tx: TransactionSql): Promise<void> {
  await tx`
    create temporary table loaded (line int not null, inami_root text collate "C" primary key, inami_number text collate "C" not null,
      ssin text collate "C" not null, valid_from date not null, valid_to date, replaced_by_root text collate "C",
      deceased_on date) on commit drop`;
}

/** Leaves in `loaded`, which was analyzed, what is new or says something else than is known; answers the counts. */
export async function compareLoaded(tx: TransactionSql, rows: number, isFull: boolean): Promise<RegisterEffect> {
  const [absent] = isFull
    ? await tx<{ count: number }[]>`
        select count(*) as count from provider p where not exists (select 1 from loaded l where l.inami_root = p.inami_root)`
    : [];
  const unknownSuccessors = await countUnknownSuccessors(tx);
  const { count: unchanged } = await tx.unsafe(
    `delete from loaded l using provider p where p.inami_root = l.inami_root and ${says("l")} is not distinct from ${says("p")}`,
  );
  const [left] = await tx<{ added: number; changed: number }[]>`
    select count(*) filter (where p.inami_root is null) as added, count(p.inami_root) as changed
    from loaded l left join provider p using (inami_root)`;
  return {
    rows,
    ...left!,
    unchanged,
    ...(absent && { missing: absent.count }),
    ...(unknownSuccessors > 0 && { unknownSuccessors }),
  };
}

/**
 * Makes `loaded` what is known, as versions, and has every insurer's contracts checked again. One at a time. As the
 * institute's role.
 */
export async function applyLoaded(tx: TransactionSql, { added, changed }: RegisterEffect): Promise<void> {
  if (added + changed === 0) return;
  const [change] = await tx<{ changeId: string; recordedAt: Date }[]>`
    insert into register_change (recorded_at) values (clock_timestamp()) returning change_id as "changeId", recorded_at as "recordedAt"`;
  const { changeId } = change!;
  if (changed > 0) {
    await tx`
      update provider_version v set superseded_at = c.recorded_at from loaded l, register_change c
      where v.inami_root = l.inami_root and v.superseded_at is null and c.change_id = ${changeId}`;
  }
  await tx.unsafe(
    `insert into provider_version (inami_root, version, change_id, recorded_at, ${SAYS.join()})
     select l.inami_root, coalesce(before.version, 0) + 1, c.change_id, c.recorded_at, ${SAYS.map((column) => `l.${column}`).join()}
     from register_change c, loaded l
     left join (select inami_root, max(version) as version from provider_version
       where inami_root in (select inami_root from loaded) group by inami_root) before using (inami_root)
     where c.change_id = $1`,
    [changeId],
  );
  await tx.unsafe(
    `insert into provider (inami_root, ${SAYS.join()}) select inami_root, ${SAYS.join()} from loaded
     on conflict (inami_root) do update set ${SAYS.map((column) => `${column} = excluded.${column}`).join()}`,
  );
  if (changed === 0 && !(await isSuccessorLoaded(tx))) return;
  await tx`insert into register_recheck (insurer_id, change_id) select insurer_id, ${changeId} from insurer`;
  await tx`select pg_notify('submission_received', '')`;
}

/** Whether a number came that another was replaced by: its contracts get to know who. */
async function isSuccessorLoaded(tx: TransactionSql): Promise<boolean> {
  const [found] = await tx`select 1 from loaded l join provider p on p.replaced_by_root = l.inami_root limit 1`;
  return found !== undefined;
}

/** One load of the register at a time, from its comparison to its commit. */
export async function lockRegister(tx: TransactionSql): Promise<void> {
  await tx`select pg_advisory_xact_lock(${REGISTER_LOCK})`;
}
