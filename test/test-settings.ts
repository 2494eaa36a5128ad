import type { Setting } from "../src/setting-reader.ts";

export type Settings = Partial<Record<Setting, string>>;

/** Tests share their processors: no gateway is to be too busy to answer, unless its test says otherwise. */
export const PATIENT = { MAXIMUM_EVENT_LOOP_DELAY_MS: "0" } as const;

/** How every gateway under test starts, unless its test says otherwise. */
export const TEST_SETTINGS: Settings = { PORT: "0", SFTP_PORT: "0", ...PATIENT };
