/**
 * SQL of the first number that no delta of an insurer has: what a gap waits for, and what its next delta takes. `insurer` is
 * a column with the insurer's id. Up to the last that was processed all numbers are used: only what waits is looked through.
 */
export function firstFreeSequence(insurer: string): string {
  const ofInsurer = (alias: string) => `${alias}.insurer_id = ${insurer} and ${alias}.sequence is not null`;
  return `(
    select taken.sequence + 1 from (
      select 0 as sequence
      union all (select done.sequence from submission done
        where ${ofInsurer("done")} and done.state = 'processed' order by done.sequence desc limit 1)
      union all select waiting.sequence from submission waiting
        where ${ofInsurer("waiting")} and waiting.state in ('received', 'processing', 'held', 'quarantined')) taken
    where not exists (select from submission used
      where ${ofInsurer("used")} and used.sequence = taken.sequence + 1
        and used.state not in ('refused', 'cancelled', 'tested'))
    order by taken.sequence limit 1)`;
}
