import type { Sql } from "../database/sql.ts";
import type { Actor } from "../identity/registry-error.ts";
import { loadFactFile } from "../operator/facts.ts";
import { loadRegisterFile } from "../operator/load-register-file.ts";
import { performActs } from "../operator/perform-act.ts";
import { addCompetenceCodes } from "../register/load-register.ts";
import { REGISTER_COLUMNS } from "../register/register-rows.ts";
import { practise, SINCE } from "./numbers/facts.ts";
import { renewPersons } from "./numbers/renew-persons.ts";
import {
  PORTFOLIO_COMPETENCE_CODE,
  PORTFOLIO_DIGIT,
  PORTFOLIO_HOLDERS,
  portfolioInamiNumberOf,
  portfolioSsinOf,
} from "./portfolio-numbers.ts";

const ACTOR: Actor = { account: "validation" };
const COMPETENCE_CODE = {
  professionDigit: PORTFOLIO_DIGIT,
  code: PORTFOLIO_COMPETENCE_CODE,
  validFrom: "1964-01-01",
  validTo: null,
  label: "holders of portfolios of validation",
};

/**
 * Puts the holders of a group's portfolio in the register, with what the institute knows of them: most are dentists with
 * enough activity, one in five with too little. Those of a group that was there before become new persons.
 */
export async function seedHolders(institute: Sql, { group, today }: { group: number; today: string }): Promise<void> {
  const numbers = Array.from({ length: PORTFOLIO_HOLDERS }, (_, holder) => portfolioInamiNumberOf(group, holder));
  const roots = numbers.map((number) => number.slice(0, 8));
  const register = numbers.map((number, holder) => `${number},${portfolioSsinOf(group, holder)},${SINCE},,,\n`);
  const year = Number(today.slice(0, 4));
  const facts = numbers.flatMap((inamiNumber, holder) =>
    practise({ profession: "dentist", measures: { provisions: holder % 5 === 4 ? 200 : 900 } })(year, true).map(
      (fact) => `${JSON.stringify({ ...fact, inamiNumber })}\n`,
    ),
  );
  await performActs(institute, { actor: ACTOR, method: "CLI", route: "spaces", status: 0 }, async (tx) => {
    await addCompetenceCodes(tx, [COMPETENCE_CODE]);
    const [known] = await tx`select from provider where inami_root = any(${roots}) limit 1`;
    const registered = await loadRegisterFile(tx, ACTOR, {
      ...{ body: inOnePiece(`${REGISTER_COLUMNS.join()}\n${register.join("")}`), isFull: false },
    });
    if (known) await renewPersons(tx, roots);
    const name = `portfolio-${String(group).padStart(3, "0")}-${year}`;
    const [row] = await tx<{ count: number }[]>`
      select count(*)::int as count from fact_file where name like ${`${name.slice(0, -4)}%`}`;
    // The same bytes would be taken for the same file: each time an empty line more stands behind.
    const loaded = await loadFactFile(tx, ACTOR, {
      ...{ body: inOnePiece(facts.join("") + "\n".repeat(row!.count)), name },
      ...{ businessDate: today, amountsAreCents: true },
    });
    if (loaded.receipt.rejected > 0) throw new Error(`facts of the portfolio ${name} were refused`);
    return [registered, loaded];
  });
}

async function* inOnePiece(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}
