/** A large difference says enough by its beginning. */
const MOST_LINES = 40;

/** From what tap wrote: each failed assertion with the tests it stands in and what tap says of it, the innermost only. */
export function listFailed(tap: string): string[] {
  const failed: { readonly depth: number; readonly text: string }[] = [];
  const path: string[] = [];
  /** At each depth, how many had failed when the subtest began that ends next. */
  const before: number[] = [];
  const lines = tap.split("\n");
  for (const [index, line] of lines.entries()) {
    const text = line.trimStart();
    const depth = (line.length - text.length) / 4;
    if (text.startsWith("# Subtest: ")) {
      path[depth] = text.slice("# Subtest: ".length);
      before[depth] = failed.length;
    } else if (/^(?:not )?ok \d/.test(text)) {
      const isTold = failed.slice(before[depth] ?? 0).some((inner) => inner.depth > depth);
      if (text.startsWith("not") && !isTold && !/ # (?:TODO|SKIP)\b/.test(text))
        failed.push({
          depth,
          text: [[...path.slice(0, depth), text].join(" > "), ...readDiagnosis(lines, index + 1)].join("\n"),
        });
      before[depth] = failed.length;
    }
  }
  return failed.map(({ text }) => text);
}

function readDiagnosis(lines: readonly string[], from: number): readonly string[] {
  if (lines[from]?.trim() !== "---") return [];
  const end = lines.findIndex((line, index) => index > from && line.trim() === "...");
  return lines.slice(from + 1, Math.min(end < 0 ? lines.length : end, from + 1 + MOST_LINES));
}
