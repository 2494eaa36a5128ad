import { isInside, isIssuedForDevelopment, listSigningKeyFiles } from "./configured-files.ts";
import type { SettingReader } from "./setting-reader.ts";

export const TLS_SETTINGS = ["TLS_KEY_FILE", "TLS_CERTIFICATE_FILE", "CLIENT_CA_FILE"] as const;

/** Files without a certificate whose issuer could be looked at. */
const KEY_FILES: readonly string[] = ["TLS_KEY_FILE", "AUDIT_KEY_FILE", "SFTP_KEY_FILE"];
const OPTIONAL_FILES: readonly string[] = ["AUTH_CA_FILE", "SFTP_KEY_FILE", "WEBHOOK_CA_FILE"];

/** What production may not lean on: everything this machine makes for itself, and guesses about its own address. */
export function refuseDevelopmentParts(
  read: SettingReader,
  { certificatesFolder, roles }: { readonly certificatesFolder: string; readonly roles: readonly string[] },
): string[] {
  const problems: string[] = [];
  if (!read.isSet("SFTP_URL") && roles.includes("sftp")) {
    problems.push(
      "SFTP_URL is not set: production refuses the embedded SFTP server. Set it to sftp://user@host/{account}.",
    );
  }
  if (!read.isSet("DATABASE_URL")) {
    problems.push("DATABASE_URL is not set: production refuses the embedded database. Set it to postgres://….");
  }
  if (!read.isSet("PUBLIC_URL")) {
    problems.push("PUBLIC_URL is not set: production needs the https:// address under which clients reach it.");
  }
  for (const name of [
    ...TLS_SETTINGS,
    "SIGNING_KEYS_DIRECTORY",
    "AUDIT_KEY_FILE",
    "AUTH_CA_FILE",
    "SFTP_KEY_FILE",
    "WEBHOOK_CA_FILE",
  ] as const) {
    const path = read.path(name);
    const [kind, form] =
      name === "SIGNING_KEYS_DIRECTORY"
        ? ["folder", "folder of PEM files"]
        : ["file", name === "AUDIT_KEY_FILE" ? "file of 32 random bytes" : "PEM file"];
    if (path === undefined) {
      if (OPTIONAL_FILES.includes(name)) continue;
      problems.push(`${name} is not set: production refuses development certificates and keys. Set it to a ${form}.`);
    } else if (isInside(certificatesFolder, path)) {
      problems.push(
        `${name} is ${path}, a development ${kind}: production refuses it. Set it to a ${kind} of your own.`,
      );
    } else if (kind === "file" && !KEY_FILES.includes(name) && isIssuedForDevelopment(path)) {
      problems.push(`${name} (${path}) comes from a development authority: production refuses it. Set it to your own.`);
    }
  }
  return [...problems, ...refuseLinkedKeys(read.path("SIGNING_KEYS_DIRECTORY"), certificatesFolder)];
}

/** A folder of one's own may still lead to a development key. */
function refuseLinkedKeys(folder: string | undefined, certificatesFolder: string): string[] {
  if (folder === undefined || isInside(certificatesFolder, folder)) return [];
  return listSigningKeyFiles(folder)
    .filter((file) => isInside(certificatesFolder, file))
    .map(
      (file) => `SIGNING_KEYS_DIRECTORY holds ${file}, a development file: production refuses it. Put your own there.`,
    );
}
