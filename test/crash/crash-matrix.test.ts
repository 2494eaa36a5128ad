import { readdirSync, readFileSync } from "node:fs";
import t from "tap";
import { STEPS } from "../../src/intake/steps.ts";
import { PROCESS_PLACES, RECEIVE_PLACES } from "./crash-places.ts";
import { KILLS, KILLS_IN_ALL } from "./kill-budget.ts";

const document = readFileSync(new URL("../../docs/crash-matrix.md", import.meta.url), "utf8");
const folder = new URL("./", import.meta.url);
const readTest = (file: string) => readFileSync(new URL(file, folder), "utf8");
const testFiles = readdirSync(folder).filter((name) => name.endsWith(".test.ts"));

t.test("every step of the intake is one where processes are made to die", async (t) => {
  t.same([...new Set([...RECEIVE_PLACES, ...PROCESS_PLACES].map(({ step }) => step))].toSorted(), STEPS.toSorted());
});

t.test("the matrix has a row for every step and for no other", async (t) => {
  const rows = [...document.matchAll(/^\| `((?:receive|process)\.\w+)` \|/gm)].map(([, step]) => step);
  t.same(rows, STEPS);
});

t.test("every test that the matrix names exists, and every one it refers to is named", async (t) => {
  const named = [...document.matchAll(/^\| ([A-Z]\d+) \| `(.+)` \| (.+) \|$/gm)];
  for (const [, , file = "", name = ""] of named) t.ok(readTest(file).includes(`t.test("${name}"`), name);
  const referred = [...document.matchAll(/\| ((?:[A-Z]\d+(?:, )?)+) \|$/gm)].flatMap(([, ids = ""]) => ids.split(", "));
  t.same([...new Set(referred)].toSorted(), named.map(([, id]) => id).toSorted());
});

t.test("a run kills as many processes as the matrix says, shared out over files that hold to it", async (t) => {
  const planned = Object.values(KILLS).reduce((sum, kills) => sum + kills, 0);
  t.ok(planned >= KILLS_IN_ALL, `${planned} kills`);
  t.match(document, new RegExp(`SIGKILL at least ${KILLS_IN_ALL} times`));
  for (const name of Object.keys(KILLS)) {
    t.ok(testFiles.includes(`${name}.test.ts`), name);
    t.match(readTest(`${name}.test.ts`), /\bKILLS[.[]/, `${name} asserts its share`);
  }
});
