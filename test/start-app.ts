import type { Test } from "tap";
import { type App, startApp } from "../src/app.ts";
import { createFixedBusinessClock } from "../src/clock.ts";
import { readConfig } from "../src/config.ts";
import { createLogger } from "../src/log.ts";
import { TODAY } from "./flows/test-register.ts";
import { type Settings, TEST_SETTINGS } from "./test-settings.ts";

/** A gateway as `settings` make it, in this process; its business day is that of the test register. */
export async function startTestApp(t: Test, settings: Settings): Promise<App> {
  const config = readConfig({ ...TEST_SETTINGS, POLL_INTERVAL_MS: "50", SFTP_POLL_INTERVAL_MS: "50", ...settings });
  const app = await startApp(config, createLogger("silent"), createFixedBusinessClock(TODAY));
  t.teardown(() => app.stop());
  return app;
}
