import { loadRulesInForce, lockPremiumYears } from "../../advantage/rules-in-force.ts";
import type { Sql, TransactionSql } from "../../database/sql.ts";
import type { Actor } from "../../identity/registry-error.ts";
import { loadRegisterFile } from "../../operator/load-register-file.ts";
import type { OperatorChange } from "../../operator/operator-change.ts";
import { type Acts, performActs } from "../../operator/perform-act.ts";
import { loadPremiumYearFiles } from "../../operator/premium-years.ts";
import { addCompetenceCodes } from "../../register/load-register.ts";
import { addComingYears } from "./coming-years.ts";
import { listRoots, renderFacts, renderFormerRegister, renderRegister } from "./group-files.ts";
import { bytesOf, type HolderFile, loadHolders } from "./load-holders.ts";
import { SHARED_GROUP, SYNTHETIC_COMPETENCE_CODE, SYNTHETIC_DIGIT } from "./synthetic-number.ts";

export interface NumbersSeed {
  /** 0 to 999. */
  readonly group: number;
  /** The real business day: contracts that are declared today are to count for its year. */
  readonly today: string;
}

const ACTOR: Actor = { account: "validation" };

/**
 * Puts the numbers of a group with all that is known of their holders in the register and among the facts of validation, as
 * operators load them (and with their audit events); role `infoss_institute`. A group that was there before becomes new: its
 * numbers go to persons of whom nothing was ever decided. A premium year that nobody has published yet becomes known, so that
 * a contract declared today can be paid.
 */
export async function seedNumbers(institute: Sql, { group, today }: NumbersSeed): Promise<void> {
  const isKnown = await isInRegister(institute, group);
  if (!isKnown) {
    await perform(institute, async (tx) =>
      (await isInRegister(tx, group)) ? [] : [await loadFormerRegister(tx, group)],
    );
  }
  await perform(institute, async (tx) => {
    const years = group === SHARED_GROUP ? [] : await addYears(tx, today);
    const facts = await renderFactsOfToday(tx, group, today);
    // Another process that starts at the same time may have been first.
    if (group === SHARED_GROUP && (await isLoaded(tx, facts))) return years;
    await addCompetenceCodes(tx, [COMPETENCE_CODE]);
    const holders = {
      ...{ roots: listRoots(group), register: renderRegister(group), facts, today },
      areNew: isKnown && group !== SHARED_GROUP,
    };
    return [...years, ...(await loadHolders(tx, ACTOR, holders))];
  });
}

/** Group 000, at the start of a gateway of validation; nothing where it is there as it would be made now. */
export async function seedSharedNumbers(institute: Sql, today: string): Promise<void> {
  if (await isLoaded(institute, await renderFactsOfToday(institute, SHARED_GROUP, today))) return;
  await seedNumbers(institute, { group: SHARED_GROUP, today });
}

async function renderFactsOfToday(sql: Sql | TransactionSql, group: number, today: string): Promise<HolderFile> {
  const year = Number(today.slice(0, 4));
  return renderFacts(group, year, (await loadRulesInForce(sql)).years.has(year));
}

async function isLoaded(sql: Sql | TransactionSql, { name }: HolderFile): Promise<boolean> {
  const [row] = await sql`select from fact_file where name = ${name}`;
  return row !== undefined;
}

const COMPETENCE_CODE = {
  professionDigit: SYNTHETIC_DIGIT,
  code: SYNTHETIC_COMPETENCE_CODE,
  validFrom: "1964-01-01",
  validTo: null,
  label: "synthetic numbers of validation",
};

async function perform(institute: Sql, acts: Acts<readonly OperatorChange[]>): Promise<void> {
  await performActs(institute, { actor: ACTOR, method: "CLI", route: "numbers", status: 0 }, async (tx, actor) => {
    await tx`select pg_advisory_xact_lock(hashtextextended('synthetic numbers', 0))`;
    return await acts(tx, actor);
  });
}

async function isInRegister(sql: Sql | TransactionSql, group: number): Promise<boolean> {
  const [row] = await sql`select from provider where inami_root = any(${listRoots(group)}) limit 1`;
  return row !== undefined;
}

async function addYears(tx: TransactionSql, today: string): Promise<OperatorChange[]> {
  await lockPremiumYears(tx);
  const files = addComingYears(await loadRulesInForce(tx), Number(today.slice(0, 4)), today);
  if (!files) return [];
  return [await loadPremiumYearFiles(tx, ACTOR, { files, reason: "contracts declared today are to count", today })];
}

async function loadFormerRegister(tx: TransactionSql, group: number): Promise<OperatorChange> {
  return await loadRegisterFile(tx, ACTOR, { body: bytesOf(renderFormerRegister(group)), isFull: false });
}
