import { checkAuthorities, checkReadable } from "./configured-files.ts";
import type { SettingReader } from "./setting-reader.ts";

/** Of spaces of integrators, in validation. */
export interface SpaceSettings {
  /** How long an account lives unless it is renewed. */
  readonly days: number;
  readonly maximumAccounts: number;
  /** Signs certificate requests. Absent: the development authority, where that one is in use. */
  readonly authority?: { readonly certificateFile: string; readonly keyFile: string };
}

export function readSpaceSettings(read: SettingReader, problems: string[]): SpaceSettings {
  const limits = {
    days: read.integer("SPACE_DAYS", { minimum: 1, maximum: 3650, otherwise: 90 }),
    maximumAccounts: read.integer("MAXIMUM_SPACES", { minimum: 0, maximum: 900, otherwise: 200 }),
  };
  const certificateFile = read.path("ADMISSION_CA_FILE");
  const keyFile = read.path("ADMISSION_CA_KEY_FILE");
  if (certificateFile === undefined && keyFile === undefined) return limits;
  if (read.text("ENVIRONMENT") === "production") {
    problems.push(
      "ADMISSION_CA_FILE or ADMISSION_CA_KEY_FILE is set: production admits nobody by itself. Leave them out.",
    );
  }
  const unreadable = [
    ...checkReadable("ADMISSION_CA_FILE", certificateFile),
    ...checkReadable("ADMISSION_CA_KEY_FILE", keyFile),
  ];
  problems.push(...unreadable);
  if (certificateFile === undefined || keyFile === undefined) {
    problems.push("ADMISSION_CA_FILE and ADMISSION_CA_KEY_FILE belong together: set both, or none.");
    return limits;
  }
  if (unreadable.length === 0) problems.push(...checkAuthorities("ADMISSION_CA_FILE", certificateFile));
  return { ...limits, authority: { certificateFile, keyFile } };
}
