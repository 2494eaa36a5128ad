import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { Command } from "commander";
import { ReceiptInvalid, verifyReceipt } from "../client/verify-receipt.ts";
import { readNamed, refuseFile } from "./gateway-connection.ts";
import { CommandRefused, type Surroundings } from "./operator-surroundings.ts";

const EXAMPLES = `
Example:
  curl --silent https://gateway.example/.well-known/jwks.json > jwks.json
  infoss receipt verify receipt.json --jwks jwks.json --file contracts.xml

Needs no connection. Ends with 0 when the receipt is the gateway's own and, with --file, about these very bytes; else with 1.`;

/** `infoss receipt verify`: a receipt is proof, whoever shows it. */
export function addReceiptCommand(program: Command, { write }: Surroundings): void {
  program
    .command("receipt")
    .description("what can be done with receipts")
    .command("verify")
    .description("verify the signature of a receipt, offline")
    .argument("<file>", "receipt as JSON or XML, or its JWS alone")
    .requiredOption("--jwks <file>", "the key set that the gateway publishes")
    .option("--file <file>", "the contract file it should be about")
    .addHelpText("after", EXAMPLES)
    .action(async (path: string, options: { jwks: string; file?: string }) => {
      const receipt = await verify(path, options.jwks);
      const { submissionId, sender, state, receivedAt, byteLength, sha256 } = receipt;
      if (options.file !== undefined && (await digest(options.file)) !== sha256)
        throw new CommandRefused(`The receipt is genuine, but not about ${options.file}: its bytes are others.`);
      write(`${JSON.stringify({ submissionId, sender, state, receivedAt, byteLength, sha256 }, null, 2)}\n`);
    });
}

async function verify(path: string, jwksPath: string) {
  const [receipt, keySet] = await Promise.all([path, jwksPath].map(readNamed));
  try {
    return await verifyReceipt(receipt!.toString("utf8"), parseKeySet(jwksPath, keySet!.toString("utf8")));
  } catch (error) {
    if (error instanceof ReceiptInvalid)
      throw new CommandRefused(`${path} is no receipt of this gateway: ${error.message}.`);
    throw error;
  }
}

function parseKeySet(path: string, text: string) {
  try {
    const { keys } = JSON.parse(text);
    if (Array.isArray(keys)) return { keys };
  } catch {
    // Told below, as what else is no key set.
  }
  throw new CommandRefused(`${path} is no key set (JSON with "keys").`);
}

async function digest(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash).catch(refuseFile(path));
  return hash.digest("hex");
}
