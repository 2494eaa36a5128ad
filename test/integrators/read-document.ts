/** One fenced block of a document that runs. How blocks are marked: docs/integrators/README.md. */
export interface Block {
  /** Where it stands, for whoever must mend it: `first-hour.md:12`. */
  readonly place: string;
  readonly text: string;
  readonly use: BlockUse;
}

export type BlockUse =
  /** Shell lines; the status with which they end. */
  | { readonly kind: "run"; readonly status: number }
  /** A command that goes on until the document is through. */
  | { readonly kind: "server" }
  /** What the shell lines above it print. */
  | { readonly kind: "output"; readonly isJson: boolean }
  /** What the reader saves under that name. */
  | { readonly kind: "file"; readonly name: string }
  | { readonly kind: "notRun"; readonly language: string; readonly reason: string };

const FENCE = /^(?:<!-- not run: (?<reason>.+?) -->\n)?```(?<info>[^\n`]*)\n(?<text>.*?)^```$/gms;
const ANY_FENCE = /^\s*(```|~~~)/gm;

/** The blocks of a document in their order. Throws, naming the place, where one says nothing of what it is for. */
export function readDocument(name: string, markdown: string): Block[] {
  const blocks = [...markdown.matchAll(FENCE)].map((match) => {
    const { info = "", text = "", reason } = match.groups ?? {};
    const place = `${name}:${markdown.slice(0, match.index).split("\n").length}`;
    return { place, text, use: readUse(place, info.trim().split(/\s+/), reason) };
  });
  const fences = markdown.match(ANY_FENCE)?.length ?? 0;
  if (fences !== 2 * blocks.length) throw new Error(`${name}: a block is not closed, indented or not fenced by \`\`\``);
  for (const [index, { place, use }] of blocks.entries()) {
    if (use.kind === "output" && blocks[index - 1]?.use.kind !== "run")
      throw new Error(`${place}: output stands right below the lines that print it`);
  }
  return blocks;
}

function readUse(place: string, [language = "", ...marks]: readonly string[], reason: string | undefined): BlockUse {
  if (reason !== undefined) return { kind: "notRun", language, reason };
  const [mark, ...others] = marks;
  const [, name, status] = /^(?:file=(\S+)|status=(\d+))$/.exec(mark ?? "") ?? [];
  if (others.length === 0) {
    if (name !== undefined) return { kind: "file", name };
    if (mark === "output") return { kind: "output", isJson: language === "json" };
    if (language === "sh" && mark === "server") return { kind: "server" };
    if (language === "sh" && (mark === undefined || status !== undefined)) {
      return { kind: "run", status: Number(status ?? 0) };
    }
  }
  throw new Error(
    `${place}: "${[language, ...marks].join(" ")}" says nothing of what the block is for: sh, sh status=N, … output, … file=NAME, or a line <!-- not run: why --> above it`,
  );
}
