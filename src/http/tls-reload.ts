import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import { secureContextOptions, type TlsMaterial } from "./tls-options.ts";

/** Where key, certificate (the server's own first) and client authorities are kept, PEM. */
export interface TlsFiles {
  readonly keyFile: string;
  readonly certificateFile: string;
  readonly clientCaFile: string;
}

export interface TlsWatch {
  readonly intervalMs: number;
  /** Gets what was read last; called when it is usable and differs from what is in use. */
  readonly onChange: (material: TlsMaterial) => void;
  /** Told once of files that stay unusable for two looks; what is in use stays in use. */
  readonly onTrouble: (error: Error) => void;
}

interface FilesRead extends TlsMaterial {
  readonly key: Buffer;
  readonly cert: Buffer;
  readonly ca: Buffer;
}

/** Reads the files as they are. Throws when one cannot be read. */
export async function readTlsFiles({ keyFile, certificateFile, clientCaFile }: TlsFiles): Promise<TlsMaterial> {
  return await readFiles({ keyFile, certificateFile, clientCaFile });
}

/**
 * Looks at the files again and again and hands over what changed. Contents are compared, not times: files come by copy,
 * by rename and by link. Answers how to stop that.
 */
export function watchTlsFiles(files: TlsFiles, inUse: TlsMaterial, watch: TlsWatch): () => void {
  let current: string | undefined = fingerprint(inUse);
  /** What the last look found unusable, and whether that was reported. */
  let trouble: { readonly found: string; readonly isReported: boolean } | undefined;
  let looking = false;

  const look = async () => {
    const found = await readFiles(files).catch((error: Error) => error);
    const print = found instanceof Error ? found.message : fingerprint(found);
    if (print === current) {
      trouble = undefined;
      return;
    }
    try {
      if (found instanceof Error) throw found;
      checkMaterial(found);
      watch.onChange(found);
      current = print;
      trouble = undefined;
    } catch (error) {
      // The first look may have come between the copying of one file and of the next.
      const isLasting = trouble?.found === print;
      if (isLasting && !trouble?.isReported) watch.onTrouble(error as Error);
      trouble = { found: print, isReported: isLasting };
    }
  };
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    look().finally(() => {
      looking = false;
    });
  }, watch.intervalMs).unref();
  return () => clearInterval(timer);
}

async function readFiles({ keyFile, certificateFile, clientCaFile }: TlsFiles): Promise<FilesRead> {
  const [key, cert, ca] = await Promise.all([keyFile, certificateFile, clientCaFile].map((file) => readFile(file)));
  return { key: key!, cert: cert!, ca: ca! };
}

function fingerprint({ key, cert, ca }: TlsMaterial): string {
  return [key, cert, ca].map(String).join("\0");
}

/** Throws a sentence that quotes nothing of the files when no handshake could succeed with them. */
function checkMaterial(material: TlsMaterial): void {
  const [certificate] = readCertificates(material.cert);
  if (!certificate) throw new Error("the new server certificate is not PEM");
  if (!certificate.checkPrivateKey(readKey(material.key))) {
    throw new Error("the new server certificate and the new key do not belong together");
  }
  const now = Date.now();
  if (Date.parse(certificate.validFrom) > now) throw new Error("the new server certificate is not valid yet");
  if (Date.parse(certificate.validTo) < now) throw new Error("the new server certificate has expired");
  const authorities = readCertificates(material.ca);
  if (authorities.length === 0 || !authorities.every(({ ca }) => ca)) {
    throw new Error("the new file of client authorities must hold certificates of authorities, at least one");
  }
  createSecureContext(secureContextOptions(material));
}

function readKey(pem: TlsMaterial["key"]) {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new Error("the new server key is not a private key in PEM without passphrase");
  }
}

/** None where one of them cannot be read. */
function readCertificates(pem: TlsMaterial["cert"]): X509Certificate[] {
  try {
    const blocks = String(pem).match(/-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs) ?? [];
    return blocks.map((block) => new X509Certificate(block));
  } catch {
    return [];
  }
}
