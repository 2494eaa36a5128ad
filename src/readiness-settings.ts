import { checkReadable } from "./configured-files.ts";
import type { SettingReader } from "./setting-reader.ts";

export interface ReadinessSettings {
  /** Share of rejected records of the last thirty days up to which an insurer of validation is ready. */
  readonly errorPercent: number;
  /** In production: the key set that validation publishes. Absent: no statement of readiness can be imported. */
  readonly keySetFile?: string;
}

export function readReadinessSettings(read: SettingReader, problems: string[]): ReadinessSettings {
  const keySetFile = read.path("READINESS_KEY_SET_FILE");
  problems.push(...checkReadable("READINESS_KEY_SET_FILE", keySetFile));
  return {
    errorPercent: read.integer("READINESS_ERROR_PERCENT", { minimum: 0, maximum: 100, otherwise: 10 }),
    ...(keySetFile !== undefined && { keySetFile }),
  };
}
