import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { compactVerify, createLocalJWKSet } from "jose";
import t from "tap";
import type { Receipt } from "../../src/formats/report/receipt.ts";
import {
  createFixedKeyRing,
  createKeyRing,
  type KeyRing,
  type KeyRingOptions,
} from "../../src/identity/signing-keys.ts";
import { createReceiptSigner } from "../../src/intake/receipt.ts";

interface Pair {
  readonly privatePem: string;
  readonly publicPem: string;
}

function makePair(): Pair {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { privatePem: pem(privateKey, "pkcs8"), publicPem: pem(createPublicKey(privateKey), "spki") };
}

function pem(key: KeyObject, type: "pkcs8" | "spki"): string {
  return key.export({ type, format: "pem" } as { type: "pkcs8"; format: "pem" }).toString();
}

async function kidOf({ privatePem }: Pair): Promise<string> {
  return (await createFixedKeyRing(privatePem)).current().kid;
}

async function open(folder: string, options: KeyRingOptions = {}): Promise<KeyRing> {
  const ring = await createKeyRing(folder, { rereadIntervalMs: 20, publishedBeforeUseMs: 300, ...options });
  t.teardown(() => ring.close());
  return ring;
}

async function until(isTrue: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 5_000 && !isTrue(); attempt += 1) await sleep(20);
  if (!isTrue()) throw new Error("it did not happen in time");
}

const kidsOf = (ring: KeyRing) => ring.keySet().keys.map(({ kid }) => kid);

t.test("a new key is published at once and signs later, without restart; the old one may then retire", async (t) => {
  const [old, next] = [makePair(), makePair()];
  const [oldKid, nextKid] = [await kidOf(old), await kidOf(next)];
  const folder = t.testdir({ "2026.pem": old.privatePem });
  const ring = await open(folder);
  let changes = 0;
  ring.onChange(() => {
    changes += 1;
  });
  t.equal(ring.current().kid, oldKid, "the only key signs from the start");

  writeFileSync(join(folder, "unfinished"), next.privatePem);
  renameSync(join(folder, "unfinished"), join(folder, "2027.pem"));
  await until(() => kidsOf(ring).length === 2);
  t.strictSame(kidsOf(ring), [oldKid, nextKid]);
  t.equal(changes, 1);
  t.equal(ring.current().kid, oldKid, "published, not yet used");
  await until(() => ring.current().kid === nextKid);
  t.equal(changes, 1, "which key signs changes nothing that is published");

  writeFileSync(join(folder, "2026.pem"), old.publicPem);
  await until(() => ring.signingKeys().length === 1);
  t.strictSame(kidsOf(ring), [oldKid, nextKid], "the public part of the old key stays published");
  t.notOk(
    ring.keySet().keys.some((key) => "d" in key),
    "no private part is published",
  );
});

t.test("a process that starts amid a rotation goes on with the key that every other one knows", async (t) => {
  const [old, next] = [makePair(), makePair()];
  const folder = t.testdir({ "2026.pem": old.privatePem, "2027.pem": next.privatePem });
  const ring = await open(folder);
  t.equal(ring.current().kid, await kidOf(old));
  await until(() => ring.signingKeys().length === 2);
  const nextKid = await kidOf(next);
  await until(() => ring.current().kid === nextKid);
});

t.test("a stolen key that gives way to a new one is out of use at the next reading", async (t) => {
  const [stolen, next] = [makePair(), makePair()];
  const folder = t.testdir({ "2026.pem": stolen.privatePem });
  const ring = await open(folder, { publishedBeforeUseMs: 60_000 });
  writeFileSync(join(folder, "2027.pem"), next.privatePem);
  rmSync(join(folder, "2026.pem"));
  const nextKid = await kidOf(next);
  await until(() => kidsOf(ring).join() === nextKid);
  t.equal(ring.current().kid, nextKid, "it need not wait: there is no other");
});

t.test("a folder that cannot be used leaves the keys as they were, and is reported until it is mended", async (t) => {
  const key = makePair();
  const kid = await kidOf(key);
  const folder = t.testdir({ "1.pem": key.privatePem });
  const troubles: unknown[] = [];
  const ring = await open(folder, { onTrouble: (error) => troubles.push(error) });
  writeFileSync(join(folder, "2.pem"), "-----BEGIN PRIVATE KEY-----\nMIGH");
  await until(() => troubles.length > 1);
  t.match(troubles[0], { message: /2\.pem is neither an EC P-256 private key/ });
  t.strictSame(kidsOf(ring), [kid]);
  rmSync(join(folder, "2.pem"));
  rmSync(join(folder, "1.pem"));
  await until(() => troubles.some((error) => /no private key/.test(String(error))));
  t.equal(ring.current().kid, kid);
  writeFileSync(join(folder, "1.pem"), key.privatePem);
  await sleep(100);
  const count = troubles.length;
  await sleep(100);
  t.equal(troubles.length, count);
});

t.test("a folder without a usable key is refused at the start", async (t) => {
  const key = makePair();
  const p384 = pem(generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey, "pkcs8");
  for (const [name, files] of Object.entries({
    empty: {},
    "public part alone": { "1.pem": key.publicPem },
    "another curve": { "1.pem": p384 },
    text: { "1.pem": key.privatePem, "2.pem": "text" },
  })) {
    await t.rejects(createKeyRing(t.testdir(files)), { message: /private key/ }, name);
  }
  const ring = await open(
    t.testdir({ "1.pem": key.privatePem, "1-public.pem": key.publicPem, ".2.pem": "x", note: "x" }),
  );
  t.equal(kidsOf(ring).length, 1, "the public part beside its key, hidden files and others do not count");
  t.equal(ring.signingKeys().length, 1);
});

t.test("receipts are signed with the key of the moment and verified by the published keys", async (t) => {
  const [old, next] = [makePair(), makePair()];
  const folder = t.testdir({ "1.pem": old.privatePem });
  const ring = await open(folder);
  const signer = createReceiptSigner(ring);
  const receipt = { submissionId: "S-1" } as unknown as Receipt;
  const first = await signer.sign(receipt);
  writeFileSync(join(folder, "2.pem"), next.privatePem);
  const nextKid = await kidOf(next);
  await until(() => ring.current().kid === nextKid);
  const second = await signer.sign(receipt);
  const keys = createLocalJWKSet({ keys: [...signer.keySet.keys] });
  const headers = await Promise.all(
    [first, second].map(async ({ jws }) => (await compactVerify(jws, keys)).protectedHeader),
  );
  t.strictSame(headers, [
    { alg: "ES256", kid: await kidOf(old), typ: "infoss-receipt+jws" },
    { alg: "ES256", kid: nextKid, typ: "infoss-receipt+jws" },
  ]);
});
