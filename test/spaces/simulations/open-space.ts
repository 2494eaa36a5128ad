import type { Test } from "tap";
import { createBusinessClock } from "../../../src/clock.ts";
import { SCOPES, SPACE_SCOPES } from "../../../src/identity/scopes.ts";
import { startWorker } from "../../../src/intake/worker.ts";
import { seedNumbers } from "../../../src/spaces/numbers/seed-numbers.ts";
import { clientIdOf } from "../../http/admit-with-client.ts";
import { ALPHA, type Answer, type Door, openDoor, ROOT, send, waitForEnd } from "../../http/open-door.ts";
import { listDeclared, renderDeclared } from "../numbers/declare-numbers.ts";
import { giveSpace } from "../numbers/give-space.ts";

export const GROUP = 217;

export type Simulate = (what: string, body?: object) => Promise<Answer & { json: Record<string, unknown> }>;

export interface SpaceScene {
  readonly door: Door;
  /** The real business day. */
  readonly realDay: string;
  readonly year: number;
  readonly simulate: Simulate;
}

/** A door whose Alpha has a space of its own, and contracts of all its numbers; with a worker. */
export async function openSpace(t: Test): Promise<SpaceScene> {
  const clock = createBusinessClock();
  const realDay = clock.today();
  const year = Number(realDay.slice(0, 4));
  const door = await openDoor(t, { clock });
  const { owner, database, alphaId } = door;
  const clientId = clientIdOf(ALPHA);
  await owner`update client set scopes = ${[...SPACE_SCOPES]} where client_id = ${clientId}`;
  await giveSpace(owner, { insurerId: alphaId, clientId, group: GROUP });
  await seedNumbers(database.institute, { group: GROUP, today: realDay });
  const worker = startWorker(door.intake, { concurrency: 1, pollIntervalMs: 50 });
  t.teardown(() => worker.stop(0));
  const { submissionId } = (await send(door.alpha, renderDeclared(listDeclared(GROUP, year)))).json;
  await waitForEnd(door.alpha, submissionId!);
  const caller = door.callAs(door.alphaCertificate, clientId, { scopes: [SCOPES.simulate] });
  const simulate: Simulate = async (what, body) =>
    (await caller(`${ROOT}/simulations/${what}`, {
      method: "POST",
      ...(body && { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }),
    })) as Answer & { json: Record<string, unknown> };
  return { door, realDay, year, simulate };
}
