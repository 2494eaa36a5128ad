import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import t from "tap";
import type { Sql } from "../../src/database/sql.ts";
import { createGatewayCaller } from "../deployment/call-gateway.ts";
import { followUp, generateInput } from "./crash-inputs.ts";
import { openScene, waitUntil } from "./crash-scene.ts";
import { findHalfMerged } from "./outcome.ts";
import { createSender } from "./sender.ts";

const load = generateInput({ insurer: "alpha", reference: "LOAD", records: 60, seed: 83, complete: true });
const deltas = [1, 2, 3, 4].map((sequence) => followUp(load, `DELTA-${sequence}`, sequence));
const scene = await openScene(t);
const certificates = dirname(String(scene.namedCertificates.TLS_KEY_FILE));
const read = (name: string) => readFileSync(join(certificates, name), "utf8");
const gateways = [await scene.startReady(), await scene.startReady()];
const senders = gateways.map((gateway) => createSender(certificates, "client-alpha", () => gateway.address()));
const callers = await Promise.all(
  gateways.map(async (gateway) => {
    const url = new URL(String(gateway.address())).origin;
    const certificate = { certificatePem: read("client-alpha.pem"), privateKeyPem: read("client-alpha-key.pem") };
    const caller = createGatewayCaller(url, read("ca.pem"), {
      clientId: "client-alpha",
      keyPem: read("client-alpha-assertion-key.pem"),
      certificate,
    });
    const token = await caller.getToken();
    return (method: string, path: string, body: object, headers: object = {}) =>
      caller.call(`/contracts${path}`, {
        method,
        token,
        body: JSON.stringify(body),
        headers: { "Content-Type": "application/json", "Idempotency-Key": randomUUID(), ...headers },
      });
  }),
);
const both = <Answer>(ask: (caller: (typeof callers)[number], index: number) => Promise<Answer>) =>
  Promise.all(callers.map(ask));

/** What no interleaving of changes may leave behind. */
const BROKEN = {
  "a version is missing, or counted twice": `
    select contract_id from contract_version group by contract_id having max(version) <> count(*)`,
  "periods known now leave a gap, or overlap": `
    select contract_id from (
      select *, lead(valid_from) over (partition by contract_id order by valid_from) as next from contract_version
      where superseded_at is null and action <> 'cancel') known where valid_before is distinct from next`,
  "the first period is not that of the start": `
    select contract_id from contract c where start_on <> (
      select min(valid_from) from contract_version v where v.contract_id = c.contract_id and superseded_at is null)`,
  "a version was superseded, and nothing took its place": `
    select contract_id from contract_version v where superseded_at is not null and not exists (
      select from contract_version w where w.contract_id = v.contract_id and w.recorded_at = v.superseded_at)`,
  "two submissions were recorded at one instant": `
    select recorded_at from contract_version group by recorded_at having count(distinct submission_id) > 1`,
  "a later delta was recorded before an earlier one": `
    select sequence from (select sequence, ended_at < lag(ended_at) over (order by sequence) as is_wrong
      from submission where sequence is not null) ordered where is_wrong`,
};
async function findBroken(owner: Sql): Promise<string[]> {
  const found = await Promise.all(
    Object.entries(BROKEN).map(async ([what, query]) => ((await owner.unsafe(query)).length > 0 ? [what] : [])),
  );
  return found.flat();
}

t.test("two gateways serve one insurer at once: files by both, calls by both, on the same contracts", async (t) => {
  const { submissionId } = await senders[0]!.submit(load);
  t.equal((await senders[1]!.follow(submissionId)).state, "processed");
  const contracts = await scene.owner<{ contractId: string; startOn: string; inamiRoot: string }[]>`
    select contract_id as "contractId", start_on as "startOn", inami_root as "inamiRoot" from contract order by contract_number`;
  const content = { contractKind: "socialPlci", solidarity: true };

  const files = Promise.all(
    deltas.toReversed().map(async (delta, index) => {
      const sender = senders[index % senders.length]!;
      return await senders[(index + 1) % senders.length]!.follow((await sender.submit(delta)).submissionId);
    }),
  );
  const statuses: number[] = [];
  for (const [index, { contractId, startOn, inamiRoot }] of contracts.slice(0, 12).entries()) {
    const key = { "Idempotency-Key": randomUUID() };
    const declared = { contractNumber: `CALL-${index}`, inamiNumber: inamiRoot, startOn, ...content };
    const made = await both((call) => call("POST", "", declared, key));
    t.same(
      new Set(made.map(({ status }) => status).filter((status) => status !== 409)),
      new Set([201]),
      "one key, one contract",
    );
    const changed = await both((call, which) => {
      const body = { ...content, effectiveOn: startOn, contractKind: which === 0 ? "combined" : "deathCover" };
      return call("PUT", `/${contractId}`, body, { "If-Match": index % 2 === 0 ? "*" : '"1"' });
    });
    statuses.push(...changed.map(({ status }) => status));
  }
  t.same(
    (await files).map(({ state }) => state),
    deltas.map(() => "processed"),
  );
  t.same(
    statuses.filter((status) => ![200, 400, 409, 412].includes(status)),
    [],
    "changed, refused as a file would refuse it, or changed by another meanwhile",
  );
  t.comment(`calls on contracts of the files: ${statuses.join(" ")}`);
});

t.test("every version has its place, whoever wrote it", async (t) => {
  const calls = await scene.owner`
    select contract_number from contract where contract_number like 'CALL-%' and cancelled_at is null`;
  t.equal(calls.length, 12);
  t.same(await findHalfMerged(scene.owner), []);
  t.same(await findBroken(scene.owner), []);
  for (const gateway of gateways) {
    gateway.signal("SIGTERM");
    t.same(await gateway.ended, { code: 0, signal: null });
    t.same(
      gateway.printed.filter((line) => /error/i.test(line)),
      [],
    );
    t.same(
      gateway.log.filter(({ level }) => level >= 50),
      [],
      "nothing went wrong on the way",
    );
  }
  await waitUntil(() => scene.alive().length === 0, "both have ended");
});
