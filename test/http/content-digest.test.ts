import { createHash } from "node:crypto";
import fc from "fast-check";
import t from "tap";
import { parseContentDigest, verifySha512 } from "../../src/http/content-digest.ts";
import { Problem } from "../../src/http/problems.ts";

const hash = (algorithm: string, body: Uint8Array) => createHash(algorithm).update(body).digest();
const field = (name: string, digest: Buffer) => `${name}=:${digest.toString("base64")}:`;

t.test("what is announced is what was hashed", async () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.boolean(), (body, withSha512) => {
      const sha256 = hash("sha256", body);
      const sha512 = hash("sha512", body);
      const fields = [field("sha-256", sha256), ...(withSha512 ? [field("sha-512", sha512)] : [])];
      const digests = parseContentDigest(fields.join(", "));
      return digests.sha256.equals(sha256) && (withSha512 ? digests.sha512?.equals(sha512) === true : !digests.sha512);
    }),
  );
});

t.test("other algorithms and parameters are passed over, the last of two values counts", async (t) => {
  const [first, last] = [hash("sha256", Buffer.from("first")), hash("sha256", Buffer.from("last"))];
  t.ok(parseContentDigest(`md5=:YWJj:, ${field("sha-256", last)};note="x", unixsum=5`).sha256.equals(last));
  t.ok(parseContentDigest(`${field("sha-256", first)}, ${field("sha-256", last)}`).sha256.equals(last));
});

t.test("anything else is a problem and never another error", async (t) => {
  for (const text of [
    undefined,
    "",
    " ",
    "sha-256",
    "sha-256=1",
    'sha-256="x"',
    "sha-256=:YWJj:",
    "sha-256=(:YWJj:)",
    "SHA-256=abc",
  ]) {
    t.throws(() => parseContentDigest(text), Problem, `${text}`);
  }
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        parseContentDigest(text);
        return false;
      } catch (error) {
        return error instanceof Problem && error.kind === "badRequest";
      }
    }),
  );
});

t.test("a body that has the SHA-512 passes unchanged, another one breaks at its end", async (t) => {
  const body = async function* () {
    yield Buffer.from("one ");
    yield Buffer.from("two");
  };
  const pieces: string[] = [];
  for await (const piece of verifySha512(body(), hash("sha512", Buffer.from("one two")))) pieces.push(piece.toString());
  t.same(pieces, ["one ", "two"]);
  await t.rejects(async () => {
    for await (const piece of verifySha512(body(), hash("sha512", Buffer.from("one")))) pieces.push(piece.toString());
  }, Problem);
  t.equal(pieces.length, 4, "the pieces came before");
});
