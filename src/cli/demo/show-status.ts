import { setTimeout as sleep } from "node:timers/promises";
import { ask } from "./client.ts";
import { awaitAnswer, connectOverSftp } from "./drop-over-sftp.ts";
import type { DemoStage } from "./stage.ts";

const PREMIUM_YEAR = 2025;
const SHOWN_CHARACTERS = 1_300;
const POLL_MS = 250;
const PATIENCE_MS = 120_000;

/** Insurer Alpha asks what became of a client, reads why, and has everything written to OUT. */
export async function showStatus(stage: DemoStage): Promise<void> {
  const { call, say } = stage;
  const path = `/socialAdvantages?premiumYear=${PREMIUM_YEAR}&pageSize=1`;
  const [client] = await awaitStatus(stage, path);
  say(
    `what became of a client of insurer Alpha for premium year ${PREMIUM_YEAR}, and why, from ${path}`,
    render(client),
  );
  const { entries } = await ask(call, `/refData/calendar?premiumYear=${PREMIUM_YEAR}`);
  const { linkingUntil, decisionOn } = entries[0];
  say(
    `the calendar that everybody may read: contracts recorded until ${linkingUntil}, decisions told on ${decisionOn}`,
  );
  const { items } = await ask(call, "/events?pageSize=1000");
  const told = items.find(({ kind }: { kind: string }) => kind === "socialAdvantageChanged");
  if (told) say(`a change of status in the feed: ${JSON.stringify(told)}`);

  const { accountName } = await ask(call, "/socialAdvantages/snapshot", {});
  const sftp = await connectOverSftp(stage, accountName);
  try {
    const name = await awaitAnswer(sftp, "STAT");
    const text = String(await sftp.get(`OUT/${name}`));
    say(`OUT/${name}, ${text.length} bytes:`, `${text.slice(0, SHOWN_CHARACTERS)}…`);
  } finally {
    await sftp.end();
  }
}

/** Soon after contracts were merged: what insurers see is brought up to date by a worker. */
async function awaitStatus({ call }: DemoStage, path: string) {
  for (const deadline = performance.now() + PATIENCE_MS; performance.now() < deadline; await sleep(POLL_MS)) {
    const { items } = await ask(call, path);
    if (items.length > 0) return items;
  }
  throw new Error(`no status came within ${PATIENCE_MS / 1000} s`);
}

function render(client: object): string {
  return JSON.stringify(client, undefined, 2);
}
