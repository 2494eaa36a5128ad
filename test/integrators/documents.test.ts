import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import t from "tap";
import { anchorOf } from "../../src/http/documentation/render-page.ts";
import { renderReference } from "../../src/http/documentation/render-reference.ts";
import { findDifference } from "./match-output.ts";
import { readDocument } from "./read-document.ts";
import { runBlocks } from "./run-blocks.ts";
import { DOCUMENTS } from "./run-document.ts";

const pages = readdirSync(DOCUMENTS).filter((name) => name.endsWith(".md"));
const textOf = (page: string) => readFileSync(join(DOCUMENTS, page), "utf8");
const fence = (info: string, text: string) => `\`\`\`${info}\n${text}\`\`\`\n`;

t.test("every block of every page says what it is for, and a page with blocks that run has a test", async (t) => {
  for (const page of pages) {
    const blocks = readDocument(page, textOf(page));
    const test = join(import.meta.dirname, page.replace(/\.md$/, ".test.ts"));
    if (!blocks.some(({ use }) => use.kind !== "notRun")) continue;
    t.ok(existsSync(test), `${page} has no test: write test/integrators/${page.replace(/\.md$/, ".test.ts")}`);
    t.match(existsSync(test) && readFileSync(test, "utf8"), `testDocument("${page}"`, page);
  }
});

t.test("every link of a page leads somewhere, and the index leads to every page", async (t) => {
  for (const page of pages) {
    for (const [, link = "", anchor] of textOf(page).matchAll(/\]\(([^)#:]*)(?:#([^)]+))?\)/g)) {
      const target = link === "" ? join(DOCUMENTS, page) : join(DOCUMENTS, link);
      if (!t.ok(existsSync(target), `${page} links to ${link}`) || anchor === undefined) continue;
      t.ok(anchorsOf(readFileSync(target, "utf8")).includes(anchor), `${page} links to ${link}#${anchor}`);
    }
    if (page !== "README.md") t.match(textOf("README.md"), `](${page})`, `the index names ${page}`);
  }
  t.ok(existsSync(dirname(DOCUMENTS)));
});

t.test("the reference has every word of the API as the code has it", async (t) => {
  t.equal(textOf("reference.md"), renderReference(), "run `npm run reference` and commit the file");
});

t.test("a block that does not say what it is for is refused, with its place", async (t) => {
  const cases = [
    [fence("", "x\n"), /^x\.md:1: "" says nothing/],
    [`\n${fence("json", "{}\n")}`, /^x\.md:2: "json" says nothing/],
    [fence("sh status=x", "true\n"), /says nothing/],
    [`<!-- not run: -->\n${fence("sh", "true\n")}`, /^(?!.*reason)/],
    [fence("json output", "{}\n"), /right below the lines/],
    [fence("sh", "true\n") + fence("xml file=a.xml", "<a/>\n") + fence("json output", "{}\n"), /right below/],
    [`- item\n  ${fence("sh", "  true\n")}`, /not closed, indented/],
  ] as const;
  for (const [markdown, message] of cases) {
    if (markdown.includes("not run")) t.match(readDocument("x.md", markdown), [{ use: { kind: "run" } }]);
    else t.throws(() => readDocument("x.md", markdown), { message }, markdown);
  }
  t.match(readDocument("x.md", `<!-- not run: it is dear -->\n${fence("sh", "true\n")}`), [
    { use: { kind: "notRun", reason: "it is dear" } },
  ]);
});

t.test("what is shown is compared with what was printed, but for what differs each time", async (t) => {
  const same = [
    ["a … c\n", "a b c", false],
    ["a\n…\nd\n", "a\nb\nc\nd\n", false],
    ["a\n…\nd\n", "a\nd\n", false],
    ['{"id":"…","n":[1,"…"],"t":"at …"}', '{"n":[1,2,3],"t":"at noon","id":7}', true],
    ['{"a":1,"…":"…"}', '{"a":1,"b":2}', true],
  ] as const;
  for (const [shown, printed, isJson] of same) t.equal(findDifference(shown, printed, isJson), undefined, shown);
  const others = [
    ["a … c\n", "a b d", false],
    ["a\nb\n", "a\nb\nc\n", false],
    ["a.c\n", "abc\n", false],
    ['{"a":1}', '{"a":2}', true],
    ['{"a":1}', '{"a":1,"b":2}', true],
    ["[1]", "[1,2]", true],
    ['{"a":{"b":"…"}}', '{"a":{}}', true],
    ['{"a":[]}', '{"a":{}}', true],
  ] as const;
  for (const [shown, printed, isJson] of others) t.type(findDifference(shown, printed, isJson), "string", shown);
});

t.test("lines that end badly, print something else or start nothing are told with their place", async (t) => {
  const run = (markdown: string) =>
    runBlocks(readDocument("x.md", markdown), { folder: t.testdir({}), environment: { PATH: process.env.PATH } });
  const good = fence("sh", "A=1\n") + fence("xml file=a.xml", "<a/>\n") + fence("sh status=3", "cat a.xml; (exit 3)\n");
  t.same(await run(good + fence("xml output", "<a/>\n") + fence("sh", "[ $A = 1 ]\n")), []);
  t.match(await run(good + fence("xml output", "<b/>\n")), [/^x\.md:\d+: shown:\n<b\/>/]);
  t.match(await run(fence("sh", "echo before; false\necho after\n")), [/^x\.md:1: ended with 1.*\nbefore/]);
  t.match(await run(fence("sh status=3", "true\n")), [/ended with 0, not with 3/]);
  t.match(await run(fence("sh server", "echo no; exit 1\n")), [/^x\.md:1: .*\nno/]);
});

function anchorsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => anchorOf(heading));
}
