import { existsSync, readFileSync } from "node:fs";
import t from "tap";

const PROJECT = new URL("../", import.meta.url);
const document = readFileSync(new URL("docs/security.md", PROJECT), "utf8");

interface Threat {
  readonly kind: string;
  readonly threat: string;
  readonly control: string;
  readonly tests: readonly { readonly file: string; readonly names: readonly string[] }[];
}

const threats: Threat[] = [...document.matchAll(/^\| ([STRIDE]) \| (.+?) \| (.+?) \| (.+) \|$/gm)].map(
  ([, kind = "", threat = "", control = "", cell = ""]) => ({
    kind,
    threat,
    control,
    tests: cell.split("<br>").map((part) => ({
      file: /`([^`]+)`/.exec(part)?.[1] ?? "",
      names: [...part.matchAll(/"([^"]+)"/g)].map(([, name = ""]) => name),
    })),
  }),
);

/** The names of the tests of a file, as they are written there. */
function namesIn(file: string): Set<string> {
  const source = readFileSync(new URL(file, PROJECT), "utf8");
  return new Set([...source.matchAll(/\btest\(\s*"((?:[^"\\]|\\.)*)"/g)].map(([, name = ""]) => name));
}

t.test("every threat has a control and a test that exists", async (t) => {
  const tableRows = document.match(/^\| [STRIDE] \|/gm) ?? [];
  t.equal(threats.length, tableRows.length, "every row is understood");
  for (const { threat, tests } of threats) {
    for (const { file, names } of tests) {
      if (!t.ok(existsSync(new URL(file, PROJECT)) && names.length > 0, `${threat}: ${file}`)) continue;
      const known = namesIn(file);
      t.same(
        names.filter((name) => !known.has(name)),
        [],
        `${threat}: ${file}`,
      );
    }
  }
});

t.test("every kind of threat is considered", async (t) => {
  t.same([...new Set(threats.map(({ kind }) => kind))], [..."STRIDE"]);
});

t.test("the limits in the document are those of the code", async (t) => {
  const { DEFAULT_HTTP_LIMITS: limits } = await import("../src/http/limits/http-limits.ts");
  const { DEFAULT_FAILED_AUTHENTICATION_SETTINGS: failures } = await import(
    "../src/identity/failed-authentications.ts"
  );
  for (const sentence of [
    `| requests of a client | ${limits.requestsPerMinutePerClient} a minute |`,
    `| requests from an address for which no client stands | ${limits.requestsPerMinutePerAddress} a minute |`,
    `| failed proofs of a client at an address | ${failures.failuresPerClient}, then`,
    `| failed proofs from an address | ${failures.failuresPerAddress}, then`,
    `| handshake, headers | ${limits.handshakeTimeoutMs / 1000} s, ${limits.headersTimeoutMs / 1000} s |`,
    `| a body | ${limits.minimumBodyBytesPerWindow / 1000} kB in each ${limits.bodyWindowMs / 1000} s, one hour in all; `,
    `; where no token is needed ${limits.minimumBodyBytesPerWindow / 1000} kB in each ${limits.publicBodyWindowMs / 1000} s |`,
    `| connections, transfers at once | ${limits.maximumConnections.toLocaleString("en")}, `,
    `| event loop, heap, memory | ${limits.maximumEventLoopDelayMs} ms mean delay, `,
  ]) {
    t.ok(document.includes(sentence), sentence);
  }
  t.equal(limits.requestTimeoutMs, 3_600_000);
});
