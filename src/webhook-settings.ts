import { checkAuthorities, checkReadable } from "./configured-files.ts";
import type { SettingReader } from "./setting-reader.ts";

export interface WebhookSettings {
  /** Names that may stand for any address; never in production. */
  readonly exemptHosts: readonly string[];
  /** Authorities of endpoints beside those that Node knows. */
  readonly caFile?: string;
}

const HOST_NAME = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/;

export function readWebhookSettings(read: SettingReader, problems: string[]): WebhookSettings {
  const exemptHosts = (read.text("WEBHOOK_EXEMPT_HOSTS") ?? "")
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "");
  if (!exemptHosts.every((name) => HOST_NAME.test(name))) {
    problems.push("WEBHOOK_EXEMPT_HOSTS must be host names separated by commas, without ports.");
  }
  if (exemptHosts.length > 0 && read.text("ENVIRONMENT") === "production") {
    problems.push("WEBHOOK_EXEMPT_HOSTS is set: production delivers to public addresses alone. Leave it out.");
  }
  const caFile = read.path("WEBHOOK_CA_FILE");
  if (caFile === undefined) return { exemptHosts };
  const unreadable = checkReadable("WEBHOOK_CA_FILE", caFile);
  problems.push(...(unreadable.length > 0 ? unreadable : checkAuthorities("WEBHOOK_CA_FILE", caFile)));
  return { exemptHosts, caFile };
}
