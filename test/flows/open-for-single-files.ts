import assert from "node:assert/strict";
import { Agent } from "node:https";
import type { Test } from "tap";
import { startWorker } from "../../src/intake/worker.ts";
import { type Caller, openDoor, send } from "../http/open-door.ts";
import { until } from "./open-intake.ts";
import { loadTestRegister } from "./test-register.ts";

const TABLES = [
  "contract_version",
  "contract",
  "record_result",
  "quiet_result_block",
  "submission_payload",
  "submission",
];

/** The REST door with a register and a worker, for files of which each is to be alone in the database. */
export async function openForSingleFiles(t: Test) {
  const door = await openDoor(t, { maximumBytes: 5_000_000 });
  const { owner } = door;
  await loadTestRegister(t, door.database);
  const worker = startWorker(door.intake, { concurrency: 1, pollIntervalMs: 20 });
  t.teardown(() => worker.stop(0));
  const { certificatePem: cert, privateKeyPem: key } = door.alphaCertificate;
  const agent = new Agent({ ...door.tls, cert, key, keepAlive: true, maxSockets: 1 });
  t.teardown(() => agent.destroy());
  const alpha: Caller = (path, question) => door.alpha(path, { ...question, agent });

  return {
    alpha,
    /** Sends the file and waits for its end. */
    async exchange(content: Buffer) {
      const receipt = await send(alpha, content);
      assert.equal(receipt.status, 202);
      if (receipt.json.state === "received")
        await until(async () => (await owner`select 1 from submission where ended_at is null`).length === 0);
      return { receipt, report: await alpha(`${receipt.headers.location}/report`) };
    },
    async countRows(): Promise<Record<string, number>> {
      const counts = TABLES.map((table) => `(select count(*) from ${table}) as "${table}"`);
      const [row] = await owner.unsafe<Record<string, number>[]>(`select ${counts.join()}`);
      return { ...row };
    },
    /** So that deltas run. */
    async endInitialLoad(): Promise<void> {
      await owner`update insurer set phase = 'live', initial_load_completed_at = now()`;
    },
    /** Forgets everything but insurers and register. */
    async forget(): Promise<void> {
      const deletions = TABLES.map((table) => `delete from ${table};`);
      await owner.unsafe(
        `${deletions.join("")} update insurer set phase = 'loading', initial_load_completed_at = null`,
      );
    },
  };
}
