import { randomBytes } from "node:crypto";
import fc from "fast-check";
import t from "tap";
import { createSecretBox } from "../../src/webhooks/secret-box.ts";

const box = createSecretBox(randomBytes(32));

t.test("what is sealed can be opened, and is never twice the same", async (t) => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string(), (secret, context) => {
      const sealed = box.seal(secret, context);
      return box.open(sealed, context) === secret && !sealed.equals(box.seal(secret, context));
    }),
  );
  t.notMatch(box.seal("whsec_secret", "1/a").toString("latin1"), "whsec");
});

t.test("with another key, in another's row or changed, it opens nothing", async (t) => {
  const sealed = box.seal("whsec_secret", "1/a");
  t.throws(() => createSecretBox(randomBytes(32)).open(sealed, "1/a"));
  t.throws(() => box.open(sealed, "2/a"));
  for (let index = 0; index < sealed.length; index += 1) {
    const changed = Buffer.from(sealed);
    changed[index]! ^= 1;
    t.throws(() => box.open(changed, "1/a"), `byte ${index}`);
  }
  t.throws(() => box.open(sealed.subarray(0, 20), "1/a"), "cut");
});
