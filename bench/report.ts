/** What a benchmark found, and whether it is what we promise. */
export interface BenchReport {
  readonly bench: string;
  readonly machine: string;
  readonly figures: readonly Figure[];
}

export const COMPARISONS = ["atMost", "atLeast"] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** One measured value beside its target. `holds` follows from the unrounded values. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly target: number;
  readonly comparison: Comparison;
  readonly holds: boolean;
}

const SIGNIFICANT_DIGITS = 4;

export function atMost(target: number, name: string, value: number, unit: string): Figure {
  return createFigure({ name, value, unit, target, comparison: "atMost", holds: value <= target });
}

export function atLeast(target: number, name: string, value: number, unit: string): Figure {
  return createFigure({ name, value, unit, target, comparison: "atLeast", holds: value >= target });
}

/** A value that could not be measured holds nothing: NaN compares false. JSON would make it null, so it is refused. */
function createFigure(figure: Figure): Figure {
  if (!Number.isFinite(figure.value) || !Number.isFinite(figure.target)) {
    throw new RangeError(`${figure.name} was not measured`);
  }
  return { ...figure, value: round(figure.value), target: round(figure.target) };
}

/** Four digits say what a benchmark knows; more would pretend. */
function round(value: number): number {
  return Math.abs(value) >= 10 ** SIGNIFICANT_DIGITS
    ? Math.round(value)
    : Number(value.toPrecision(SIGNIFICANT_DIGITS));
}

/** True when every figure holds, and there is one. */
export function allHold(report: BenchReport): boolean {
  return report.figures.length > 0 && report.figures.every((figure) => figure.holds);
}

export function exitStatus(report: BenchReport): 0 | 1 {
  return allHold(report) ? 0 : 1;
}

/** A table for people, notes below it, and as its last line the report as one JSON object. */
export function renderReport(report: BenchReport, notes: readonly string[] = []): string {
  const { bench, machine, figures } = report;
  const rows = figures.map((figure) => [
    figure.name,
    `${formatNumber(figure.value)} ${figure.unit}`.trimEnd(),
    `${figure.comparison === "atMost" ? "at most" : "at least"} ${formatNumber(figure.target)}`,
    figure.holds ? "holds" : "DOES NOT HOLD",
  ]);
  return [
    `${bench} on ${machine}`,
    "",
    ...alignColumns([["figure", "value", "target", ""], ...rows]),
    ...(notes.length > 0 ? ["", ...notes] : []),
    "",
    JSON.stringify({ bench, machine, figures }),
    "",
  ].join("\n");
}

function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const isNumeric = (column: number) => column === 1;
  return rows.map((row) =>
    row
      .map((cell, column) => (isNumeric(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join("  ")
      .trimEnd(),
  );
}

function formatNumber(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: 4 });
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  if (sorted.length === 0) throw new RangeError("there is no median of nothing");
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
