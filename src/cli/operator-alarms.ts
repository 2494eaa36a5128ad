import { type Command, InvalidArgumentError } from "commander";
import { listAlarms } from "../operations/alarms.ts";
import { acknowledge } from "../operator/acknowledge.ts";
import { listHeld, refuseSubmission, releaseSubmission } from "../operator/held-submissions.ts";
import { loadRegisterFile, previewRegisterFile } from "../operator/load-register-file.ts";
import { listQuarantined, replaySubmission } from "../operator/quarantine.ts";
import { readBytes } from "../register/load-register.ts";
import { act, isJson, look, printJson, show } from "./operator-command.ts";
import type { Surroundings } from "./operator-surroundings.ts";
import { renderTable } from "./operator-table.ts";

const LIMIT = 100;

export function addAlarmCommands(program: Command, surroundings: Surroundings): void {
  const alarms = program.command("alarms").description("see what went wrong and say that it was seen");

  alarms
    .command("list")
    .description("list the open alarms, newest first")
    .option("--all", "acknowledged ones too")
    .option("--limit <number>", "at most this many", readLimit, LIMIT)
    .action(async (options: { all?: true; limit: number }, command: Command) => {
      const page = { limit: options.limit, ...(options.all ? {} : { open: true }) };
      const found = await look(surroundings, command, ({ institute }) => listAlarms(institute, page));
      if (isJson(command)) return printJson(surroundings, found);
      const rows = found.map(({ details, ...alarm }) => ({ ...alarm, details: JSON.stringify(details) }));
      const columns = [
        "alarmId",
        "code",
        "insurerId",
        "raisedAt",
        "lastRaisedAt",
        "acknowledgedBy",
        "details",
      ] as const;
      surroundings.write(
        renderTable(
          columns,
          rows.map((row) => ({ insurerId: null, acknowledgedBy: null, ...row })),
        ),
      );
    });

  alarms
    .command("acknowledge")
    .description("say that an alarm was seen")
    .argument("<id>")
    .action(async (alarmId: string, _options: object, command: Command) => {
      await act(surroundings, command, async (tx, actor) => [await acknowledge(tx, actor, { alarmId })]);
    });
}

export function addSubmissionCommands(program: Command, surroundings: Surroundings): void {
  const submissions = program
    .command("submissions")
    .description("see submissions that wait for an operator, and decide on them");

  submissions
    .command("list")
    .description("list the quarantined submissions, oldest first")
    .option("--limit <number>", "at most this many", readLimit, LIMIT)
    .action(async ({ limit }: { limit: number }, command: Command) => {
      const columns = ["submissionId", "enterpriseNumber", "kind", "attempts", "receivedAt"] as const;
      await show(surroundings, command, columns, ({ institute }) => listQuarantined(institute, { limit }));
    });

  submissions
    .command("replay")
    .description("hand a quarantined submission to the workers again, with all its attempts before it")
    .argument("<id>")
    .action(async (submissionId: string, _options: object, command: Command) => {
      await act(surroundings, command, async (tx, actor) => [await replaySubmission(tx, actor, { submissionId })]);
    });

  addHeldCommands(submissions, surroundings);
}

function addHeldCommands(submissions: Command, surroundings: Surroundings): void {
  submissions
    .command("held")
    .description("list the deltas that are held for what they would close or cancel, oldest first")
    .option("--limit <number>", "at most this many", readLimit, LIMIT)
    .action(async ({ limit }: { limit: number }, command: Command) => {
      const columns = [
        "submissionId",
        "enterpriseNumber",
        "sequence",
        "closures",
        "contracts",
        "percent",
        "receivedAt",
      ] as const;
      await show(surroundings, command, columns, ({ institute }) => listHeld(institute, { limit }));
    });
  const decisions = [
    { name: "release", description: "let a held delta run, whatever it closes or cancels", decide: releaseSubmission },
    { name: "refuse", description: "refuse a held delta: nothing of it is merged", decide: refuseSubmission },
  ];
  for (const { name, description, decide } of decisions) {
    submissions
      .command(name)
      .description(description)
      .argument("<id>")
      .action(async (submissionId: string, _options: object, command: Command) => {
        await act(surroundings, command, async (tx, actor) => [await decide(tx, actor, { submissionId })]);
      });
  }
}

export function addRegisterCommands(program: Command, surroundings: Surroundings): void {
  const register = program.command("register").description("keep the register of providers");
  register
    .command("load")
    .description("load a CSV file, all rows or none; what changes becomes a version, contracts are checked again")
    .argument("<file>", REGISTER_FILE)
    .option("--full", FULL)
    .action(async (path: string, { full }: { full?: true }, command: Command) => {
      const file = { body: readBytes(path), isFull: full === true };
      await act(surroundings, command, async (tx, actor) => [await loadRegisterFile(tx, actor, file)]);
    });
  register
    .command("preview")
    .description("tell what loading a CSV file would do, and to how many contracts of which insurer; changes nothing")
    .argument("<file>", REGISTER_FILE)
    .option("--full", FULL)
    .action(async (path: string, { full }: { full?: true }, command: Command) => {
      const columns = ["what", "count"] as const;
      const file = { body: readBytes(path), isFull: full === true };
      await show(surroundings, command, columns, async (database) => {
        const { effect, affected } = await previewRegisterFile(database, file);
        const counts = Object.entries(effect).map(([what, count]) => ({ what, count: Number(count) }));
        const contracts = affected.map((of) => ({ what: `contracts of ${of.enterpriseNumber}`, count: of.contracts }));
        return [...counts, ...contracts];
      });
    });
}

const REGISTER_FILE = "columns inamiNumber,ssin,validFrom,validTo,replacedBy,deceasedOn";
const FULL = "the file holds the whole register: count the providers that are not in it";

export function readLimit(text: string): number {
  const number = Number(text);
  if (/^\d{1,5}$/.test(text) && number > 0) return number;
  throw new InvalidArgumentError("It takes a whole number from 1 to 99999.");
}
