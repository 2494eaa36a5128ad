import type { Sql } from "../database/sql.ts";
import type { ChangedYear } from "./check-premium-years.ts";
import { type ConclusionRow, isSameConclusion, toConclusionRow } from "./conclusion.ts";
import type { DossierState } from "./dossier-states.ts";
import { evaluateDossier } from "./evaluate-dossier.ts";
import { findMove } from "./evaluate-dossiers.ts";
import { type KeptDossier, listDossiers } from "./list-dossiers.ts";
import { type LoadedInput, loadDossierInputs } from "./load-dossier-inputs.ts";

/** What somebody comes to by some rules. */
export type PreviewedOutcome = Pick<ConclusionRow, "outcome" | "isAwaiting" | "level" | "amountCents" | "reasons">;

/** Somebody whose outcome would be another. */
export interface AffectedDossier {
  readonly premiumYear: number;
  readonly personId: string;
  /** Absent: there is no dossier yet. */
  readonly state?: DossierState;
  /** By the rules in force; absent: the year is new. */
  readonly before?: PreviewedOutcome;
  readonly after: PreviewedOutcome;
  /** Where the evaluation would lead the dossier; absent: it stays, or operators decide. */
  readonly movesTo?: DossierState;
}

/** How many go from one outcome to another, and what that makes in money. */
export interface PreviewCount {
  readonly premiumYear: number;
  readonly from: string;
  readonly to: string;
  readonly persons: number;
  /** Of their amounts together, after less before. */
  readonly differenceCents: number;
}

export interface PremiumYearsPreview {
  readonly evaluated: number;
  readonly counts: readonly PreviewCount[];
  /** The first ones, by premium year and person. */
  readonly rows: readonly AffectedDossier[];
}

export interface PreviewOptions {
  readonly businessDate: string;
  /** Rows at most; all are counted. */
  readonly limit: number;
}

const BATCH_PERSONS = 1_000;

/** Evaluates everybody by the rules in force and by the changed ones, on the same facts and day; writes nothing. */
export async function previewPremiumYears(
  institute: Sql,
  changed: readonly ChangedYear[],
  { businessDate, limit }: PreviewOptions,
): Promise<PremiumYearsPreview> {
  const counts = new Map<string, PreviewCount>();
  const rows: AffectedDossier[] = [];
  let evaluated = 0;
  for (const year of changed) {
    for await (const personIds of listPersonIds(institute)) {
      const [inputs, dossiers] = await Promise.all([
        loadDossierInputs(institute, year.premiumYear, personIds),
        listDossiers(institute, year.premiumYear, personIds),
      ]);
      const dossierOf = new Map(dossiers.map((dossier) => [dossier.personId, dossier]));
      evaluated += inputs.length;
      for (const input of inputs) {
        const affected = compare(year, input, dossierOf.get(input.person.personId), businessDate);
        if (!affected) continue;
        count(counts, affected);
        if (rows.length < limit) rows.push(affected);
      }
    }
  }
  return { evaluated, counts: [...counts.values()], rows };
}

async function* listPersonIds(institute: Sql): AsyncGenerator<readonly string[]> {
  let after: string | undefined;
  for (;;) {
    const rows = await institute<{ personId: string }[]>`
      select person_id as "personId" from person
      where replaced_by is null ${after === undefined ? institute`` : institute`and person_id > ${after}`}
      order by person_id limit ${BATCH_PERSONS}`;
    if (rows.length === 0) return;
    after = rows.at(-1)!.personId;
    yield rows.map(({ personId }) => personId);
  }
}

function compare(
  { premiumYear, rules, before }: ChangedYear,
  input: LoadedInput,
  dossier: KeptDossier | undefined,
  businessDate: string,
): AffectedDossier | undefined {
  const after = toConclusionRow(evaluateDossier({ ...input, rules, businessDate }));
  const former = before && toConclusionRow(evaluateDossier({ ...input, rules: before, businessDate }));
  if (former && isSameConclusion(former, after)) return undefined;
  const movesTo = dossier && findMove(dossier, after);
  return {
    premiumYear,
    personId: input.person.personId,
    ...(dossier && { state: dossier.state }),
    ...(former && { before: pick(former) }),
    after: pick(after),
    ...(movesTo && { movesTo }),
  };
}

function pick({ outcome, isAwaiting, level, amountCents, reasons }: ConclusionRow): PreviewedOutcome {
  return { outcome, isAwaiting, level, amountCents, reasons };
}

function count(counts: Map<string, PreviewCount>, { premiumYear, before, after }: AffectedDossier): void {
  const [from, to] = [before ? describe(before) : "newYear", describe(after)];
  const key = `${premiumYear} ${from} ${to}`;
  const { persons, differenceCents } = counts.get(key) ?? { persons: 0, differenceCents: 0 };
  const difference = (after.amountCents ?? 0) - (before?.amountCents ?? 0);
  const total = differenceCents + difference;
  counts.set(key, { premiumYear, from, to, persons: persons + 1, differenceCents: total });
}

/** Rules differ in what is paid and in what is still waited for. */
function describe({ outcome, isAwaiting }: PreviewedOutcome): string {
  return isAwaiting ? `${outcome}, awaiting` : outcome;
}
