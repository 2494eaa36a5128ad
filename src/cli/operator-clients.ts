import { type Command, Option } from "commander";
import { grant, revokeClient, revokeGrant, setScopes } from "../identity/client-registry.ts";
import type { ClientKind } from "../identity/identity-kinds.ts";
import { SCOPES } from "../identity/scopes.ts";
import { parseKeySet, setUpClient } from "../operator/client-setup.ts";
import { listClients, listGrants } from "../operator/registry-queries.ts";
import { act, readTextFile, show } from "./operator-command.ts";
import { CommandMistake, type Surroundings } from "./operator-surroundings.ts";

const SCOPE_NAMES = Object.keys(SCOPES) as (keyof typeof SCOPES)[];

interface SetupOptions {
  readonly name?: string;
  readonly scope?: readonly (keyof typeof SCOPES)[];
  readonly jwks?: string;
  readonly certificate?: string;
  readonly insurer?: string;
}

export function addOperatorCommands(program: Command, surroundings: Surroundings): void {
  const operator = program
    .command("operator")
    .description("make the clients of operators, which only the command line can");
  operator
    .command("create")
    .description("make an operator's client with its keys and certificate")
    .argument("<name>", "id of the client: letters, digits, dots, hyphens, underscores")
    .requiredOption("--jwks <file>", "public keys that verify its assertions: a JWK set, or one key in PEM")
    .requiredOption("--certificate <file>", "its client certificate, PEM")
    .option("--name <text>", "how the client is called (its id)")
    .addOption(scopeOption(["operate", "audit"], "may be given twice (both)"))
    .addHelpText(
      "after",
      "\nExample:\n  infoss operator create desk-1 --jwks desk-1.jwks.json --certificate desk-1.pem --environment validation",
    )
    .action(async (clientId: string, options: SetupOptions, command: Command) => {
      await create(surroundings, command, { clientId, kind: "operator", options });
    });
}

export function addClientCommands(program: Command, surroundings: Surroundings): void {
  const client = program
    .command("client")
    .description("keep the clients (machines that call) of insurers and service providers");

  client
    .command("create")
    .description("make a client, with its keys, certificate and grant where they are at hand")
    .argument("<id>", "letters, digits, dots, hyphens, underscores; never used again")
    .requiredOption("--name <name>", "whose machine it is")
    .addOption(
      new Option("--kind <kind>", "whom it belongs to").choices(["insurer", "serviceProvider"]).default("insurer"),
    )
    .addOption(scopeOption(["submit", "consult", "consultAdvantages"], "may be given several times (all)"))
    .option("--jwks <file>", "public keys that verify its assertions: a JWK set, or one key in PEM")
    .option("--certificate <file>", "its client certificate, PEM")
    .option("--insurer <number>", "the insurer it may act for from today on")
    .addHelpText(
      "after",
      "\nExample:\n  infoss client create alpha-1 --name Alpha --insurer 0403019261 --jwks alpha-1.jwks.json --certificate alpha-1.pem" +
        " --environment validation",
    )
    .action(async (clientId: string, options: SetupOptions & { kind: ClientKind }, command: Command) => {
      await create(surroundings, command, { clientId, kind: options.kind, options });
    });

  client
    .command("scopes")
    .description("replace the scopes that tokens of a client may carry")
    .argument("<id>")
    .argument("<scope...>", SCOPE_NAMES.join(", "))
    .action(async (clientId: string, names: string[], _options: object, command: Command) => {
      const scopes = readScopes(names);
      await act(surroundings, command, async (tx, actor) => [await setScopes(tx, actor, { clientId, scopes })]);
    });

  client
    .command("revoke")
    .description("end a client for good, with its keys, certificates and grants; an operator's too")
    .argument("<id>")
    .addHelpText("after", "\nExample:\n  infoss client revoke alpha-1 --environment validation")
    .action(async (clientId: string, _options: object, command: Command) => {
      await act(surroundings, command, async (tx, actor) => [await revokeClient(tx, actor, { clientId })]);
    });

  client
    .command("list")
    .description("list the clients, revoked ones too")
    .action(async (_options: object, command: Command) => {
      const columns = ["clientId", "kind", "name", "scopes", "createdAt", "revokedAt"] as const;
      await show(surroundings, command, columns, ({ institute }) => listClients(institute));
    });
}

export function addGrantCommands(program: Command, surroundings: Surroundings): void {
  const grants = program.command("grant").description("say for which insurers a client may act");

  grants
    .command("add")
    .description("let a client act for an insurer")
    .argument("<client>", "id of the client")
    .argument("<number>", "enterprise number of the insurer")
    .option("--from <day>", "first day, yyyy-mm-dd (today)")
    .option("--to <day>", "last day, yyyy-mm-dd (no end)")
    .addHelpText(
      "after",
      "\nExample:\n  infoss grant add provider-1 0403019261 --from 2027-01-01 --to 2027-12-31 --environment validation",
    )
    .action(
      async (clientId: string, enterpriseNumber: string, options: { from?: string; to?: string }, command: Command) => {
        const { from: validFrom = surroundings.today, to: validTo } = options;
        await act(surroundings, command, async (tx, actor) => [
          await grant(tx, actor, { clientId, enterpriseNumber, validFrom, ...(validTo !== undefined && { validTo }) }),
        ]);
      },
    );

  grants
    .command("revoke")
    .description("take back every grant of a client for an insurer, at once")
    .argument("<client>", "id of the client")
    .argument("<number>", "enterprise number of the insurer")
    .action(async (clientId: string, enterpriseNumber: string, _options: object, command: Command) => {
      await act(surroundings, command, async (tx, actor) => [
        await revokeGrant(tx, actor, { clientId, enterpriseNumber }),
      ]);
    });

  grants
    .command("list")
    .description("list the grants, revoked ones too")
    .option("--client <id>", "of this client only")
    .action(async (options: { client?: string }, command: Command) => {
      const columns = ["clientId", "enterpriseNumber", "validFrom", "validTo", "grantedAt", "revokedAt"] as const;
      await show(surroundings, command, columns, ({ institute }) => listGrants(institute, options.client));
    });
}

interface Creation {
  readonly clientId: string;
  readonly kind: ClientKind;
  readonly options: SetupOptions;
}

async function create(surroundings: Surroundings, command: Command, { clientId, kind, options }: Creation) {
  const { name = clientId, scope, jwks, certificate, insurer } = options;
  const setup = {
    clientId,
    name,
    kind,
    grantFrom: surroundings.today,
    ...(scope && { scopes: scope.map((one) => SCOPES[one]) }),
    ...(jwks !== undefined && { keys: parseKeySet(await readTextFile(jwks)) }),
    ...(certificate !== undefined && { certificatePem: await readTextFile(certificate) }),
    ...(insurer !== undefined && { enterpriseNumber: insurer }),
  };
  await act(surroundings, command, (tx, actor) => setUpClient(tx, actor, setup));
}

function scopeOption(names: readonly string[], description: string): Option {
  return new Option("--scope <scope>", description)
    .choices(names)
    .argParser<string[]>((name, before: string[] | undefined) => {
      if (!names.includes(name)) throw new CommandMistake(`--scope takes ${names.join(", ")}, not ${name}.`);
      return [...(before ?? []), name];
    });
}

function readScopes(names: readonly string[]): string[] {
  return names.map((name) => {
    if (name in SCOPES) return SCOPES[name as keyof typeof SCOPES];
    throw new CommandMistake(`A scope is one of ${SCOPE_NAMES.join(", ")}, not ${name}.`);
  });
}
