import type { PremiumYearRules } from "./premium-year-rules.ts";

const MAP = "$map";

/** Rules as text from which the same rules come back, maps included. */
export function renderRules(rules: PremiumYearRules): string {
  return JSON.stringify(rules, (_, value) => (value instanceof Map ? { [MAP]: [...value] } : value));
}

export function parseRules(text: string): PremiumYearRules {
  return JSON.parse(text, (_, value) => (isMap(value) ? new Map(value[MAP]) : value));
}

function isMap(value: unknown): value is { [MAP]: [unknown, unknown][] } {
  return typeof value === "object" && value !== null && MAP in value;
}
