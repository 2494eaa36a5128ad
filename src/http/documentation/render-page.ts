import { posix } from "node:path";
import type { Tokens } from "marked";
import { API_ROOT } from "../paths.ts";

export const DOCUMENTATION_ROOT = `${API_ROOT}/doc`;
/** Folders of docs/ that are served; the first one's README is the index. */
export const SERVED_FOLDERS = ["integrators", "exchange"] as const;
export type ServedFolder = (typeof SERVED_FOLDERS)[number];

/** A page of documentation as HTML that needs no script. `name` is without `.md`. */
export async function renderPage(folder: ServedFolder, name: string, markdown: string): Promise<string> {
  const { Marked } = await import("marked");
  const title = /^# (.+)$/m.exec(markdown)?.[1] ?? name;
  const marked = new Marked({
    gfm: true,
    renderer: {
      heading({ tokens, depth, text }: Tokens.Heading) {
        return `<h${depth} id="${anchorOf(text)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      link({ href, tokens }: Tokens.Link) {
        const text = this.parser.parseInline(tokens);
        const target = resolveLink(folder, href);
        return target === undefined ? text : `<a href="${escapeHtml(target)}">${text}</a>`;
      },
      table(token: Tokens.Table) {
        const row = (cells: readonly Tokens.TableCell[], element: "td" | "th") =>
          `<tr>${cells.map((cell) => `<${element}>${this.parser.parseInline(cell.tokens)}</${element}>`).join("")}</tr>\n`;
        const head = token.header.some(({ text }) => text !== "") ? `<thead>${row(token.header, "th")}</thead>` : "";
        return `<table>${head}<tbody>\n${token.rows.map((cells) => row(cells, "td")).join("")}</tbody></table>\n`;
      },
    },
  });
  return renderHtml(title.replaceAll("`", ""), `<main>\n${marked.parse(markdown, { async: false })}</main>`);
}

/** The whole of a page; scripts are files of the same host. */
export function renderHtml(title: string, body: string, head = ""): string {
  const links = [
    ["Documentation", DOCUMENTATION_ROOT],
    ["API reference", `${DOCUMENTATION_ROOT}/api`],
    ["OpenAPI document", `${DOCUMENTATION_ROOT}/openapi.json`],
  ].map(([text, href]) => `<a href="${href}">${text}</a>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="${DOCUMENTATION_ROOT}/assets/icon.png">
<link rel="stylesheet" href="${DOCUMENTATION_ROOT}/assets/pages.css">
${head}</head>
<body>
<nav>${links.join("\n")}</nav>
${body}
</body>
</html>
`;
}

/** What follows `#` in links to a heading, as the forges make it. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\- _]/gu, "")
    .replaceAll(" ", "-");
}

/** Where a link leads on this host; undefined where it leads to a file that is not served. */
function resolveLink(folder: ServedFolder, href: string): string | undefined {
  if (/^(https?:|#)/.test(href)) return href;
  const [path = "", anchor] = href.split("#");
  const target = posix.normalize(`docs/${folder}/${path}`);
  if (target === "openapi/digital-contracts.json") return `${DOCUMENTATION_ROOT}/openapi.json`;
  const [, served, name] = /^docs\/([a-z]+)\/([\w-]+)\.md$/.exec(target) ?? [];
  if (!SERVED_FOLDERS.some((one) => one === served)) return undefined;
  return `${DOCUMENTATION_ROOT}/${served}/${name}${anchor === undefined ? "" : `#${anchor}`}`;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
