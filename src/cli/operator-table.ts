export type Cell = string | number | boolean | Date | readonly string[] | null | undefined;
export type Row = Readonly<Record<string, Cell>>;

/** Rows as text in columns, one for each name; `-` stands for what is absent. */
export function renderTable<Name extends string>(
  columns: readonly Name[],
  rows: readonly Readonly<Record<Name, Cell>>[],
): string {
  if (rows.length === 0) return "none\n";
  const lines = [columns.map((name) => name), ...rows.map((row) => columns.map((name) => renderCell(row[name])))];
  const widths = columns.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines
    .map(
      (line) =>
        `${line
          .map((cell, column) => cell.padEnd(widths[column]!))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}

function renderCell(value: Cell): string {
  if (value === null || value === undefined || value === "") return "-";
  if (value instanceof Date) return value.toISOString();
  // What breaks a line, or steers a terminal, shows as what it is.
  return String(value).replaceAll(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));
}
