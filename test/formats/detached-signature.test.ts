import { createHash } from "node:crypto";
import t from "tap";
import { verifyDetachedSignature } from "../../src/formats/detached-signature.ts";
import { createSigner } from "./create-signer.ts";

const CONTENT = "<contractFile/>\r\n";
const SHA256 = createHash("sha256").update(CONTENT).digest();

/** Certificates are made after this file was loaded. */
const NOW = new Date(Date.now() + 3_600_000);

t.test("signatures that openssl makes hold, with RSA and EC keys, with and without the lines of PEM", async (t) => {
  const kinds = {
    rsa: { key: ["-newkey", "rsa:2048"], options: ["-md", "sha256"] },
    pss: { key: ["-newkey", "rsa:2048"], options: ["-md", "sha256", "-keyopt", "rsa_padding_mode:pss"] },
    ec: { key: ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"], options: ["-md", "sha256"] },
  };
  for (const [kind, { key, options }] of Object.entries(kinds)) {
    const { certificate, sign } = createSigner(t, kind, key);
    const pem = sign(CONTENT, ...options);
    t.equal(verifyDetachedSignature(pem, SHA256, [certificate], NOW), undefined, kind);
    const bare = pem.replace(/-----.*-----\n/g, "");
    t.equal(verifyDetachedSignature(bare, SHA256, [certificate], NOW), undefined, `${kind}, bare base64`);
    t.equal(verifyDetachedSignature(bare.replaceAll("\n", ""), SHA256, [certificate], NOW), undefined, "in one line");
  }
});

t.test("whatever else does not", async (t) => {
  const { certificate, sign } = createSigner(t, "signer", ["-newkey", "rsa:2048"]);
  const other = createSigner(t, "other", ["-newkey", "rsa:2048"]);
  const signature = sign(CONTENT, "-md", "sha256");
  const check = (text: string, certificates = [certificate], sha256 = SHA256, now = NOW) =>
    verifyDetachedSignature(text, sha256, certificates, now);

  t.equal(check(signature, [other.certificate, certificate]), undefined, "but one registered certificate is enough");
  t.equal(check(signature, [other.certificate]), "signatureNotRegistered", "another's key");
  t.equal(check(signature, []), "signatureNotRegistered", "no certificate");
  const later = new Date(NOW.getTime() + 31 * 86_400_000);
  t.equal(check(signature, [certificate], SHA256, later), "signatureNotRegistered", "an expired certificate");
  t.equal(check(signature, [certificate], Buffer.alloc(32)), "signatureOfOtherContent", "another content");
  t.equal(check(sign(CONTENT, "-md", "sha512")), "signatureDigestNotSha256", "another digest");
  t.equal(check(sign(CONTENT, "-md", "sha256", "-nodetach")), "signatureNotCms", "content inside");
  t.equal(check(sign(CONTENT, "-md", "sha256", "-noattr")), "signatureNotCms", "no signed attributes");
  t.equal(check("not base64 at all!"), "signatureNotBase64");
  t.equal(check(""), "signatureNotBase64", "nothing");
  t.equal(check(`A${" ".repeat(262_000)}!`), "signatureNotBase64", "blanks without end, in no time");
  t.equal(check("AAAA"), "signatureNotCms");
  t.equal(check(signature.slice(0, 400)), "signatureNotCms", "cut off");
  for (let at = 0; at < 200; at += 1) {
    const der = Buffer.from(signature.replace(/-----.*-----\n/g, ""), "base64");
    const place = der.length - 1 - at;
    der[place] = der[place]! ^ 0x55;
    t.not(check(der.toString("base64")), undefined, "a byte of the signature changed");
  }
});
