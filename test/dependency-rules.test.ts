import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cruise, type ICruiseResult, type IForbiddenRuleType } from "dependency-cruiser";
import t from "tap";

const PROJECT = fileURLToPath(new URL("../", import.meta.url));

const configuration: { forbidden: IForbiddenRuleType[]; options: Record<string, unknown> } = createRequire(
  import.meta.url,
)("../.dependency-cruiser.cjs");

type Tree = Readonly<Record<string, string>>;

/** A house in small that breaks no rule; each case below adds one wrong import to it. */
const HOUSE: Tree = {
  "package.json": JSON.stringify({
    dependencies: { postgres: "*", "drizzle-orm": "*", fastify: "*", pino: "*", "fast-xml-parser": "*" },
    devDependencies: { "fast-check": "*" },
  }),
  "src/main.ts": 'import "./app.ts"; import "./config.ts";',
  "src/app.ts":
    'import "./http/api.ts"; import "./sftp/account.ts"; import "./intake/receive.ts"; import "./clock.ts";',
  "src/config.ts": "export {};",
  "src/clock.ts": "export interface Clock {}",
  "src/http/api.ts": 'import "fastify"; import type { Sql } from "postgres"; import "../intake/receive.ts";',
  "src/sftp/account.ts": 'import "../intake/receive.ts"; import type { Database } from "../database/connection.ts";',
  "src/intake/receive.ts":
    'import "postgres"; import type { Clock } from "../clock.ts"; import "../contracts/merge.ts";',
  "src/contracts/merge.ts": 'import "../database/connection.ts"; import "../formats/reader.ts";',
  "src/register/load.ts": 'import "../database/connection.ts"; import "node:fs";',
  "src/database/connection.ts": 'import "postgres"; import "drizzle-orm"; import "../findings/finding.ts";',
  "src/formats/reader.ts":
    'import "fast-xml-parser"; import "node:buffer"; import "../identifiers/iban.ts"; import "../findings/finding.ts";',
  "src/identifiers/iban.ts": "export {};",
  "src/findings/finding.ts": "export {};",
  "src/synthetic/person.ts": 'import "../identifiers/iban.ts";',
  "test/app.test.ts": 'import "../src/app.ts"; import "../src/synthetic/person.ts"; import "fast-check";',
  "bench/load.ts": 'import "../src/synthetic/person.ts";',
};

/** Per rule: what one adds to the house to break it, one import each. */
const VIOLATIONS: Readonly<Record<string, readonly Tree[]>> = {
  "no-cycles": [
    { "src/contracts/merge.ts": 'import "./merge-rows.ts";', "src/contracts/merge-rows.ts": 'import "./merge.ts";' },
  ],
  "pure-knows-only-pure": [
    { "src/formats/reader.ts": 'import "../clock.ts";' },
    { "src/formats/reader.ts": 'import type { Clock } from "../clock.ts";' },
    { "src/findings/finding.ts": 'import "../database/connection.ts";' },
    { "src/identifiers/iban.ts": 'import "../config.ts";' },
    { "src/formats/deep/reader.ts": 'import "../../contracts/merge.ts";' },
  ],
  "identifiers-know-nobody": [{ "src/identifiers/ssin.ts": 'import type { Finding } from "../findings/finding.ts";' }],
  "findings-know-nobody": [{ "src/findings/text.ts": 'import "../identifiers/iban.ts";' }],
  "pure-does-no-io": ["fs", "fs/promises", "net", "http", "process", "timers", "child_process", "worker_threads"].map(
    (name) => ({ "src/formats/reader.ts": `import "node:${name}";` }),
  ),
  "pure-needs-no-infrastructure": ["postgres", "drizzle-orm/pg-core", "fastify", "pino"].map((name) => ({
    "src/identifiers/iban.ts": `import "${name}";`,
  })),
  "nothing-below-imports-a-door": [
    { "src/contracts/merge.ts": 'import "../http/problems.ts";', "src/http/problems.ts": "export {};" },
    {
      "src/intake/receive.ts": 'import type { Problem } from "../http/problems.ts";',
      "src/http/problems.ts": "export {};",
    },
    { "src/database/connection.ts": 'import "../sftp/folder.ts";', "src/sftp/folder.ts": "export {};" },
  ],
  "doors-stay-apart": [
    { "src/http/api.ts": 'import "../sftp/account.ts";' },
    { "src/sftp/account.ts": 'import "../http/api.ts";' },
  ],
  "doors-speak-no-sql": ["postgres", "drizzle-orm", "drizzle-orm/pg-core", "../database/connection.ts"].flatMap(
    (name) => [
      { "src/http/api.ts": `import "${name}";` },
      { "src/sftp/account.ts": `import { type A, b } from "${name}";` },
    ],
  ),
  "domain-speaks-no-http": [{ "src/intake/receive.ts": 'import type { FastifyInstance } from "fastify";' }],
  "intake-is-above-the-domain": [
    { "src/contracts/versions.ts": 'import "../intake/receive.ts";' },
    { "src/register/load.ts": 'import type { Submission } from "../intake/receive.ts";' },
    { "src/advantage/evaluate.ts": 'import "../intake/receive.ts";' },
  ],
  "database-is-below-everything": [
    { "src/database/migrate.ts": 'import "../config.ts";' },
    { "src/database/migrate.ts": 'import "../register/load.ts";' },
  ],
  "settings-are-handed-over": [
    { "src/http/api.ts": 'import type { Config } from "../config.ts";' },
    { "src/register/load.ts": 'import "../config.ts";' },
  ],
  "only-main-starts-the-app": [{ "src/log.ts": 'import "./app.ts";' }, { "bench/load.ts": 'import "../src/app.ts";' }],
  "nobody-imports-main": [{ "test/main.test.ts": 'import "../src/main.ts";' }],
  "synthetic-data-stays-out": [{ "src/intake/receive.ts": 'import "../synthetic/person.ts";' }],
  "src-leaves-tests-alone": [
    { "src/register/load.ts": 'import "../../test/database.ts";', "test/database.ts": "export {};" },
    { "src/register/load.ts": 'import "../../bench/load.ts";' },
  ],
  "no-barrels": [
    { "src/contracts/index.ts": "export {};", "src/intake/receive.ts": 'import "../contracts/index.ts";' },
  ],
  "no-drawers": ["utils.ts", "common/date.ts", "date-helpers.ts", "user-service.ts", "managers/pool.ts"].map(
    (name) => ({
      [`src/contracts/${name}`]: "export {};",
      "src/contracts/merge.ts": `import "./${name}";`,
    }),
  ),
  "no-development-packages-in-src": [{ "src/register/load.ts": 'import "fast-check";' }],
  "nothing-unresolved": [
    { "src/contracts/merge.ts": 'import "./nowhere.ts";' },
    { "src/contracts/merge.ts": 'import "no-such-package-anywhere";' },
  ],
  "no-packages-by-chance": [{ "src/contracts/merge.ts": 'import "typebox";' }],
};

/** Builds the house with the additions in a folder of its own and answers the rules it breaks. */
async function brokenRules(folder: string, additions: Tree = {}): Promise<string[]> {
  for (const [path, content] of Object.entries({ ...HOUSE, ...additions })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const { enhancedResolveOptions, ...options } = configuration.options;
  const rules = { forbidden: configuration.forbidden };
  const { output } = await cruise(
    ["src", "test", "bench"],
    { ...options, baseDir: folder, validate: true, ruleSet: rules },
    enhancedResolveOptions ?? {},
  );
  return (output as ICruiseResult).summary.violations.map(({ rule }) => rule.name);
}

t.test("the house in small breaks no rule", async (t) => {
  t.same(await brokenRules(t.testdir()), []);
});

t.test("every rule bites", async (t) => {
  t.same(
    Object.keys(VIOLATIONS).sort(),
    configuration.forbidden.map(({ name }) => name).sort(),
    "every rule has a case",
  );
  for (const [rule, cases] of Object.entries(VIOLATIONS)) {
    for (const [index, additions] of cases.entries()) {
      const folder = join(t.testdirName, `${rule}-${index}`);
      const first = Object.entries(additions)[0]?.join(": ");
      t.ok((await brokenRules(folder, additions)).includes(rule), `${rule}: ${first}`);
    }
  }
});

t.test("every rule says what to do instead and stops the check", async (t) => {
  for (const { name, comment, severity } of configuration.forbidden) {
    t.match(comment ?? "", /^[^.]+[.:].+\.$/, name ?? "");
    t.equal(severity, "error", name ?? "");
  }
});

/** The files of src whose text matches. */
function sourcesWith(what: RegExp): string[] {
  return readdirSync(join(PROJECT, "src"), { recursive: true, encoding: "utf8" })
    .map((path) => `src/${path}`)
    .filter((path) => path.endsWith(".ts") && what.test(readFileSync(join(PROJECT, path), "utf8")))
    .sort();
}

t.test("the environment is read in config.ts and nowhere else", async (t) => {
  // Passing the whole environment on to a child process is no reading.
  t.same(sourcesWith(/(?<!\.\.\.)process\.env\b|\benv\b[^;]*from "node:process"/), ["src/config.ts"]);
});

t.test("arguments are read only by the programs that package.json starts", async (t) => {
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(
    readFileSync(join(PROJECT, "package.json"), "utf8"),
  );
  const programs = Object.values(scripts).flatMap((script) => script.match(/src\/[\w/-]+\.ts/g) ?? []);
  const readers = sourcesWith(/\bprocess\.argv\b|\bparseArgs\b|\bargv\b[^;]*from "node:process"/);
  t.ok(readers.includes("src/main.ts"));
  t.same(
    readers.filter((path) => !programs.includes(path)),
    [],
  );
});

t.test("no file is a barrel or a drawer, imported or not", async (t) => {
  const files = ["src", "test", "bench"].flatMap((folder) =>
    readdirSync(join(PROJECT, folder), { recursive: true, encoding: "utf8" }).map((path) => `/${path}`),
  );
  t.same(
    files.filter((path) => /\/index\.ts$|[/-](utils?|common|helpers?|services?|managers?)(\/|\.ts$|$)/.test(path)),
    [],
  );
});
