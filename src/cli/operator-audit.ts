import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { type ChainFault, describeFault } from "../audit/chain-fault.ts";
import { exportHeads, parseHeadExport, renderHeadExport } from "../audit/export-head.ts";
import { findPersonReads } from "../audit/find-person-reads.ts";
import type { PersonNumbers } from "../audit/person-hash.ts";
import { createSignatureCheck } from "../audit/seal-signature.ts";
import { verifyChains } from "../audit/verify-chain.ts";
import { isInamiNumber } from "../identifiers/inami-number.ts";
import { isSsin } from "../identifiers/ssin.ts";
import { createKeyRing } from "../identity/signing-keys.ts";
import { listOperatorActs } from "../operator/operator-acts.ts";
import { readLimit } from "./operator-alarms.ts";
import { ask, isJson, look, printJson, readPersonHasher, readTextFile } from "./operator-command.ts";
import { CommandRefused, type OperatorSettings, type Surroundings } from "./operator-surroundings.ts";
import { renderTable } from "./operator-table.ts";

/** In JSON, which is printed at the end; the count is always that of all. */
const KEPT_FAULTS = 10_000;
const ACTS = 100;

export function addAuditCommands(program: Command, surroundings: Surroundings): void {
  const audit = program.command("audit").description("prove the audit trail and ask it questions");

  audit
    .command("verify")
    .description(
      "read the whole trail and compare it with its seals; ends with 1 when a row was altered, removed, reordered or inserted",
    )
    .option("--compare <file>", "an earlier export, through which the chains must still lead")
    .option("--start-after <file>", "an earlier export: what came before it is not read")
    .addHelpText("after", "\nExample:\n  infoss audit verify --compare heads-2026-11.json")
    .action(async (options: VerifyFiles, command: Command) => await verify(surroundings, command, options));

  audit
    .command("export")
    .description("write the signed end of every chain, to be kept elsewhere")
    .option("--out <file>", "where to (standard output)")
    .action(async ({ out }: { out?: string }, command: Command) => {
      const text = renderHeadExport(await look(surroundings, command, ({ auditor }) => exportHeads(auditor)));
      if (out === undefined) surroundings.write(text);
      else await writeNewFile(out, text);
    });

  audit
    .command("person")
    .description("answer 'who saw my data': reads the person's numbers from standard input, one a line, SSIN or INAMI")
    .addHelpText("after", "\nThe number is never part of the command. Example:\n  infoss audit person < number.txt")
    .action(async (_options: object, command: Command) => await askForPerson(surroundings, command));

  audit
    .command("acts")
    .description("list what operators did, newest first, and whether the trail holds each act word for word")
    .option("--limit <number>", "at most this many", readLimit, ACTS)
    .action(async ({ limit }: { limit: number }, command: Command) => {
      const acts = await look(surroundings, command, ({ auditor }) => listOperatorActs(auditor, { limit }));
      if (isJson(command)) return printJson(surroundings, acts);
      const rows = acts.map(({ clientId, details, isAudited, ...performed }) => ({
        ...performed,
        client: clientId,
        details: JSON.stringify(details),
        audited: isAudited ? "yes" : "NO",
      }));
      surroundings.write(renderTable(["performedAt", "by", "act", "client", "audited", "details"], rows));
    });
}

interface VerifyFiles {
  readonly compare?: string;
  readonly startAfter?: string;
}

async function verify(surroundings: Surroundings, command: Command, files: VerifyFiles): Promise<void> {
  const earlier = await readExport(files.compare);
  const startAfter = await readExport(files.startAfter);
  const kept: ChainFault[] = [];
  const onFault = (fault: ChainFault) => {
    if (kept.length < KEPT_FAULTS) kept.push(fault);
    if (!isJson(command)) surroundings.write(`${describeFault(fault)}\n`);
  };
  const { chains, faults, unsealed } = await look(surroundings, command, async ({ auditor }, settings) => {
    const checkSignature = await readSignatureCheck(settings);
    return await verifyChains(auditor, {
      checkSignature,
      onFault,
      ...(earlier && { earlier }),
      ...(startAfter && { startAfter }),
    });
  });
  if (isJson(command)) printJson(surroundings, { faultCount: faults, faults: kept, chains, unsealed });
  else {
    surroundings.write(renderTable(["chainId", "seals", "events"], chains));
    const age =
      unsealed.oldestAgeMs === undefined ? "" : `, the oldest for ${(unsealed.oldestAgeMs / 1000).toFixed(1)} s`;
    surroundings.write(`not sealed yet: ${unsealed.count} events${age}\n`);
    surroundings.write(faults === 0 ? "The trail is whole.\n" : `The trail is not whole: ${faults} faults.\n`);
  }
  if (faults > 0) throw new CommandRefused("The audit trail is not as it was sealed.");
}

/** The question itself goes on record, about that person, before it is answered. */
async function askForPerson(surroundings: Surroundings, command: Command): Promise<void> {
  const numbers = readNumbers(await surroundings.readInput());
  const hasher = await readPersonHasher(surroundings.readSettings());
  const { events } = await ask(surroundings, command, async (_tx, actor, database) => {
    const events = await findPersonReads(database.auditor, hasher.hashPerson(numbers));
    return { act: "personAsked" as const, actor, about: numbers, details: { events: events.length }, events };
  });
  if (isJson(command)) return printJson(surroundings, events);
  const rows = events.map((event) => ({ insurerId: null, clientId: null, ...event }));
  surroundings.write(renderTable(["at", "kind", "clientId", "insurerId", "method", "route", "status"], rows));
}

/** Never quotes what was typed. */
function readNumbers(input: string): PersonNumbers {
  const lines = input
    .split(/\r?\n/)
    .map((line) => line.replaceAll(/[\s./-]/g, ""))
    .filter((line) => line !== "");
  const ssins = lines.filter(isSsin);
  const inamiNumbers = lines.filter((line) => isInamiNumber(line));
  const unknown = lines.findIndex((line) => !isSsin(line) && !isInamiNumber(line));
  if (lines.length === 0)
    throw new CommandRefused("Standard input was empty: give the person's SSIN or INAMI number there.");
  if (unknown >= 0)
    throw new CommandRefused(`Line ${unknown + 1} of standard input is neither an SSIN nor an INAMI number.`);
  return { ssins, inamiNumbers };
}

async function readSignatureCheck({ signingKeysFolder }: OperatorSettings) {
  const keyRing = await createKeyRing(signingKeysFolder).catch((error: Error) => {
    throw new CommandRefused(`The keys that signed the trail cannot be read: ${error.message}.`);
  });
  keyRing.close();
  return createSignatureCheck({ keys: [...keyRing.keySet().keys] });
}

async function readExport(path: string | undefined) {
  if (path === undefined) return undefined;
  const text = await readTextFile(path);
  try {
    return parseHeadExport(text);
  } catch {
    throw new CommandRefused(`${path} holds no export of the audit trail.`);
  }
}

async function writeNewFile(path: string, text: string): Promise<void> {
  await writeFile(path, text, { flag: "wx" }).catch((error: Error) => {
    const exists = "code" in error && error.code === "EEXIST";
    throw new CommandRefused(
      `${path} cannot be written: ${exists ? "it is there already" : "this user may not, or there is no such folder"}.`,
    );
  });
}
