import { lockPersons } from "../../advantage/sync-persons.ts";
import type { TransactionSql } from "../../database/sql.ts";

/**
 * Gives numbers and SSINs of the holders of these numbers to new persons, where something is known of them: facts, dossiers
 * and decisions stay with those who are no more (`replaced_by`), as where the register makes one person of two.
 */
export async function renewPersons(tx: TransactionSql, inamiRoots: readonly string[]): Promise<void> {
  await lockPersons(tx);
  await tx`
    with successor as materialized (
      select person_id, uuidv7() as successor_id from (
        select distinct person_id from person_number where inami_root = any(${[...inamiRoots]})) holder
      where exists (select 1 from person_profession f where f.person_id = holder.person_id)),
    made as (insert into person (person_id) select successor_id from successor),
    numbers as (
      update person_number n set person_id = s.successor_id, profession = null from successor s where n.person_id = s.person_id),
    ssins as (update person_ssin n set person_id = s.successor_id from successor s where n.person_id = s.person_id)
    update person p set replaced_by = s.successor_id from successor s where p.person_id = s.person_id`;
}
