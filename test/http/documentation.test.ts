import { chromium, type Page } from "playwright-core";
import t, { type Test } from "tap";
import { skipWithout } from "../sftp/installed.ts";
import { listOperationNames, type OpenapiDocument } from "./api-operations.ts";
import { type Door, openDoor, ROOT } from "./open-door.ts";

const DOC = `${ROOT}/doc`;

t.test("the documentation", async (t) => {
  const door = await openDoor(t);

  t.test("is served to anybody, as pages without script whose links lead to pages", async (t) => {
    const short = await door.nobody("/doc");
    t.match(short, { status: 307, headers: { location: DOC } });
    const index = await door.nobody(DOC);
    t.match(index, { status: 200, headers: { "content-type": "text/html; charset=utf-8" } });
    t.notMatch(index.headers["content-security-policy"], /unsafe|script-src|https?:/);
    const seen = new Set<string>([DOC]);
    const open = [...linksOf(index.text)];
    for (let link = open.pop(); link !== undefined; link = open.pop()) {
      const [path = "", anchor] = link.split("#");
      if (anchor === undefined && seen.has(path)) continue;
      const page = await door.nobody(path);
      t.equal(page.status, 200, link);
      if (anchor !== undefined) t.match(page.text, `id="${anchor}"`, link);
      if (seen.has(path)) continue;
      seen.add(path);
      t.notMatch(page.text, /<script(?! src="\/)/, path);
      open.push(...linksOf(page.text));
    }
    for (const path of [`${DOC}/integrators/first-hour`, `${DOC}/exchange/answers`, `${DOC}/api`]) {
      t.ok(seen.has(path), `the index leads to ${path}`);
    }
  });

  t.test("is nothing but its pages", async (t) => {
    const others = ["/integrators/setup", "/adr/0001-toolchain", "/integrators/..%2f..%2fREADME", "/assets/index.html"];
    for (const path of [...others, "/assets/..%2fpackage.json", "/integrators/"]) {
      t.match(await door.nobody(`${DOC}${path}`), { status: 404, json: { title: "Not Found" } }, path);
    }
    t.match(await door.nobody(DOC, { method: "POST" }), { status: 405 });
  });

  t.test(
    "has a reference in which a browser lists every operation, without any other host and without an error",
    { skip: skipWithout("chromium") },
    async (t) => {
      const { page, asked, errors } = await openBrowser(t, door);
      await page.goto("/doc");
      t.match(await page.title(), /\S/);
      await page.getByRole("link", { name: "API reference" }).first().click();
      const published: OpenapiDocument = JSON.parse((await door.nobody(`${DOC}/openapi.json`)).text);
      const operations = listOperationNames(published);
      const isListed = (operation: string) =>
        page.locator(`.opblock-${operation.split(" ")[0]!.toLowerCase()} [data-path="${operation.split(" ")[1]}"]`);
      for (const operation of operations) await isListed(operation).first().waitFor({ state: "attached" });
      t.ok(operations.length > 100, `${operations.length} operations are listed`);
      for (const path of ["/submissions", "/contracts/{contractId}/close", "/health"]) {
        t.ok(await page.locator(`.opblock [data-path="${path}"]`).count(), path);
      }
      // Opened, an operation shows what it takes and gives, and lets nobody call it from here.
      await page.locator('.opblock:has([data-path="/contracts/query"]) button').first().click();
      await page.locator(".opblock-body .responses-inner").waitFor();
      t.equal(await page.getByText("Try it out").count(), 0);
      t.same([...asked], [`https://localhost:${door.tls.port}`]);
      t.same(errors, []);
    },
  );
});

function linksOf(html: string): string[] {
  return [...html.matchAll(/<a href="(\/[^"]*)"/g)].map(([, link = ""]) => link);
}

/** A browser that trusts the door's certificate; every host that it asks and everything that goes wrong in it. */
async function openBrowser(t: Test, door: Door): Promise<{ page: Page; asked: Set<string>; errors: string[] }> {
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  t.teardown(() => browser.close());
  // What lies below the window is not drawn: a window that is as high as the page.
  const viewport = { width: 1280, height: 20_000 };
  const page = await browser.newPage({
    baseURL: `https://localhost:${door.tls.port}`,
    ignoreHTTPSErrors: true,
    viewport,
  });
  // As long as the machine takes: it may have other work.
  page.setDefaultTimeout(240_000);
  const asked = new Set<string>();
  const errors: string[] = [];
  page.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol !== "data:") asked.add(origin);
  });
  page.on("requestfailed", (request) => errors.push(`${request.url()}: ${request.failure()?.errorText}`));
  page.on("response", (response) => {
    if (response.status() >= 400) errors.push(`${response.url()}: ${response.status()}`);
  });
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) errors.push(message.text());
  });
  page.on("pageerror", (error) => errors.push(String(error)));
  return { page, asked, errors };
}
