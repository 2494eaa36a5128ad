import { createHash } from "node:crypto";
import { type Command, InvalidArgumentError, Option } from "commander";
import { runTransaction } from "../database/run-transaction.ts";
import { renderPain001 } from "../formats/payment/render-pain001.ts";
import { renderPaymentCsv } from "../formats/payment/render-payment-csv.ts";
import { parseIban } from "../identifiers/iban.ts";
import { parseBookings } from "../payments/booking.ts";
import { importPayments, type RowFinding } from "../payments/import-payments.ts";
import { makeRun, previewRun } from "../payments/make-run.ts";
import { orderRun, withdrawRun } from "../payments/order-run.ts";
import { readPaymentList } from "../payments/payment-list.ts";
import { listCarried, listRunAdvices, listRuns } from "../payments/run-queries.ts";
import { readLimit } from "./operator-alarms.ts";
import { act, ask, isJson, printJson, readTextFile, show } from "./operator-command.ts";
import { addIbanCommands } from "./operator-ibans.ts";
import { CommandMistake, type Surroundings } from "./operator-surroundings.ts";

const RUNS = 20;

export function addPaymentCommands(program: Command, surroundings: Surroundings): void {
  const payments = program.command("payments").description("pay what was decided, and book what became of it");
  addRunCommands(payments, surroundings);
  addLookCommands(payments, surroundings);
  addExportCommand(payments, surroundings);
  payments
    .command("import")
    .description(
      "book what was executed and what came back; a row that cannot be booked is told, the others are booked",
    )
    .argument("<file>", "CSV with the header reference,line,outcome,amountCents,bookedOn,reason")
    .action(async (path: string, _options: object, command: Command) => {
      const text = await readTextFile(path);
      const rows = parseBookings(text);
      const sha256 = createHash("sha256").update(text).digest("hex");
      let findings: readonly RowFinding[] = [];
      await act(surroundings, command, async (tx, actor) => {
        const change = await importPayments(tx, actor, { rows, sha256, today: surroundings.today });
        findings = change.findings;
        return [change];
      });
      for (const { line, code } of findings) surroundings.say(`line ${line}: ${code}\n`);
    });
  addIbanCommands(payments, surroundings);
}

function addRunCommands(payments: Command, surroundings: Surroundings): void {
  payments
    .command("preview")
    .description("tell what a run of the premium year would pay now, and what it could not; changes nothing")
    .argument("<year>", "the premium year", readYear)
    .action(async (premiumYear: number, _options: object, command: Command) => {
      const columns = [
        ...(["enterpriseNumber", "obstacle", "lines", "paymentsCents", "recoveriesCents", "carriedInCents"] as const),
      ];
      await show(surroundings, command, columns, ({ institute }) =>
        runTransaction(institute, (tx) => previewRun(tx, premiumYear)),
      );
    });
  payments
    .command("run")
    .description("make the next run of the premium year: dossiers become toPay, amounts and accounts stand")
    .argument("<year>", "the premium year", readYear)
    .action(async (premiumYear: number, _options: object, command: Command) => {
      await act(surroundings, command, async (tx, actor) => [
        await makeRun(tx, actor, { premiumYear, today: surroundings.today }),
      ]);
    });
  payments
    .command("order")
    .description("order a prepared run: insurers see their advices, the list can be exported; what moved is withheld")
    .argument("<run>", "as `payments list` shows it")
    .action(async (runId: string, _options: object, command: Command) => {
      await act(surroundings, command, async (tx, actor) => [
        await orderRun(tx, actor, { runId, today: surroundings.today }),
      ]);
    });
  payments
    .command("withdraw")
    .description("give a prepared run up; what it would have paid is due again")
    .argument("<run>", "as `payments list` shows it")
    .action(async (runId: string, _options: object, command: Command) => {
      await act(surroundings, command, async (tx, actor) => [await withdrawRun(tx, actor, { runId })]);
    });
}

function addLookCommands(payments: Command, surroundings: Surroundings): void {
  payments
    .command("list")
    .description("list the runs, newest first, or the advices of one")
    .argument("[run]")
    .option("--limit <number>", "at most this many runs", readLimit, RUNS)
    .action(async (runId: string | undefined, { limit }: { limit: number }, command: Command) => {
      if (runId === undefined) {
        const columns = [
          ...(["runId", "premiumYear", "runNumber", "state", "advices", "totalCents", "providers"] as const),
          ...(["providersCents", "madeBy", "endedBy"] as const),
        ];
        return await show(surroundings, command, columns, ({ institute }) => listRuns(institute, { limit }));
      }
      const columns = [
        ...([
          "enterpriseNumber",
          "reference",
          "state",
          "lineCount",
          "linesCents",
          "carriedInCents",
          "totalCents",
        ] as const),
        ...(["carriedOutCents", "iban", "executedOn", "returnedOn"] as const),
      ];
      await show(surroundings, command, columns, ({ institute }) => listRunAdvices(institute, runId));
    });
  payments
    .command("carried")
    .description("list what insurers still owe from earlier runs, which their next advice takes")
    .action(async (_options: object, command: Command) => {
      await show(surroundings, command, ["enterpriseNumber", "carriedCents"], ({ institute }) =>
        listCarried(institute),
      );
    });
}

interface ExportOptions {
  readonly format: "csv" | "pain001";
  readonly fromIban?: string;
  readonly fromName?: string;
  readonly on?: string;
}

function addExportCommand(payments: Command, surroundings: Surroundings): void {
  payments
    .command("export")
    .description("write the list of a run that was ordered, for whoever pays: the same bytes each time")
    .argument("<run>", "as `payments list` shows it")
    .addOption(
      new Option("--format <format>", "a table, or an ISO 20022 file").choices(["csv", "pain001"]).default("csv"),
    )
    .option("--from-iban <iban>", "of pain001: the account that pays")
    .option("--from-name <name>", "of pain001: whose it is")
    .option("--on <day>", "of pain001: when to pay, yyyy-mm-dd (today)")
    .action(async (runId: string, options: ExportOptions, command: Command) => {
      const payer = options.format === "pain001" ? readPayer(options, surroundings.today) : undefined;
      const { list } = await ask(surroundings, command, (tx, actor) => readPaymentList(tx, actor, runId));
      if (isJson(command)) printJson(surroundings, list);
      else surroundings.write(payer ? renderPain001(list, payer) : renderPaymentCsv(list));
    });
}

function readPayer({ fromIban = "", fromName, on }: ExportOptions, today: string) {
  const iban = parseIban(fromIban);
  if (iban === undefined || !fromName)
    throw new CommandMistake("pain001 needs --from-iban with an IBAN, and --from-name.");
  const executeOn = on ?? today;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(executeOn)) throw new CommandMistake("--on takes a day, yyyy-mm-dd.");
  return { iban, name: fromName, executeOn };
}

function readYear(text: string): number {
  if (/^20\d\d$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It takes a premium year, such as 2024.");
}
