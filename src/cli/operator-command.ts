import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { createPersonHasher, type PersonHasher } from "../audit/person-hash.ts";
import type { Database } from "../database/connection.ts";
import type { TransactionSql } from "../database/sql.ts";
import type { Actor } from "../identity/registry-error.ts";
import type { OperatorChange } from "../operator/operator-change.ts";
import { performActs } from "../operator/perform-act.ts";
import { describeDatabase, withDatabase } from "./operator-database.ts";
import { CommandMistake, CommandRefused, type OperatorSettings, type Surroundings } from "./operator-surroundings.ts";
import { type Cell, renderTable } from "./operator-table.ts";

/** Options that every command takes. */
export interface SharedOptions {
  readonly environment?: string;
  readonly as?: string;
  readonly json?: true;
}

export type Acts<Changes extends readonly OperatorChange[] = readonly OperatorChange[]> = (
  tx: TransactionSql,
  actor: Actor,
  database: Database,
) => Promise<Changes>;

/**
 * Does the acts of a command, all or none, each with its audit event, and prints what changed. `orders` are on record
 * before: of acts that commit in parts, which no failure afterwards could take back.
 */
export async function act(surroundings: Surroundings, command: Command, acts: Acts, orders?: Acts): Promise<void> {
  const settings = surroundings.readSettings();
  requireTarget(settings, command);
  const changes = await perform(surroundings, command, settings, acts, orders);
  if (isJson(command)) return printJson(surroundings, changes.map(describeChange));
  for (const change of changes) surroundings.write(`${renderChange(change)}\n`);
}

/**
 * Looks something up that is itself put on record, and answers it when it is: nothing of it is to be printed before. As
 * `look`, it changes nothing and needs no environment.
 */
export async function ask<Change extends OperatorChange>(
  surroundings: Surroundings,
  command: Command,
  find: (tx: TransactionSql, actor: Actor, database: Database) => Promise<Change>,
): Promise<Change> {
  const acts: Acts<readonly [Change]> = async (tx, actor, database) => [await find(tx, actor, database)];
  const [change] = await perform(surroundings, command, readOwnTarget(surroundings, command), acts);
  return change;
}

async function perform<Changes extends readonly OperatorChange[]>(
  surroundings: Surroundings,
  command: Command,
  settings: OperatorSettings,
  acts: Acts<Changes>,
  orders?: Acts,
): Promise<Changes> {
  const account = nameAccount(surroundings, command);
  showTarget(surroundings, settings, account);
  const persons = () => readPersonHasher(settings);
  const performer = { actor: { account }, method: "CLI", route: nameCommand(command), status: 0, persons };
  return await withDatabase(settings, async (database) => {
    const keep = <Kept extends readonly OperatorChange[]>(kept: Acts<Kept>) =>
      performActs(database.institute, performer, (tx, actor) => kept(tx, actor, database));
    if (orders) await keep(orders);
    return await keep(acts);
  });
}

/** With the key of the audit trail. Throws CommandRefused when it cannot be read. */
export async function readPersonHasher({ auditKeyFile }: OperatorSettings): Promise<PersonHasher> {
  const key = await readFile(auditKeyFile).catch(() => {
    throw new CommandRefused(`The key of the audit trail cannot be read from ${auditKeyFile}.`);
  });
  return createPersonHasher(key);
}

/** Prints what `list` finds, as a table of the columns or, as JSON, whole. */
export async function show<Name extends string, Item extends Readonly<Record<Name, Cell>>>(
  surroundings: Surroundings,
  command: Command,
  columns: readonly Name[],
  list: (database: Database) => Promise<readonly Item[]>,
): Promise<void> {
  const items = await look(surroundings, command, list);
  if (isJson(command)) printJson(surroundings, items);
  else surroundings.write(renderTable(columns, items));
}

/** Looks something up, which changes nothing and needs no environment to be named. */
export async function look<T>(
  surroundings: Surroundings,
  command: Command,
  find: (database: Database, settings: OperatorSettings) => Promise<T>,
): Promise<T> {
  const settings = readOwnTarget(surroundings, command);
  showTarget(surroundings, settings, nameAccount(surroundings, command));
  return await withDatabase(settings, (database) => find(database, settings));
}

export function isJson(command: Command): boolean {
  return shared(command).json === true;
}

export function printJson(surroundings: Surroundings, value: unknown): void {
  surroundings.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** The text of a file that an option names; throws CommandRefused when it cannot be read. */
export async function readTextFile(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    throw new CommandRefused(
      `${path} cannot be read: ${isMissing ? "there is no such file" : "this user may not, or it is no file"}.`,
    );
  }
}

function shared(command: Command): SharedOptions {
  return command.optsWithGlobals<SharedOptions>();
}

/** An act in the wrong environment cannot be taken back by being sorry: the operator says which one is meant. */
function requireTarget(settings: OperatorSettings, command: Command): void {
  const { environment } = shared(command);
  if (environment === settings.environment) return;
  throw new CommandMistake(
    environment === undefined
      ? `Say which environment is meant: --environment ${settings.environment} is the one that the settings here are for.`
      : `The settings here are for the environment ${settings.environment}, not for ${environment}: nothing was done.`,
  );
}

/** Where nothing is changed the settings say the environment; one that is named all the same must be theirs. */
function readOwnTarget(surroundings: Surroundings, command: Command): OperatorSettings {
  const settings = surroundings.readSettings();
  if (shared(command).environment !== undefined) requireTarget(settings, command);
  return settings;
}

function showTarget(surroundings: Surroundings, settings: OperatorSettings, account: string): void {
  surroundings.say(`environment ${settings.environment}, ${describeDatabase(settings)}, as ${account}\n`);
}

function nameAccount(surroundings: Surroundings, command: Command): string {
  const account = shared(command).as ?? surroundings.account;
  if (/^[^\p{Cc}\p{Zl}\p{Zp}]{1,100}$/u.test(account)) return account;
  throw new CommandMistake("--as takes a name of 1 to 100 characters on one line.");
}

/** The words of the command, without its arguments: how the audit trail names it. */
function nameCommand(command: Command): string {
  return command.parent ? `${nameCommand(command.parent)} ${command.name()}` : command.name();
}

function describeChange({ act: name, insurerId, clientId, details }: OperatorChange) {
  return {
    act: name,
    ...(insurerId !== undefined && { insurerId }),
    ...(clientId !== undefined && { clientId }),
    details,
  };
}

function renderChange({ act: name, clientId, details }: OperatorChange): string {
  const parts = Object.entries(details).flatMap(([key, value]) => (value === null ? [] : [`${key} ${String(value)}`]));
  return `${name}: ${[...(clientId === undefined ? [] : [`client ${clientId}`]), ...parts].join(", ")}`;
}
