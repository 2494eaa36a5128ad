import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import t from "tap";
import { runInfoss } from "../../src/cli/infoss.ts";
import { createDevelopmentAuthority, issueCertificate } from "../../src/identity/issue-certificate.ts";
import { createTestDatabase } from "../database.ts";
import { COMPILED, INFOSS } from "./run-infoss.ts";

const text = readFileSync(join(import.meta.dirname, "../../docs/operators.md"), "utf8");

t.test("the shell lines of operators.md do what they say", async (t) => {
  const { url, owner } = await createTestDatabase(t);
  const folder = t.testdir();
  const authority = await createDevelopmentAuthority();
  writeFileSync(join(folder, "ca.pem"), authority.certificatePem);
  writeFileSync(join(folder, "ca-key.pem"), authority.privateKeyPem);
  for (const name of ["alpha-1", "alpha-1-next"]) {
    const { certificatePem } = await issueCertificate(authority, { commonName: name, usage: "client" });
    writeFileSync(join(folder, `${name}.pem`), certificatePem);
  }
  const jwk = {
    kty: "EC",
    crv: "P-256",
    x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
  };
  writeFileSync(join(folder, "alpha-1.jwks.json"), JSON.stringify({ keys: [jwk] }));
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, lines]) => lines);
  const script = `set -e -o pipefail\ninfoss() { "${process.execPath}" "${INFOSS}" "$@"; }\n${blocks.join("\n")}`;
  writeFileSync(join(folder, "all.sh"), script);
  const env = { PATH: process.env.PATH, DATABASE_URL: url, NODE_COMPILE_CACHE: COMPILED, CERTIFICATES: folder };
  const { stdout, stderr } = await promisify(execFile)("bash", ["all.sh"], { cwd: folder, env });
  t.ok(
    // openssl tells of every certificate it makes, and LibreSSL and OpenSSL of its key in dots.
    stderr
      .split("\n")
      .every((line) =>
        /^([-.+*]*|environment validation, database .*|Certificate request .* ok|subject=.*|Insurer \d+ has not ended .*)$/.test(
          line,
        ),
      ),
    stderr,
  );
  t.match(
    stdout,
    /certificateRegistered: client desk-1, [\s\S]* active [\s\S]*account:\S+ +clientCreated +desk-1 +yes/,
  );
  t.notMatch(stdout, / NO /);
  t.match(
    [...(await owner`select enterprise_number, phase from insurer`)],
    [{ enterprise_number: "0403019261", phase: "loading" }],
  );
});

t.test("operators.md names every command, and no other", async (t) => {
  const [table = ""] = /^\| commands [\s\S]*?\n\n/m.exec(text) ?? [];
  const named = [...table.matchAll(/^\| (`.+?`) \| .*$/gm)].flatMap(([, cell = ""]) => listCommands(cell));
  const known = await listKnownCommands([]);
  t.same([...new Set(named)].sort(), known.sort());
});

/** `a b`, `c`; `d e f` in a cell of the table: "a b", "a c", "d e f". */
function listCommands(cell: string): string[] {
  let group = "";
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, words = ""]) => {
    if (words.includes(" ")) group = words.slice(0, words.lastIndexOf(" "));
    return words.includes(" ") ? words : `${group} ${words}`.trim();
  });
}

/** As the help of each group lists them. */
async function listKnownCommands(group: readonly string[]): Promise<string[]> {
  let help = "";
  const surroundings = {
    account: "test",
    today: "2026-11-22",
    readSettings: () => {
      throw new Error("help needs no settings");
    },
    readInput: async () => "",
    write: (part: string) => {
      help += part;
    },
    say: () => {},
  };
  await runInfoss([...group, "--help"], surroundings);
  const [, list = ""] = /\nCommands(?: for operators)?:\n([\s\S]*?)(?:\n\n|$)/.exec(help) ?? [];
  const names = [...list.matchAll(/^ {2}([a-z-]+)/gm)].map(([, name = ""]) => name).filter((name) => name !== "help");
  if (names.length === 0) return [group.join(" ")];
  return (await Promise.all(names.map((name) => listKnownCommands([...group, name])))).flat();
}
