import { ask } from "./client.ts";
import type { ChangedContract } from "./send-deltas.ts";
import type { DemoStage } from "./stage.ts";

const ASKED_DAY = "2026-08-01";
const INSTANT_LENGTH = "2026-11-22T12:00:00.000".length;

interface VersionView {
  readonly version: number;
  readonly validFrom: string;
  readonly validUntil?: string;
  readonly endOn?: string;
  readonly contractKind: string;
  readonly recordedAt: string;
  readonly supersededAt?: string;
  readonly action: string;
}

/** Insurer Alpha asks what was recorded of a contract, and what held on a day as known before and after. */
export async function askHistory(
  { call, say }: DemoStage,
  { contractId, contractNumber, knownBefore }: ChangedContract,
): Promise<void> {
  const path = `/contracts/${contractId}/versions`;
  const { items } = await ask(call, path);
  say(`everything ever recorded of ${contractNumber}, from ${path}`, ...renderVersions(items));
  for (const [when, knownAt] of [
    ["before the deltas", knownBefore],
    ["now", new Date().toISOString()],
  ]) {
    const answer = await ask(call, `${path}?validOn=${ASKED_DAY}&knownAt=${encodeURIComponent(String(knownAt))}`);
    say(`what held on ${ASKED_DAY}, as known ${when} (${answer.knownAt})`, ...renderVersions(answer.items));
  }
}

function renderVersions(versions: readonly VersionView[]): string[] {
  const rows = versions.map(
    ({ version, action, contractKind, validFrom, validUntil, endOn, recordedAt, supersededAt }) => [
      `  ${version}`,
      action,
      contractKind,
      `${validFrom} to ${validUntil ?? "further notice"}`,
      `contract ends ${endOn ?? "-"}`,
      `known ${shorten(recordedAt)} to ${supersededAt === undefined ? "now" : shorten(supersededAt)}`,
    ],
  );
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join("  ")
      .trimEnd(),
  );
}

const shorten = (instant: string) => instant.slice(0, INSTANT_LENGTH).replace("T", " ");
