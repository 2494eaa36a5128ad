import { type Command, InvalidArgumentError } from "commander";
import type { ExplainedCheck } from "../advantage/explain-dossier.ts";
import type { TransactionSql } from "../database/sql.ts";
import { parseCalendarDate } from "../formats/contract-file/calendar-date.ts";
import type { Actor } from "../identity/registry-error.ts";
import {
  contest,
  type DossierName,
  decideYear,
  type ExplainedDossier,
  evaluateYear,
  explain,
  getPersonId,
  orderYear,
  revise,
  withdraw,
} from "../operator/dossiers.ts";
import type { OperatorChange } from "../operator/operator-change.ts";
import { act, ask, isJson, printJson } from "./operator-command.ts";
import { CommandMistake, type Surroundings } from "./operator-surroundings.ts";
import { renderTable } from "./operator-table.ts";

const NUMBER = "INAMI number, or - to be asked for it or a national number, which are not for command lines";

/** Evaluates, decides, explains and moves dossiers of the social advantage. */
export function addAdvantageCommands(program: Command, surroundings: Surroundings): void {
  const advantage = program
    .command("advantage")
    .description("evaluate, decide and explain dossiers of the social advantage");
  addYearCommands(advantage, surroundings);
  addExplainCommand(advantage, surroundings);

  addDossierCommand(advantage, surroundings, "contest", "enter a contest of the decision", contest).option(
    "--on <day>",
    "the day it came in, when not today",
    readDay,
  );
  addDossierCommand(
    advantage,
    surroundings,
    "revise",
    "end a contest with what facts and contracts give now; by somebody else than who entered it",
    revise,
  );
  addDossierCommand(advantage, surroundings, "withdraw", "withdraw a dossier that was not decided", withdraw);
}

function addYearCommands(advantage: Command, surroundings: Surroundings): void {
  for (const [name, description, order, work] of [
    [
      "evaluate",
      "evaluate everybody for a premium year now; workers do so by themselves when something changes",
      "evaluationOrdered",
      evaluateYear,
    ],
    [
      "decide",
      "decide what is evaluated and awaits nothing, from the day of the decision on",
      "decisionOrdered",
      decideYear,
    ],
  ] as const)
    advantage
      .command(name)
      .description(description)
      .requiredOption("--year <year>", "premium year", readYear)
      .action(async ({ year }: { year: number }, command: Command) => {
        const asked = { premiumYear: year, businessDate: surroundings.today };
        await act(
          surroundings,
          command,
          async (_tx, actor, { institute }) => [await work(institute, actor, asked)],
          async (tx, actor) => [await orderYear(tx, actor, order, asked)],
        );
      });
}

function addExplainCommand(advantage: Command, surroundings: Surroundings): void {
  advantage
    .command("explain")
    .description("tell why a dossier stands where it does: each condition, what was seen, what was asked")
    .argument("<number>", NUMBER)
    .requiredOption("--year <year>", "premium year", readYear)
    .option("--move <number>", "as it stood after this move: evaluated again from what was known then", readMove)
    .action(async (number: string, { year, move }: { year: number; move?: number }, command: Command) => {
      const sought = await readNumber(surroundings, number);
      const { explained } = await ask(surroundings, command, async (tx, actor) => {
        const personId = await getPersonId(tx, sought);
        return await explain(tx, actor, { personId, premiumYear: year, moveNumber: move });
      });
      if (isJson(command)) printJson(surroundings, explained);
      else surroundings.write(renderExplained(explained));
    });
}

type Work = (
  tx: TransactionSql,
  actor: Actor,
  dossier: DossierName & { businessDate: string; on?: string | undefined },
) => Promise<OperatorChange>;

function addDossierCommand(
  advantage: Command,
  surroundings: Surroundings,
  name: string,
  description: string,
  work: Work,
): Command {
  return advantage
    .command(name)
    .description(description)
    .argument("<number>", NUMBER)
    .requiredOption("--year <year>", "premium year", readYear)
    .action(async (number: string, { year, on }: { year: number; on?: string }, command: Command) => {
      const sought = await readNumber(surroundings, number);
      await act(surroundings, command, async (tx, actor) => {
        const personId = await getPersonId(tx, sought);
        return [await work(tx, actor, { personId, premiumYear: year, businessDate: surroundings.today, on })];
      });
    });
}

async function readNumber(surroundings: Surroundings, number: string): Promise<string> {
  const digits = (number === "-" ? await surroundings.readInput() : number).replace(/[\s./-]/g, "");
  if (number !== "-" && /^\d{11}$/.test(digits) === false && /^\d{8}$/.test(digits) === false)
    throw new CommandMistake("An INAMI number has 8 or 11 digits.");
  return digits;
}

function renderExplained({ moves, move, explanation }: ExplainedDossier): string {
  const rows = moves.map((each) => ({ ...each, reasons: each.reasons?.join(" ") ?? null }));
  const history = renderTable(
    ["moveNumber", "movedAt", "movedBy", "cause", "toState", "outcome", "level", "months", "amountCents", "reasons"],
    rows,
  );
  if (!explanation) return history;
  const { rulesVersion, rulesFingerprint } = explanation.evaluation;
  const head = `move ${move.moveNumber}: rules version ${rulesVersion} (${rulesFingerprint}), on ${explanation.input.businessDate}, ${
    explanation.isSame ? "reproduced byte by byte" : "NOT what was evaluated then: the program changed"
  }\n`;
  return `${history}\n${head}${renderTable(["rule", "about", "passed", "seen", "bound"], explanation.checks.map(renderCheck))}`;
}

function renderCheck({ rule, about, passed, seen, bound }: ExplainedCheck) {
  const text = (value: unknown) => (value === undefined || value === null ? null : JSON.stringify(value));
  return { rule, about: about ?? null, passed: passed ?? "unknown", seen: text(seen), bound: text(bound) };
}

function readYear(text: string): number {
  if (/^20\d\d$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It takes a premium year, such as 2024.");
}

function readMove(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It takes the number of a move.");
}

function readDay(text: string): string {
  if (parseCalendarDate(text) > 0) return text;
  throw new InvalidArgumentError("It takes a day, yyyy-mm-dd.");
}
