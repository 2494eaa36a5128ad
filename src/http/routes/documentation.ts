import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { API_REFERENCE_PAGE, API_REFERENCE_SCRIPT } from "../documentation/api-reference.ts";
import { PAGE_STYLE, REFERENCE_STYLE } from "../documentation/page-style.ts";
import { DOCUMENTATION_ROOT, renderPage, SERVED_FOLDERS, type ServedFolder } from "../documentation/render-page.ts";
import type { Api } from "../fastify-types.ts";
import { Problem } from "../problems.ts";

const DOCUMENTS = join(import.meta.dirname, "../../../docs");
const SHARED = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/** Pages run no script; the reference runs those of this host and reads the OpenAPI document. */
const PAGE_POLICY = `${SHARED}; img-src 'self'`;
const REFERENCE_POLICY = `${SHARED}; img-src 'self' data:; script-src 'self'; connect-src 'self'`;

const HTML = "text/html; charset=utf-8";
const CSS = "text/css; charset=utf-8";
const SCRIPT = "text/javascript; charset=utf-8";

/** For browsers, beside the API: outside of the OpenAPI document, public, the same for everybody. */
export const DOCUMENTATION_PATHS = [
  "/doc",
  DOCUMENTATION_ROOT,
  `${DOCUMENTATION_ROOT}/api`,
  `${DOCUMENTATION_ROOT}/assets/:file`,
  `${DOCUMENTATION_ROOT}/:folder/:page`,
] as const;

const options = { schema: { hide: true }, config: { public: true } } as const;
const KEPT = "public, max-age=3600";

/** docs/integrators and docs/exchange as pages, and the reference of the API. */
export function documentationRoutes(app: Api): void {
  const assets = createAssets();
  const pages = createPages();
  const [short, index, reference, asset, page] = DOCUMENTATION_PATHS;
  app.get(short, options, async (_request, reply) => reply.redirect(DOCUMENTATION_ROOT, 307));
  app.get(index, options, async (_request, reply) =>
    reply
      .headers(headersOf(PAGE_POLICY))
      .type(HTML)
      .send(await pages("integrators", "README")),
  );
  app.get(reference, options, async (_request, reply) =>
    reply.headers(headersOf(REFERENCE_POLICY)).type(HTML).send(API_REFERENCE_PAGE),
  );
  app.get<{ Params: { file: string } }>(asset, options, async ({ params }, reply) => {
    const found = assets.get(params.file);
    if (!found) throw notThere();
    return reply
      .header("Cache-Control", KEPT)
      .type(found.type)
      .send(await found.read());
  });
  app.get<{ Params: { folder: string; page: string } }>(page, options, async ({ params }, reply) => {
    const folder = SERVED_FOLDERS.find((one) => one === params.folder);
    const html = folder && (await pages(folder, params.page));
    if (html === undefined) throw notThere();
    return reply.headers(headersOf(PAGE_POLICY)).type(HTML).send(html);
  });
}

function headersOf(policy: string) {
  return { "Content-Security-Policy": policy, "Cache-Control": KEPT };
}

function notThere(): Problem {
  return new Problem("resourceNotFound", "There is no such page.");
}

/** Renders each page once. A name is looked for among those that are there: it never becomes part of a path. */
function createPages() {
  const rendered = new Map<string, Promise<string>>();
  const listed = new Map<ServedFolder, Promise<string[]>>();
  return async (folder: ServedFolder, name: string): Promise<string | undefined> => {
    const files = listed.getOrInsertComputed(folder, () => readdir(join(DOCUMENTS, folder)));
    const file = (await files).find((one) => one === `${name}.md`);
    if (file === undefined) return undefined;
    return await rendered.getOrInsertComputed(`${folder}/${file}`, async () =>
      renderPage(folder, name, await readFile(join(DOCUMENTS, folder, file), "utf8")),
    );
  };
}

interface Asset {
  readonly type: string;
  readonly read: () => Promise<string | Buffer>;
}

function createAssets(): ReadonlyMap<string, Asset> {
  const text = (type: string, content: string): Asset => ({ type, read: async () => content });
  const ofRenderer = (type: string, file: string): Asset => {
    let content: Promise<Buffer> | undefined;
    const path = fileURLToPath(import.meta.resolve(`swagger-ui-dist/${file}`));
    return { type, read: () => (content ??= readFile(path)) };
  };
  return new Map([
    ["pages.css", text(CSS, PAGE_STYLE)],
    ["reference.css", text(CSS, REFERENCE_STYLE)],
    ["reference.js", text(SCRIPT, API_REFERENCE_SCRIPT)],
    ["swagger-ui.css", ofRenderer(CSS, "swagger-ui.css")],
    ["swagger-ui-bundle.js", ofRenderer(SCRIPT, "swagger-ui-bundle.js")],
    ["icon.png", ofRenderer("image/png", "favicon-32x32.png")],
  ]);
}
