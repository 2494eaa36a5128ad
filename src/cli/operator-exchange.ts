import { type Command, Option } from "commander";
import { createBusinessClock } from "../clock.ts";
import { changeAccount, listAccounts, openAccount } from "../exchange/account-registry.ts";
import { LANGUAGES, type Language } from "../findings/language.ts";
import { registerSigningCertificate, revokeSigningCertificate } from "../identity/credential-registry.ts";
import { listAnswers, publishAgain, requestStatusSnapshot } from "../operator/answers.ts";
import { listSigningCertificates } from "../operator/registry-queries.ts";
import { listSetAside, replayDrop } from "../operator/set-aside-drops.ts";
import { readLimit } from "./operator-alarms.ts";
import { act, readTextFile, show } from "./operator-command.ts";
import { addList, readThumbprint } from "./operator-credentials.ts";
import type { Surroundings } from "./operator-surroundings.ts";

const CLIENT = "id of the client";
const LIMIT = 100;

interface AccountOptions {
  readonly signature: "required" | "none";
  readonly language: Language;
}

export function addAccountCommands(program: Command, surroundings: Surroundings): void {
  const account = program
    .command("account")
    .description("keep the SFTP accounts of clients; their keys are `ssh-key`s");

  const withSettings = (command: Command) =>
    command
      .addOption(
        new Option("--signature <rule>", "whether each file needs a signature (FS)")
          .choices(["required", "none"])
          .default("none"),
      )
      .addOption(new Option("--language <code>", "of the texts in its reports").choices(LANGUAGES).default("fr"));

  withSettings(account.command("open"))
    .description("open the SFTP account of a client")
    .argument("<client>", CLIENT)
    .argument("<name>", "lower-case letters, digits, hyphens; also the user and the folder")
    .addHelpText("after", "\nExample:\n  infoss account open alpha-1 alpha --language nl --environment validation")
    .action(async (clientId: string, accountName: string, options: AccountOptions, command: Command) => {
      const settings = readSettings(options);
      await act(surroundings, command, async (tx, actor) => [
        await openAccount(tx, actor, { clientId, accountName, ...settings }),
      ]);
    });

  withSettings(account.command("change"))
    .description("set what is agreed about the account of a client, from the next file on")
    .argument("<client>", CLIENT)
    .action(async (clientId: string, options: AccountOptions, command: Command) => {
      const settings = readSettings(options);
      await act(surroundings, command, async (tx, actor) => [
        await changeAccount(tx, actor, { clientId, ...settings }),
      ]);
    });

  addList(account, "list the accounts", async (command, client) => {
    const columns = ["accountName", "clientId", "signatureRequired", "language", "openedAt"] as const;
    const list = async ({ institute }: { institute: Parameters<typeof listAccounts>[0] }) => {
      const rows = await listAccounts(institute, client);
      return rows.map((row) => ({ ...row, signatureRequired: row.signatureRequired ? "yes" : "no" }));
    };
    await show(surroundings, command, columns, list);
  });
}

function readSettings({ signature, language }: AccountOptions) {
  return { signatureRequired: signature === "required", language };
}

export function addSigningCertificateCommands(program: Command, surroundings: Surroundings): void {
  const certificate = program
    .command("signing-certificate")
    .description("keep the certificates that verify signatures (FS) of files: one in use, one to follow it");

  certificate
    .command("register")
    .description("register a certificate (PEM; the first one in the file)")
    .argument("<client>", CLIENT)
    .argument("<file>")
    .action(async (clientId: string, file: string, _options: object, command: Command) => {
      const pem = await readTextFile(file);
      await act(surroundings, command, async (tx, actor) => [
        await registerSigningCertificate(tx, actor, { clientId, pem }),
      ]);
    });

  certificate
    .command("revoke")
    .description("revoke a certificate: no signature of its key holds from the next file on")
    .argument("<client>", CLIENT)
    .argument("<thumbprint>", "as `signing-certificate list` shows it")
    .action(async (clientId: string, text: string, _options: object, command: Command) => {
      const thumbprint = readThumbprint(text);
      await act(surroundings, command, async (tx, actor) => [
        await revokeSigningCertificate(tx, actor, { clientId, thumbprint }),
      ]);
    });

  addList(certificate, "list the certificates, expired and revoked ones too", async (command, client) => {
    const columns = ["clientId", "thumbprint", "state", "expiresAt", "registeredAt", "revokedAt"] as const;
    await show(surroundings, command, columns, ({ institute }) => listSigningCertificates(institute, client));
  });
}

export function addDropCommands(program: Command, surroundings: Surroundings): void {
  const drops = program.command("drops").description("see and replay files in IN that could not be taken");

  drops
    .command("list")
    .description("list the files that were set aside, oldest first")
    .option("--limit <number>", "at most this many", readLimit, LIMIT)
    .action(async ({ limit }: { limit: number }, command: Command) => {
      const columns = ["accountName", "name", "trouble", "attempts", "firstSeenAt"] as const;
      await show(surroundings, command, columns, ({ institute }) => listSetAside(institute, { limit }));
    });

  drops
    .command("replay")
    .description("have a file taken in the next round, with all its attempts before it")
    .argument("<account>")
    .argument("<name>", "as `drops list` shows it")
    .action(async (accountName: string, name: string, _options: object, command: Command) => {
      await act(surroundings, command, async (tx, actor) => [await replayDrop(tx, actor, { accountName, name })]);
    });
}

export function addAnswerCommands(program: Command, surroundings: Surroundings): void {
  const answers = program.command("answers").description("see the answers to SFTP accounts and produce them again");

  answers
    .command("list")
    .description("list the answers to an account, newest first")
    .argument("<account>")
    .option("--limit <number>", "at most this many", readLimit, LIMIT)
    .action(async (accountName: string, { limit }: { limit: number }, command: Command) => {
      const columns = ["answerId", "fileName", "answeredName", "submissionId", "state", "createdAt"] as const;
      await show(surroundings, command, columns, ({ institute }) => listAnswers(institute, { accountName, limit }));
    });

  answers
    .command("status-snapshot")
    .description("write the status of all clients of an insurer to OUT (FO.STAT): soon, and on one day the same file")
    .argument("<account>")
    .argument("<enterprise-number>", "of the insurer")
    .action(async (accountName: string, enterpriseNumber: string, _options: object, command: Command) => {
      const day = createBusinessClock().today();
      await act(surroundings, command, async (tx, actor) => [
        await requestStatusSnapshot(tx, actor, { accountName, enterpriseNumber, dayOf: async () => day }),
      ]);
    });

  answers
    .command("publish")
    .description("write an answer to OUT again: same number, same content")
    .argument("<id>", "as `answers list` shows it")
    .action(async (answerId: string, _options: object, command: Command) => {
      await act(surroundings, command, async (tx, actor) => [await publishAgain(tx, actor, { answerId })]);
    });
}
