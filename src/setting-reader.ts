import { resolve } from "node:path";

/** Every setting the gateway reads from its environment; docs/operations.md explains each. */
export const SETTINGS = [
  "ENVIRONMENT",
  "HOST",
  "PORT",
  "PUBLIC_URL",
  "ROLES",
  "DATABASE_URL",
  "DATA_DIRECTORY",
  "TLS_KEY_FILE",
  "TLS_CERTIFICATE_FILE",
  "CLIENT_CA_FILE",
  "SIGNING_KEYS_DIRECTORY",
  "AUDIT_KEY_FILE",
  "AUTH_ISSUER",
  "AUTH_CA_FILE",
  "MAXIMUM_BYTES",
  "UPLOAD_CONCURRENCY",
  "WORKER_CONCURRENCY",
  "PROCESSING_ATTEMPTS",
  "MASS_CHANGE_PERCENT",
  "MASS_CHANGE_MINIMUM",
  "POLL_INTERVAL_MS",
  "EVENT_RETENTION_DAYS",
  "VERIFICATION_ROWS_PER_DAY",
  "VERIFICATION_ROWS_PER_DAY_IN_ACCESS",
  "SFTP_URL",
  "SFTP_KEY_FILE",
  "SFTP_HOST_KEYS",
  "SFTP_KEYS_FOLDER",
  "SFTP_SESSIONS",
  "SFTP_POLL_INTERVAL_MS",
  "SFTP_TIMEOUT_MS",
  "GO_TIMEOUT_HOURS",
  "ANSWER_RETENTION_DAYS",
  "WEBHOOK_CA_FILE",
  "WEBHOOK_EXEMPT_HOSTS",
  "READINESS_ERROR_PERCENT",
  "READINESS_KEY_SET_FILE",
  "ADMISSION_CA_FILE",
  "ADMISSION_CA_KEY_FILE",
  "SPACE_DAYS",
  "MAXIMUM_SPACES",
  "SFTP_HOST",
  "SFTP_PORT",
  "RATE_LIMIT_PER_CLIENT",
  "RATE_LIMIT_PER_ADDRESS",
  "FAILURES_PER_CLIENT",
  "FAILURES_PER_ADDRESS",
  "MAXIMUM_EVENT_LOOP_DELAY_MS",
  "METRICS_PORT",
  "SHUTDOWN_TIMEOUT_MS",
  "LOG_LEVEL",
] as const;
export type Setting = (typeof SETTINGS)[number];

export type Environment = Readonly<Record<string, string | undefined>>;

export interface IntegerRange {
  readonly minimum: number;
  readonly maximum: number;
  readonly otherwise: number;
}

/** Reads single settings; what is wrong with one becomes a sentence, and its default stands in so that reading goes on. */
export interface SettingReader {
  isSet(name: Setting): boolean;
  text(name: Setting): string | undefined;
  path(name: Setting): string | undefined;
  host(name: Setting, otherwise: string): string;
  integer(name: Setting, range: IntegerRange): number;
  oneOf<Value extends string>(name: Setting, values: readonly Value[], otherwise: Value): Value;
  /** Values separated by commas; absent: all of them. */
  listOf<Value extends string>(name: Setting, values: readonly Value[]): readonly Value[];
  /** The address as given. Problems never quote it: it may hold a password. */
  url(name: Setting, protocols: readonly string[]): string | undefined;
}

export function createSettingReader(environment: Environment, problems: string[]): SettingReader {
  const text = (name: Setting) => environment[name]?.trim() || undefined;
  const isOneOf = <Value extends string>(values: readonly Value[], value: string): value is Value =>
    (values as readonly string[]).includes(value);

  return {
    isSet: (name) => text(name) !== undefined,
    text,
    path(name) {
      const value = text(name);
      return value === undefined ? undefined : resolve(value);
    },
    host(name, otherwise) {
      const value = text(name) ?? otherwise;
      if (/^[\w.:-]+$/.test(value)) return value;
      problems.push(`${name} is "${value}": set it to a host name or an IP address, without port.`);
      return otherwise;
    },
    integer(name, { minimum, maximum, otherwise }) {
      const value = text(name);
      if (value === undefined) return otherwise;
      const number = Number(value);
      if (/^\d+$/.test(value) && number >= minimum && number <= maximum) return number;
      problems.push(`${name} is "${value}": set it to a whole number from ${minimum} to ${maximum}.`);
      return otherwise;
    },
    oneOf(name, values, otherwise) {
      const value = text(name) ?? otherwise;
      if (isOneOf(values, value)) return value;
      problems.push(`${name} is "${value}": set it to ${values.join(" or ")}.`);
      return otherwise;
    },
    listOf(name, values) {
      const entries = text(name)?.split(",") ?? values;
      const known = values.filter((value) => entries.some((entry) => entry.trim() === value));
      const unknown = entries.map((entry) => entry.trim()).filter((entry) => !isOneOf(values, entry));
      if (unknown.length === 0) return known;
      problems.push(
        `${name} is "${text(name)}": set it to one or more of ${values.join(", ")}, separated by commas; "${unknown.join(", ")}" is none of them.`,
      );
      return values;
    },
    url(name, protocols) {
      const value = text(name);
      if (value === undefined) return undefined;
      const expected = protocols.map((protocol) => `${protocol}//`).join(" or ");
      if (!URL.canParse(value)) {
        problems.push(`${name} is not an address: set it to one that starts with ${expected}.`);
      } else if (!protocols.includes(new URL(value).protocol)) {
        problems.push(`${name} starts with ${new URL(value).protocol}//, not with ${expected}.`);
      }
      return value;
    },
  };
}
