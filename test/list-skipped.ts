/** From what tap wrote: each reason once, with the number of tests it kept from running. Reasons say what to do. */
export function listSkipped(tap: string): string[] {
  const reasons = new Map<string, number>();
  for (const [, reason = "no reason was given"] of tap.matchAll(/^ *ok \d+.*? # SKIP(?: +(.+))?$/gm)) {
    reasons.set(reason.trim(), (reasons.get(reason.trim()) ?? 0) + 1);
  }
  return [...reasons].map(([reason, count]) => `skipped ${count}: ${reason}`);
}
