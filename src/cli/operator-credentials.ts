import type { Command } from "commander";
import {
  registerCertificate,
  registerSshKey,
  revokeCertificate,
  revokeKey,
  revokeSshKey,
} from "../identity/credential-registry.ts";
import { parseKeySet, registerKeys } from "../operator/client-setup.ts";
import { listCertificates, listKeys, listSshKeys } from "../operator/registry-queries.ts";
import { act, readTextFile, show } from "./operator-command.ts";
import { CommandMistake, type Surroundings } from "./operator-surroundings.ts";

const CLIENT = "id of the client";

export function addCertificateCommands(program: Command, surroundings: Surroundings): void {
  const certificate = program
    .command("certificate")
    .description("keep client certificates: one in use, one to follow it");

  certificate
    .command("register")
    .description("register a certificate of a client (PEM; the first one in the file)")
    .argument("<client>", CLIENT)
    .argument("<file>")
    .addHelpText("after", "\nExample:\n  infoss certificate register alpha-1 alpha-2027.pem --environment validation")
    .action(async (clientId: string, file: string, _options: object, command: Command) => {
      const pem = await readTextFile(file);
      await act(surroundings, command, async (tx, actor) => [await registerCertificate(tx, actor, { clientId, pem })]);
    });

  certificate
    .command("revoke")
    .description("revoke a certificate: it stops working everywhere within a minute")
    .argument("<client>", CLIENT)
    .argument(
      "<thumbprint>",
      "SHA-256 of the certificate as `certificate list` or `openssl x509 -fingerprint -sha256` shows it",
    )
    .action(async (clientId: string, text: string, _options: object, command: Command) => {
      const thumbprint = readThumbprint(text);
      await act(surroundings, command, async (tx, actor) => [
        await revokeCertificate(tx, actor, { clientId, thumbprint }),
      ]);
    });

  addList(certificate, "list the certificates, expired and revoked ones too", async (command, client) => {
    const columns = ["clientId", "thumbprint", "state", "expiresAt", "registeredAt", "revokedAt"] as const;
    await show(surroundings, command, columns, ({ institute }) => listCertificates(institute, client));
  });
}

export function addKeyCommands(program: Command, surroundings: Surroundings): void {
  const key = program
    .command("key")
    .description("keep the public keys that verify clients' assertions: one in use, one to follow it");

  key
    .command("register")
    .description("register the keys of a JWK set, or a single one as JWK or PEM")
    .argument("<client>", CLIENT)
    .argument("<file>", "JSON or PEM; public keys only")
    .option("--expires <instant>", "when the keys stop being accepted, such as 2027-12-31T23:59:59Z (never)")
    .addHelpText("after", "\nExample:\n  infoss key register alpha-1 alpha-2027.jwks.json --environment validation")
    .action(async (clientId: string, file: string, options: { expires?: string }, command: Command) => {
      const keys = parseKeySet(await readTextFile(file));
      const expiresAt = options.expires === undefined ? undefined : readInstant(options.expires);
      await act(surroundings, command, (tx, actor) =>
        registerKeys(tx, actor, { clientId, keys, ...(expiresAt && { expiresAt }) }),
      );
    });

  key
    .command("revoke")
    .description("revoke a key: no assertion signed with it is accepted within a minute")
    .argument("<client>", CLIENT)
    .argument("<kid>")
    .action(async (clientId: string, kid: string, _options: object, command: Command) => {
      await act(surroundings, command, async (tx, actor) => [await revokeKey(tx, actor, { clientId, kid })]);
    });

  addList(key, "list the keys, expired and revoked ones too", async (command, client) => {
    const columns = ["clientId", "kid", "algorithm", "state", "expiresAt", "registeredAt", "revokedAt"] as const;
    await show(surroundings, command, columns, ({ institute }) => listKeys(institute, client));
  });
}

export function addSshKeyCommands(program: Command, surroundings: Surroundings): void {
  const key = program
    .command("ssh-key")
    .description("keep the keys of clients' SFTP accounts: one in use, one to follow it");

  key
    .command("register")
    .description("register a key (one line of an OpenSSH .pub file)")
    .argument("<client>", CLIENT)
    .argument("<file>")
    .addHelpText("after", "\nExample:\n  infoss ssh-key register alpha-1 id_ed25519.pub --environment validation")
    .action(async (clientId: string, file: string, _options: object, command: Command) => {
      const publicKey = await readTextFile(file);
      await act(surroundings, command, async (tx, actor) => [await registerSshKey(tx, actor, { clientId, publicKey })]);
    });

  key
    .command("revoke")
    .description("revoke a key: no new session is opened with it within a minute")
    .argument("<client>", CLIENT)
    .argument("<fingerprint>", "SHA256:… as `ssh-key list` or `ssh-keygen -l` shows it")
    .action(async (clientId: string, fingerprint: string, _options: object, command: Command) => {
      await act(surroundings, command, async (tx, actor) => [await revokeSshKey(tx, actor, { clientId, fingerprint })]);
    });

  addList(key, "list the SSH keys, revoked ones too", async (command, client) => {
    const columns = ["clientId", "fingerprint", "state", "registeredAt", "revokedAt"] as const;
    await show(surroundings, command, columns, ({ institute }) => listSshKeys(institute, client));
  });
}

export function addList(
  group: Command,
  description: string,
  list: (command: Command, client: string | undefined) => Promise<void>,
): void {
  group
    .command("list")
    .description(description)
    .option("--client <id>", "of this client only")
    .action(async (options: { client?: string }, command: Command) => await list(command, options.client));
}

export function readThumbprint(text: string): Buffer {
  const digits = text.replaceAll(":", "");
  if (/^[0-9a-f]{64}$/i.test(digits)) return Buffer.from(digits, "hex");
  throw new CommandMistake("A thumbprint has 64 hexadecimal digits, with or without colons.");
}

function readInstant(text: string): Date {
  try {
    return new Date(Temporal.Instant.from(text).epochMilliseconds);
  } catch {
    throw new CommandMistake("An instant is written like 2027-12-31T23:59:59Z.");
  }
}
