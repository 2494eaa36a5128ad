import type { Sql } from "../database/sql.ts";
import { type EvaluationCounts, evaluateAllDossiers } from "./evaluate-dossiers.ts";
import type { MoveRun } from "./move-run.ts";

/** Evaluates everybody for a premium year and keeps that it was done with these rules. */
export async function evaluateEverybody(institute: Sql, run: MoveRun): Promise<EvaluationCounts> {
  const { premiumYear, version, fingerprint } = run.rules;
  const [started] = await institute<{ runId: string }[]>`
    insert into evaluation_run (premium_year, rules_version, rules_fingerprint, cause, started_by, started_at)
    values (${premiumYear}, ${version}, ${fingerprint}, ${run.cause}, ${run.movedBy}, clock_timestamp()) returning run_id as "runId"`;
  const counts = await evaluateAllDossiers(institute, run);
  await institute`
    update evaluation_run set finished_at = clock_timestamp(), evaluated = ${counts.evaluated}, moved = ${counts.moved}
    where run_id = ${started!.runId}`;
  return counts;
}
