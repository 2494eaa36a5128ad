import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Test } from "tap";

/** What an insurer does with openssl: a key, a certificate, a signature. */
export function createSigner(
  t: Test,
  name: string,
  keyOptions: readonly string[] = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
) {
  const folder = mkdtempSync(join(tmpdir(), "signer-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const at = (file: string) => join(folder, file);
  const openssl = (...args: readonly string[]) =>
    execFileSync("openssl", args, { stdio: ["ignore", "pipe", "ignore"] });
  openssl(
    "req",
    "-x509",
    ...keyOptions,
    "-nodes",
    "-keyout",
    at("key"),
    "-out",
    at("cert"),
    "-days",
    "30",
    "-subj",
    `/CN=${name}`,
  );
  return {
    certificate: new X509Certificate(readFileSync(at("cert"))),
    pem: readFileSync(at("cert"), "utf8"),
    /** Detached CMS in PEM. */
    sign(content: string | Buffer, ...options: readonly string[]) {
      writeFileSync(at("content"), content);
      const files = ["-signer", at("cert"), "-inkey", at("key"), "-in", at("content"), "-out", at("signature")];
      openssl("cms", "-sign", "-binary", "-outform", "PEM", ...files, ...options);
      return readFileSync(at("signature"), "utf8");
    },
  };
}
