import { CompactSign } from "jose";
import t from "tap";
import { createSignatureCheck } from "../../src/audit/seal-signature.ts";
import { createKeyRing } from "./audit-trail.ts";

const payload = new TextEncoder().encode("a statement");

t.test("signatures of every key that was ever used are known, by any algorithm of the gateway", async (t) => {
  const rings = await Promise.all(["ES256", "PS256", "EdDSA"].map((algorithm) => createKeyRing(algorithm)));
  const check = createSignatureCheck({ keys: rings.flatMap(({ keySet }) => keySet.keys) });
  for (const { signer } of rings) t.same(Buffer.from(await check(await signer.sign(payload))), Buffer.from(payload));
});

t.test("a signature of somebody else is refused, under a known key's name too", async (t) => {
  const ours = await createKeyRing("ES256", "key-1");
  const theirs = await createKeyRing("ES256", "key-1");
  const check = createSignatureCheck(ours.keySet);
  await t.rejects(check(await theirs.signer.sign(payload)));
  await t.rejects(check(await (await createKeyRing("ES256", "key-2")).signer.sign(payload)));
});

t.test("no signature, or one made with the public key as a secret, is refused", async (t) => {
  const { keySet } = await createKeyRing("ES256", "key-1");
  const check = createSignatureCheck(keySet);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  await t.rejects(check(`${part({ alg: "none", kid: "key-1" })}.${Buffer.from(payload).toString("base64url")}.`));
  const secret = Buffer.from(JSON.stringify(keySet.keys[0]));
  await t.rejects(
    check(await new CompactSign(payload).setProtectedHeader({ alg: "HS256", kid: "key-1" }).sign(secret)),
  );
  await t.rejects(check(""));
});

t.test("not one character of a signature can be changed unseen", async (t) => {
  const { signer, keySet } = await createKeyRing();
  const check = createSignatureCheck(keySet);
  const jws = await signer.sign(payload);
  for (let index = 0; index < jws.length; index += 1) {
    if (jws[index] === ".") continue;
    for (const character of ["A", "B", "_"]) {
      if (jws[index] === character) continue;
      const altered = jws.slice(0, index) + character + jws.slice(index + 1);
      await t.rejects(check(altered), `character ${index}`);
    }
  }
});
