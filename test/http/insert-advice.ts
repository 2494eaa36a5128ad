import type { Door } from "./open-door.ts";

/** An announced advice of Alpha with one line; answers its id. */
export async function insertAdvice({ owner, alphaId }: Door, contract: string): Promise<string> {
  const [row] = await owner.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await tx`insert into payment_run (premium_year, run_number, state, made_at, made_by, ended_at)
      values (2025, 1, 'ordered', now(), 'desk', now())`;
    await tx`
      insert into remittance_advice (insurer_id, run_id, premium_year, run_number, reference, iban, line_count, lines_cents,
        carried_in_cents, total_cents, carried_out_cents, announced_on, state)
      select ${alphaId}, run_id, 2025, 1, '900000000187', 'BE68539007547034', 1, 318012, 0, 318012, 0, '2026-10-01', 'announced'
      from payment_run`;
    return await tx<{ id: string }[]>`
      insert into remittance_line (insurer_id, advice_id, line_number, premium_year, contract_id, contract_number, inami_root,
        kind, amount_cents, reference, person_id, move_number, state)
      select a.insurer_id, a.advice_id, 1, 2025, c.contract_id, c.contract_number, c.inami_root, 'payment', 318012,
        '090933755493', uuidv7(), 1, 'announced'
      from remittance_advice a join contract c on c.insurer_id = a.insurer_id and c.contract_id = ${contract}
      returning advice_id as id`;
  });
  return row!.id;
}
