#!/usr/bin/env node
/** The command line of operators: settings and arguments are read here, the commands are in `src/cli/infoss.ts`. */
import { userInfo } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { runInfoss } from "./cli/infoss.ts";
import { CommandRefused, type OperatorSettings } from "./cli/operator-surroundings.ts";
import { createBusinessClock } from "./clock.ts";
import { ConfigurationError, readConfig } from "./config.ts";

function readSettings(): OperatorSettings {
  try {
    const config = readConfig();
    const { environment, databaseUrl, databaseFolder, certificatesFolder } = config;
    return {
      environment,
      ...(databaseUrl !== undefined && { databaseUrl }),
      databaseFolder,
      signingKeysFolder: config.signingKeysFolder ?? join(certificatesFolder, "signing-keys"),
      readiness: config.readiness,
      auditKeyFile: config.auditKeyFile ?? join(certificatesFolder, "audit-key"),
    };
  } catch (error) {
    throw error instanceof ConfigurationError ? new CommandRefused(error.message) : error;
  }
}

// Who reads has seen enough: `infoss changes | head -n 1`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

process.exitCode = await runInfoss(process.argv.slice(2), {
  readSettings,
  account: userInfo().username,
  today: createBusinessClock().today(),
  readInput: () => {
    if (process.stdin.isTTY) process.stderr.write("One number a line, then Ctrl-D:\n");
    return text(process.stdin);
  },
  write: (output) => process.stdout.write(output),
  say: (output) => process.stderr.write(output),
});
