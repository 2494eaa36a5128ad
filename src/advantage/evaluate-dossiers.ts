import { runTransaction } from "../database/run-transaction.ts";
import type { Sql, TransactionSql } from "../database/sql.ts";
import { type Evaluation, evaluateDossier } from "./evaluate-dossier.ts";
import { type LoadedInput, loadDossierInputs } from "./load-dossier-inputs.ts";
import type { PremiumYearRules } from "./premium-year-rules.ts";

/** Evaluations with what they were made from are some kilobytes each. */
const BATCH_PERSONS = 1_000;

export interface EvaluationRun {
  readonly rules: PremiumYearRules;
  /** Today, as the business clock has it. */
  readonly businessDate: string;
  readonly movedAt: string;
  /** Client, operator's account, or `system`. */
  readonly movedBy: string;
  /** What gave rise to it: `julyEvaluation`, `factsChanged`, `contractsChanged`, `rulesChanged` … */
  readonly cause: string;
}

export interface EvaluationCounts {
  readonly evaluated: number;
  /** Dossiers that moved; the others came out as before, or may not move. */
  readonly moved: number;
}

/** Evaluates everybody for a premium year, in batches that commit by themselves; it may be done again at any time. */
export async function evaluateAllDossiers(institute: Sql, run: EvaluationRun): Promise<EvaluationCounts> {
  let counts: EvaluationCounts = { evaluated: 0, moved: 0 };
  let after: string | undefined;
  for (;;) {
    const rows = await institute<{ personId: string }[]>`
      select person_id as "personId" from person ${after === undefined ? institute`` : institute`where person_id > ${after}`}
      order by person_id limit ${BATCH_PERSONS}`;
    if (rows.length === 0) return counts;
    const personIds = rows.map(({ personId }) => personId);
    const { evaluated, moved } = await runTransaction(institute, (tx) => evaluateDossiers(tx, run, personIds));
    counts = { evaluated: counts.evaluated + evaluated, moved: counts.moved + moved };
    after = personIds.at(-1);
  }
}

/**
 * Evaluates these persons and moves the dossiers whose decision comes out otherwise: `open`, `evaluated`, `decided` and
 * `toPay` to `evaluated`; `paid` to `recovery` or `supplement`, never to what it was before. Contested, recovered, settled
 * and withdrawn ones are left to operators. What is unknown takes no money back.
 */
export async function evaluateDossiers(
  tx: TransactionSql,
  run: EvaluationRun,
  personIds: readonly string[],
): Promise<EvaluationCounts> {
  const { rules, businessDate } = run;
  const inputs = await loadDossierInputs(tx, rules.premiumYear, personIds);
  const rows = inputs.map((input) => toRow(input, evaluateDossier({ ...input, rules, businessDate }), businessDate));
  await openDossiers(tx, run, inputs);
  return { evaluated: rows.length, moved: await moveDossiers(tx, run, rows) };
}

function toRow(input: LoadedInput, evaluation: Evaluation, businessDate: string) {
  const { link } = evaluation;
  return {
    person_id: input.person.personId,
    outcome: evaluation.outcome,
    amount_cents: evaluation.amountCents ?? null,
    linked_insurer_id: link.kind === "none" ? null : link.insurerId,
    linked_contract_id: link.kind === "none" ? null : link.contractId,
    is_awaiting: evaluation.isAwaiting,
    evaluation,
    input: { ...input, businessDate },
  };
}

async function openDossiers(tx: TransactionSql, run: EvaluationRun, inputs: readonly LoadedInput[]): Promise<void> {
  const ids = inputs.map(({ person }) => person.personId);
  await tx`
    insert into dossier (person_id, premium_year, state, moved_at, moved_by, cause)
    select id, ${run.rules.premiumYear}, 'open', ${run.movedAt}, ${run.movedBy}, ${run.cause}
    from unnest(${ids}::uuid[]) as given (id)
    on conflict do nothing`;
}

/** What was looked at may differ where the decision does not: that is no move. */
async function moveDossiers(tx: TransactionSql, run: EvaluationRun, rows: ReturnType<typeof toRow>[]): Promise<number> {
  const { count } = await tx`
    update dossier d set
      state = case
        when d.state <> 'paid' then 'evaluated'
        when (r.outcome, r.linked_insurer_id, r.linked_contract_id)
          is distinct from (d.outcome, d.linked_insurer_id, d.linked_contract_id)
          or coalesce(r.amount_cents, 0) < d.amount_cents then 'recovery'
        else 'supplement' end,
      outcome = r.outcome, amount_cents = r.amount_cents, linked_insurer_id = r.linked_insurer_id,
      linked_contract_id = r.linked_contract_id, evaluation = r.evaluation, input = r.input,
      moved_at = ${run.movedAt}, moved_by = ${run.movedBy}, cause = ${run.cause}
    from jsonb_to_recordset(${tx.json(rows as never)}) as r (person_id uuid, outcome text, amount_cents integer,
      linked_insurer_id integer, linked_contract_id uuid, is_awaiting boolean, evaluation jsonb, input jsonb)
    where d.person_id = r.person_id and d.premium_year = ${run.rules.premiumYear} and (
      d.state = 'open'
      or (d.state in ('evaluated', 'decided', 'toPay')
        and d.evaluation - ${NO_DECISION}::text[] is distinct from r.evaluation - ${NO_DECISION}::text[])
      or (d.state = 'paid' and not r.is_awaiting
        and (r.outcome, r.linked_insurer_id, r.linked_contract_id, r.amount_cents)
          is distinct from (d.outcome, d.linked_insurer_id, d.linked_contract_id, d.amount_cents)))`;
  return count;
}

/** Parts of an evaluation that explain and do not decide. */
const NO_DECISION = ["checks", "contracts", "rulesVersion", "rulesFingerprint"];
