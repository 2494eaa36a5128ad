// The house rules of docs/architecture.md that a machine can check. A rule says what is wrong and what to do instead;
// test/dependency-rules.test.ts proves that each of them bites.

/** Read and write files, check numbers, name findings: nothing but values in, values out. */
const PURE = "^src/(formats|identifiers|findings)/";
/** Where bytes and questions come in and answers go out. */
const DOORS = "^src/(http|sftp)/";
/** Everything that decides or keeps, below the doors. */
const BELOW_DOORS = "^src/(exchange|intake|spaces|contracts|verification|register|advantage|payments|events|webhooks|audit|identity|connection-tests|readiness|database)/";
/** Start, wiring and settings: the only files beside the folders. */
const TOP = "^src/[^/]+\\.ts$";
const SQL_PACKAGES = "(^|/)node_modules/(postgres|drizzle-orm|pg)/";
const HTTP_PACKAGES = "(^|/)node_modules/(fastify|fastify-plugin|@fastify)/";
const VALUES_ONLY = { dependencyTypesNot: ["type-only"] };

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: "no-cycles",
      severity: "error",
      comment: "Two modules need each other. Move what both need into a third, or hand it over as a parameter.",
      from: {},
      to: { circular: true },
    },
    {
      name: "pure-knows-only-pure",
      severity: "error",
      comment:
        "formats, identifiers and findings know nobody: no database, no clock, no settings, no domain. Take what you need as a parameter, or put the code into the module that calls you.",
      from: { path: PURE },
      to: { path: "^src/", pathNot: PURE },
    },
    {
      name: "identifiers-know-nobody",
      severity: "error",
      comment: "identifiers check numbers and nothing else. A finding about a number is made by whoever reads the record.",
      from: { path: "^src/identifiers/" },
      to: { path: "^src/", pathNot: "^src/identifiers/" },
    },
    {
      name: "findings-know-nobody",
      severity: "error",
      comment: "Findings are values that readers, checks and merges make. They never look back at who makes them.",
      from: { path: "^src/findings/" },
      to: { path: "^src/", pathNot: "^src/findings/" },
    },
    {
      name: "pure-does-no-io",
      severity: "error",
      comment:
        "formats, identifiers and findings touch no file, socket, process or timer. Take bytes or text and return a value; the caller reads and writes.",
      from: { path: PURE },
      to: { dependencyTypes: ["core"], pathNot: "^(node:)?(buffer|crypto|string_decoder|util)$" },
    },
    {
      name: "pure-needs-no-infrastructure",
      severity: "error",
      comment: "formats, identifiers and findings know neither SQL nor HTTP nor logs. Return a value; the caller keeps, sends or logs it.",
      from: { path: PURE },
      to: { path: [SQL_PACKAGES, HTTP_PACKAGES, "(^|/)node_modules/pino/"] },
    },
    {
      name: "nothing-below-imports-a-door",
      severity: "error",
      comment: "Imports point down. What a domain module needs from a door, the door hands over as a parameter; what both share belongs below.",
      from: { path: BELOW_DOORS },
      to: { path: DOORS },
    },
    {
      name: "doors-stay-apart",
      severity: "error",
      comment: "One door never imports another. What both need belongs to intake or further down.",
      from: { path: "^src/(http|sftp)/" },
      to: { path: DOORS, pathNot: "^src/$1/" },
    },
    {
      name: "doors-speak-no-sql",
      severity: "error",
      comment:
        "Doors know no SQL. Write a query function in the module that owns the table and call it. Types may be imported, and what tells that the database is away.",
      from: { path: DOORS },
      to: { path: [SQL_PACKAGES, "^src/database/"], pathNot: "^src/database/database-trouble\\.ts$", ...VALUES_ONLY },
    },
    {
      name: "domain-speaks-no-http",
      severity: "error",
      comment: "Domain modules serve every door. Throw an error with a code or return a value; src/http turns it into an answer.",
      from: { path: BELOW_DOORS },
      to: { path: HTTP_PACKAGES },
    },
    {
      name: "intake-is-above-the-domain",
      severity: "error",
      comment: "intake drives contracts, register, verification and advantage, which do not know that submissions exist. Take rows or values as parameters.",
      from: { path: "^src/(contracts|register|advantage|verification)/" },
      to: { path: "^src/intake/" },
    },
    {
      name: "database-is-below-everything",
      severity: "error",
      comment:
        "src/database holds the connection and what all domain modules share, never one module's tables. Queries live in the module that owns the table; only formats, identifiers and findings lie lower.",
      from: { path: "^src/database/" },
      to: { path: "^src/", pathNot: ["^src/database/", PURE] },
    },
    {
      name: "settings-are-handed-over",
      severity: "error",
      comment: "Only the files at the top of src read the configuration. Everybody else takes the one value needed as a parameter.",
      from: { path: "^src/", pathNot: TOP },
      to: { path: "^src/(config|setting-reader|production-settings|sftp-settings|space-settings|webhook-settings|readiness-settings|configured-files)\\.ts$" },
    },
    {
      name: "only-main-starts-the-app",
      severity: "error",
      comment: "app.ts wires everything, so nothing it wires may import it. Only main.ts and tests start it.",
      from: { path: "^(src|bench)/", pathNot: "^src/main\\.ts$" },
      to: { path: "^src/app\\.ts$" },
    },
    {
      name: "nobody-imports-main",
      severity: "error",
      comment: "main.ts acts as soon as it is loaded. Start it as a process, or import app.ts in a test.",
      from: {},
      to: { path: "^src/main\\.ts$" },
    },
    {
      name: "synthetic-data-stays-out",
      severity: "error",
      comment: "Invented data is for tools, tests and the demo. No module that serves insurers may depend on it.",
      from: { path: "^src/", pathNot: ["^src/(synthetic|cli)/", TOP] },
      to: { path: "^src/synthetic/" },
    },
    {
      name: "src-leaves-tests-alone",
      severity: "error",
      comment: "What runs in production depends on nothing in test or bench. Move what both need into src.",
      from: { path: "^src/" },
      to: { path: "^(test|bench)/" },
    },
    {
      name: "no-barrels",
      severity: "error",
      comment: "No index.ts: it hides who needs what and breeds cycles. Import from the file that defines it.",
      from: {},
      to: { path: "/index\\.ts$", pathNot: "node_modules" },
    },
    {
      name: "no-drawers",
      severity: "error",
      comment: "No utils, common, helpers, service or manager: they mean nothing and collect everything. Name the file for what it does.",
      from: {},
      to: { path: "[/-](utils?|common|helpers?|services?|managers?)(/|\\.ts$)", pathNot: "node_modules" },
    },
    {
      name: "no-development-packages-in-src",
      severity: "error",
      comment: "Production installs no development dependencies. Move the package to dependencies, or the code to test or bench.",
      from: { path: "^src/" },
      to: { dependencyTypes: ["npm-dev"], ...VALUES_ONLY },
    },
    {
      name: "nothing-unresolved",
      severity: "error",
      comment: "There is no such module or package. Correct the path, or declare and install the package.",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "no-packages-by-chance",
      severity: "error",
      comment: "The package is there only because another one brings it. Declare it in package.json.",
      from: {},
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    // TypeScript 7 no longer offers the compiler's functions that the default parser calls. This one sees imports of
    // types too and marks them; the option tsPreCompilationDeps would add nothing but a warning about the compiler.
    parser: "swc",
    enhancedResolveOptions: {
      extensions: [".ts", ".js", ".mjs", ".cjs", ".json"],
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "require"],
    },
  },
};
