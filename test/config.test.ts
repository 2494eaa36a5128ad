import { generateKeyPairSync } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import ssh2 from "ssh2";
import t from "tap";
import { type Config, ConfigurationError, readConfig } from "../src/config.ts";
import { DEFAULT_HTTP_LIMITS } from "../src/http/limits/http-limits.ts";
import { ensureDevelopmentCertificates } from "../src/identity/development-certificates.ts";
import { DEFAULT_FAILED_AUTHENTICATION_SETTINGS } from "../src/identity/failed-authentications.ts";
import {
  createDevelopmentAuthority,
  generateSigningKeyPem,
  issueCertificate,
} from "../src/identity/issue-certificate.ts";
import { generateSshKeyPair } from "../src/identity/ssh-key-pair.ts";

const folder = t.testdir();
const development = await ensureDevelopmentCertificates(join(folder, "data", "certificates"));

/** Files as an operator of production would bring them. */
const own = await (async () => {
  const authority = await createDevelopmentAuthority({ commonName: "An authority of the operator" });
  const server = await issueCertificate(authority, { commonName: "gateway.example", usage: "server" });
  return {
    TLS_KEY_FILE: write("own-key.pem", server.privateKeyPem),
    TLS_CERTIFICATE_FILE: write("own.pem", server.certificatePem + authority.certificatePem),
    CLIENT_CA_FILE: write("own-ca.pem", authority.certificatePem),
    AUDIT_KEY_FILE: write("own-audit-key", "a secret of thirty-two bytes and more"),
    SFTP_KEY_FILE: write("own-sftp-key", generateSshKeyPair("own").privateKey),
    SIGNING_KEYS_DIRECTORY: keysFolder("own-signing-keys", { "2026-11-22.pem": await generateSigningKeyPem() }),
  };
})();

const HOST_KEY = `SHA256:${"a".repeat(43)}`;
const OTHER_HOST_KEY = `SHA256:${"+/9".repeat(14)}Z`;

const production = {
  ENVIRONMENT: "production",
  DATABASE_URL: "postgres://gateway:a-secret@db.example/infoss",
  PUBLIC_URL: "https://gateway.example/",
  SFTP_URL: "sftp://infoss-gateway@sftp.example/{account}",
  SFTP_HOST_KEYS: HOST_KEY,
  DATA_DIRECTORY: join(folder, "data"),
  ...own,
};

function write(name: string, content: string): string {
  writeFileSync(join(folder, name), content, { mode: 0o600 });
  return join(folder, name);
}

function keysFolder(name: string, files: Record<string, string>): string {
  mkdirSync(join(folder, name));
  for (const [file, content] of Object.entries(files)) write(join(name, file), content);
  return join(folder, name);
}

function problemsOf(environment: Record<string, string | undefined>): readonly string[] {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

t.test("an empty environment is validation on this machine, with everything made here", async (t) => {
  const expected: Config = {
    environment: "validation",
    host: "127.0.0.1",
    port: 8443,
    roles: ["serve", "worker", "sftp"],
    dataDirectory: resolve(".local"),
    certificatesFolder: resolve(".local/certificates"),
    databaseFolder: resolve(".local/database"),
    maximumBytes: 2_147_483_648,
    uploadConcurrency: 16,
    workerConcurrency: 2,
    processingAttempts: 5,
    massChange: { percent: 5, minimum: 20 },
    pollIntervalMs: 1000,
    eventRetentionDays: 90,
    verificationQuota: { perDay: 200_000, perDayInAccess: 50_000 },
    sftp: {
      host: "127.0.0.1",
      port: 2222,
      folder: resolve(".local/sftp"),
      sessions: 16,
      pollIntervalMs: 500,
      timeoutMs: 30_000,
      goTimeoutHours: 24,
      answerRetentionDays: 90,
    },
    spaces: { days: 90, maximumAccounts: 200 },
    webhooks: { exemptHosts: [] },
    readiness: { errorPercent: 10 },
    shutdownTimeoutMs: 30_000,
    requestsPerMinutePerClient: 6000,
    requestsPerMinutePerAddress: 3000,
    failuresPerClient: 10,
    failuresPerAddress: 300,
    maximumEventLoopDelayMs: 250,
    logLevel: "info",
  };
  t.strictSame(readConfig({}), expected);
  t.strictSame(readConfig({ PORT: "", HOST: " ", DATABASE_URL: "", ROLES: "" }), expected, "empty is absent");
});

t.test("the limits of a process are those that the modules have by themselves", async (t) => {
  const { requestsPerMinutePerClient, requestsPerMinutePerAddress, maximumEventLoopDelayMs, ...rest } = readConfig({});
  const limits = { requestsPerMinutePerClient, requestsPerMinutePerAddress, maximumEventLoopDelayMs };
  t.match(DEFAULT_HTTP_LIMITS, limits);
  const { failuresPerClient, failuresPerAddress } = rest;
  t.same(DEFAULT_FAILED_AUTHENTICATION_SETTINGS, { failuresPerClient, failuresPerAddress });
});

t.test("every setting is read", async (t) => {
  const limits = {
    UPLOAD_CONCURRENCY: "3",
    WORKER_CONCURRENCY: "4",
    PROCESSING_ATTEMPTS: "6",
    MASS_CHANGE_PERCENT: "10",
    MASS_CHANGE_MINIMUM: "50",
    POLL_INTERVAL_MS: "70",
    METRICS_PORT: "9464",
    RATE_LIMIT_PER_CLIENT: "61",
    RATE_LIMIT_PER_ADDRESS: "62",
    FAILURES_PER_CLIENT: "63",
    FAILURES_PER_ADDRESS: "64",
    MAXIMUM_EVENT_LOOP_DELAY_MS: "0",
    EVENT_RETENTION_DAYS: "400",
    VERIFICATION_ROWS_PER_DAY: "0",
    VERIFICATION_ROWS_PER_DAY_IN_ACCESS: "1000",
  };
  const sftp = {
    SFTP_URL: "sftp://drop@[2001:db8::1]:2022/drop/{account}/",
    SFTP_HOST_KEYS: ` ${HOST_KEY}, ${OTHER_HOST_KEY}`,
    SFTP_KEYS_FOLDER: "/keys/",
    SFTP_HOST: "::1",
    SFTP_PORT: "0",
    SFTP_SESSIONS: "5",
    SFTP_POLL_INTERVAL_MS: "60",
    SFTP_TIMEOUT_MS: "700",
    GO_TIMEOUT_HOURS: "48",
    ANSWER_RETENTION_DAYS: "30",
  };
  const more = { HOST: "::", PORT: "0", ROLES: "worker", MAXIMUM_BYTES: "1000", SHUTDOWN_TIMEOUT_MS: "0" };
  const external = { AUTH_ISSUER: "https://issuer.example/realms/nihdi/", AUTH_CA_FILE: own.CLIENT_CA_FILE };
  const hooks = { WEBHOOK_CA_FILE: own.CLIENT_CA_FILE };
  const readiness = { READINESS_ERROR_PERCENT: "7", READINESS_KEY_SET_FILE: own.CLIENT_CA_FILE };
  const rest = { ...external, ...hooks, ...readiness, SPACE_DAYS: "30", MAXIMUM_SPACES: "5", LOG_LEVEL: "warn" };
  t.strictSame(readConfig({ ...production, ...limits, ...sftp, ...more, ...rest }), {
    environment: "production",
    host: "::",
    port: 0,
    publicUrl: "https://gateway.example",
    roles: ["worker"],
    databaseUrl: production.DATABASE_URL,
    dataDirectory: join(folder, "data"),
    certificatesFolder: join(folder, "data", "certificates"),
    databaseFolder: join(folder, "data", "database"),
    tls: { keyFile: own.TLS_KEY_FILE, certificateFile: own.TLS_CERTIFICATE_FILE, clientCaFile: own.CLIENT_CA_FILE },
    signingKeysFolder: own.SIGNING_KEYS_DIRECTORY,
    auditKeyFile: own.AUDIT_KEY_FILE,
    externalIssuer: { issuer: "https://issuer.example/realms/nihdi/", caFile: own.CLIENT_CA_FILE },
    maximumBytes: 1000,
    uploadConcurrency: 3,
    workerConcurrency: 4,
    processingAttempts: 6,
    massChange: { percent: 10, minimum: 50 },
    pollIntervalMs: 70,
    eventRetentionDays: 400,
    verificationQuota: { perDay: 0, perDayInAccess: 1000 },
    sftp: {
      server: {
        host: "2001:db8::1",
        port: 2022,
        user: "drop",
        path: "/drop/{account}",
        keyFile: own.SFTP_KEY_FILE,
        hostKeys: [HOST_KEY, OTHER_HOST_KEY],
        keysFolder: "/keys",
      },
      host: "::1",
      port: 0,
      folder: join(folder, "data", "sftp"),
      sessions: 5,
      pollIntervalMs: 60,
      timeoutMs: 700,
      goTimeoutHours: 48,
      answerRetentionDays: 30,
    },
    webhooks: { exemptHosts: [], caFile: own.CLIENT_CA_FILE },
    readiness: { errorPercent: 7, keySetFile: own.CLIENT_CA_FILE },
    spaces: { days: 30, maximumAccounts: 5 },
    metricsPort: 9464,
    requestsPerMinutePerClient: 61,
    requestsPerMinutePerAddress: 62,
    failuresPerClient: 63,
    failuresPerAddress: 64,
    maximumEventLoopDelayMs: 0,
    shutdownTimeoutMs: 0,
    logLevel: "warn",
  });
});

t.test("all problems are listed at once, each with what was found and how to mend it", async (t) => {
  const absent = join(folder, "absent.pem");
  const environment = {
    ENVIRONMENT: "Production",
    HOST: "https://here",
    PORT: "70000",
    PUBLIC_URL: "http://gateway.example",
    ROLES: "serve,walk",
    DATABASE_URL: "mysql://gateway:a-secret@db.example/infoss",
    TLS_KEY_FILE: absent,
    TLS_CERTIFICATE_FILE: folder,
    MAXIMUM_BYTES: "2GiB",
    UPLOAD_CONCURRENCY: "0",
    WORKER_CONCURRENCY: "-1",
    PROCESSING_ATTEMPTS: "1.5",
    MASS_CHANGE_PERCENT: "101",
    MASS_CHANGE_MINIMUM: "0",
    POLL_INTERVAL_MS: "1e3",
    EVENT_RETENTION_DAYS: "89",
    VERIFICATION_ROWS_PER_DAY: "many",
    VERIFICATION_ROWS_PER_DAY_IN_ACCESS: "-1",
    SFTP_URL: "https://sftp.example",
    SFTP_KEY_FILE: absent,
    SFTP_HOST_KEYS: `MD5:aa,${HOST_KEY}`,
    SFTP_KEYS_FOLDER: "keys",
    SFTP_HOST: "sftp://here",
    SFTP_PORT: "-1",
    SFTP_SESSIONS: "0",
    SFTP_POLL_INTERVAL_MS: "now",
    SFTP_TIMEOUT_MS: "1",
    GO_TIMEOUT_HOURS: "0",
    ANSWER_RETENTION_DAYS: "7",
    SHUTDOWN_TIMEOUT_MS: "forever",
    RATE_LIMIT_PER_CLIENT: "none",
    MAXIMUM_EVENT_LOOP_DELAY_MS: "-1",
    LOG_LEVEL: "loud",
  };
  const expected = [
    'ENVIRONMENT is "Production": set it to validation or production.',
    'HOST is "https://here": set it to a host name or an IP address, without port.',
    'PORT is "70000": set it to a whole number from 0 to 65535.',
    "PUBLIC_URL starts with http://, not with https://.",
    'ROLES is "serve,walk": set it to one or more of serve, worker, sftp, separated by commas; "walk" is none of them.',
    "DATABASE_URL starts with mysql://, not with postgres:// or postgresql://.",
    `TLS_KEY_FILE is ${absent}, which does not exist: correct the path or put the file there.`,
    `TLS_CERTIFICATE_FILE is ${folder}, which is not a file: set it to a PEM file.`,
    "TLS_KEY_FILE and TLS_CERTIFICATE_FILE without CLIENT_CA_FILE: set all three, or none for development certificates.",
    'MAXIMUM_BYTES is "2GiB": set it to a whole number from 1 to 1099511627776.',
    'UPLOAD_CONCURRENCY is "0": set it to a whole number from 1 to 1000.',
    'WORKER_CONCURRENCY is "-1": set it to a whole number from 1 to 64.',
    'PROCESSING_ATTEMPTS is "1.5": set it to a whole number from 1 to 100.',
    'MASS_CHANGE_PERCENT is "101": set it to a whole number from 0 to 100.',
    'MASS_CHANGE_MINIMUM is "0": set it to a whole number from 1 to 1000000000.',
    'POLL_INTERVAL_MS is "1e3": set it to a whole number from 10 to 3600000.',
    'EVENT_RETENTION_DAYS is "89": set it to a whole number from 90 to 3650.',
    'VERIFICATION_ROWS_PER_DAY is "many": set it to a whole number from 0 to 1000000000.',
    'VERIFICATION_ROWS_PER_DAY_IN_ACCESS is "-1": set it to a whole number from 0 to 1000000000.',
    "SFTP_URL is not an address of the form sftp://user@host:22/path.",
    `SFTP_KEY_FILE is ${absent}, which does not exist: correct the path or put the file there.`,
    'SFTP_HOST_KEYS holds "MD5:aa": set it to fingerprints as "ssh-keygen -l" prints them, SHA256:….',
    "SFTP_KEYS_FOLDER is no absolute path on the SFTP server, such as /keys.",
    'SFTP_HOST is "sftp://here": set it to a host name or an IP address, without port.',
    'SFTP_PORT is "-1": set it to a whole number from 0 to 65535.',
    'SFTP_SESSIONS is "0": set it to a whole number from 1 to 1000.',
    'SFTP_POLL_INTERVAL_MS is "now": set it to a whole number from 10 to 3600000.',
    'SFTP_TIMEOUT_MS is "1": set it to a whole number from 10 to 3600000.',
    'GO_TIMEOUT_HOURS is "0": set it to a whole number from 1 to 8760.',
    'ANSWER_RETENTION_DAYS is "7": set it to a whole number from 8 to 3650.',
    'RATE_LIMIT_PER_CLIENT is "none": set it to a whole number from 0 to 1000000000.',
    'MAXIMUM_EVENT_LOOP_DELAY_MS is "-1": set it to a whole number from 0 to 3600000.',
    'SHUTDOWN_TIMEOUT_MS is "forever": set it to a whole number from 0 to 3600000.',
    'LOG_LEVEL is "loud": set it to fatal or error or warn or info or debug or trace or silent.',
  ];
  t.same([...problemsOf(environment)].sort(), [...expected].sort());
  t.throws(() => readConfig({ PORT: "x", HOST: "?" }), { name: "ConfigurationError", message: /HOST.*\n- PORT/s });
});

t.test("no problem quotes an address of a database, which may hold a password", async (t) => {
  for (const url of ["mysql://u:a-secret@h/d", "postgres//u:a-secret@h", "a-secret", "postgres://u:a-secret@[h/d"]) {
    const problems = problemsOf({ ...production, DATABASE_URL: url });
    t.equal(problems.length, 1, url);
    t.match(problems[0], /^DATABASE_URL .* postgres:\/\/ or postgresql:\/\/\.$/);
    t.notMatch(problems.join(), "a-secret");
  }
});

t.test("production with everything of its own is accepted", async (t) => {
  t.same(problemsOf(production), []);
});

t.test("production refuses whatever this machine would make for itself", async (t) => {
  t.same(problemsOf({ ENVIRONMENT: "production" }), [
    "SFTP_URL is not set: production refuses the embedded SFTP server. Set it to sftp://user@host/{account}.",
    "DATABASE_URL is not set: production refuses the embedded database. Set it to postgres://….",
    "PUBLIC_URL is not set: production needs the https:// address under which clients reach it.",
    "TLS_KEY_FILE is not set: production refuses development certificates and keys. Set it to a PEM file.",
    "TLS_CERTIFICATE_FILE is not set: production refuses development certificates and keys. Set it to a PEM file.",
    "CLIENT_CA_FILE is not set: production refuses development certificates and keys. Set it to a PEM file.",
    "SIGNING_KEYS_DIRECTORY is not set: production refuses development certificates and keys. Set it to a folder of PEM files.",
    "AUDIT_KEY_FILE is not set: production refuses development certificates and keys. Set it to a file of 32 random bytes.",
  ]);
});

t.test("production refuses development files by their place, through links too", async (t) => {
  const link = join(folder, "link-to-signing-keys");
  symlinkSync(development.signingKeysFolder, link);
  const files = {
    TLS_KEY_FILE: development.server.keyFile,
    TLS_CERTIFICATE_FILE: development.server.certificateFile,
    CLIENT_CA_FILE: development.authority.certificateFile,
    SIGNING_KEYS_DIRECTORY: link,
    AUDIT_KEY_FILE: development.auditKeyFile,
    AUTH_CA_FILE: development.authority.certificateFile,
    WEBHOOK_CA_FILE: development.authority.certificateFile,
  };
  const environment = { ...files, AUTH_ISSUER: "https://issuer.example" };
  t.same(problemsOf({ ...environment, DATA_DIRECTORY: production.DATA_DIRECTORY }), [], "validation takes them");
  t.same(
    problemsOf({ ...production, ...environment }),
    Object.entries(files).map(([name, path]) => {
      const kind = name === "SIGNING_KEYS_DIRECTORY" ? "folder" : "file";
      return `${name} is ${path}, a development ${kind}: production refuses it. Set it to a ${kind} of your own.`;
    }),
  );
});

t.test("production delivers webhooks to public addresses alone", async (t) => {
  const WEBHOOK_EXEMPT_HOSTS = "localhost, Hooks.example";
  t.same(readConfig({ WEBHOOK_EXEMPT_HOSTS }).webhooks, { exemptHosts: ["localhost", "hooks.example"] });
  t.same(problemsOf({ WEBHOOK_EXEMPT_HOSTS: "localhost:8080" }), [
    "WEBHOOK_EXEMPT_HOSTS must be host names separated by commas, without ports.",
  ]);
  t.same(problemsOf({ ...production, WEBHOOK_EXEMPT_HOSTS }), [
    "WEBHOOK_EXEMPT_HOSTS is set: production delivers to public addresses alone. Leave it out.",
  ]);
});

t.test("production refuses a folder of its own that leads to a development key", async (t) => {
  const keys = keysFolder("linked-keys", { "1.pem": await generateSigningKeyPem() });
  symlinkSync(join(development.signingKeysFolder, "0001-key.pem"), join(keys, "2.pem"));
  const SIGNING_KEYS_DIRECTORY = keys;
  t.same(problemsOf({ DATA_DIRECTORY: production.DATA_DIRECTORY, SIGNING_KEYS_DIRECTORY }), [], "validation takes it");
  t.same(problemsOf({ ...production, SIGNING_KEYS_DIRECTORY }), [
    `SIGNING_KEYS_DIRECTORY holds ${join(keys, "2.pem")}, a development file: production refuses it. Put your own there.`,
  ]);
});

t.test("production refuses certificates of a development authority that were copied elsewhere", async (t) => {
  mkdirSync(join(folder, "elsewhere"));
  const copies = {
    TLS_KEY_FILE: join(folder, "elsewhere", "key.pem"),
    TLS_CERTIFICATE_FILE: join(folder, "elsewhere", "server.pem"),
    CLIENT_CA_FILE: join(folder, "elsewhere", "ca.pem"),
  };
  copyFileSync(development.server.keyFile, copies.TLS_KEY_FILE);
  copyFileSync(development.server.certificateFile, copies.TLS_CERTIFICATE_FILE);
  const bundle = [own.CLIENT_CA_FILE, development.authority.certificateFile].map((file) => readFileSync(file, "utf8"));
  writeFileSync(copies.CLIENT_CA_FILE, bundle.join(""));
  t.same(problemsOf({ ...production, ...copies }), [
    `TLS_CERTIFICATE_FILE (${copies.TLS_CERTIFICATE_FILE}) comes from a development authority: production refuses it. Set it to your own.`,
    `CLIENT_CA_FILE (${copies.CLIENT_CA_FILE}) comes from a development authority: production refuses it. Set it to your own.`,
  ]);
});

t.test("files that are not what their setting needs are named", async (t) => {
  const text = write("text.pem", "a-secret\n");
  const otherKey = join(own.SIGNING_KEYS_DIRECTORY, "2026-11-22.pem");
  t.same(problemsOf({ ...production, TLS_KEY_FILE: text, TLS_CERTIFICATE_FILE: text }), [
    `TLS_KEY_FILE (${text}) holds no private key in PEM without passphrase: set it to one.`,
    `TLS_CERTIFICATE_FILE (${text}) holds no certificate in PEM: set it to one.`,
  ]);
  t.same(problemsOf({ ...production, TLS_KEY_FILE: otherKey }), [
    `TLS_KEY_FILE (${otherKey}) is not the key of TLS_CERTIFICATE_FILE (${own.TLS_CERTIFICATE_FILE}): ` +
      "set both to one pair, the server's certificate first in its file.",
  ]);
  for (const path of [text, own.TLS_CERTIFICATE_FILE]) {
    t.same(problemsOf({ ...production, CLIENT_CA_FILE: path }), [
      `CLIENT_CA_FILE (${path}) must hold certificates of authorities in PEM, at least one and nothing else.`,
    ]);
    t.same(problemsOf({ ...production, AUTH_ISSUER: "https://issuer.example", AUTH_CA_FILE: path }), [
      `AUTH_CA_FILE (${path}) must hold certificates of authorities in PEM, at least one and nothing else.`,
    ]);
  }
});

t.test("only EC P-256 keys in PKCS#8, or their public parts, are kept in the folder of signing keys", async (t) => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const wrong = {
    text: "a-secret",
    sec1: privateKey.export({ type: "sec1", format: "pem" }).toString(),
    p384: pkcs8(generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey),
    ed25519: pkcs8(generateKeyPairSync("ed25519").privateKey),
  };
  const make = 'make one with "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256".';
  for (const [name, content] of Object.entries(wrong)) {
    const keys = keysFolder(name, { "1.pem": pkcs8(privateKey), "2.pem": content });
    t.same(problemsOf({ SIGNING_KEYS_DIRECTORY: keys }), [
      `SIGNING_KEYS_DIRECTORY holds ${join(keys, "2.pem")}, which is not an EC P-256 key in PEM (PKCS#8): ${make}`,
    ]);
  }
  const publicPem = publicKey.export({ type: "spki", format: "pem" }).toString();
  const readable = { "1.pem": publicPem, "2.pem": pkcs8(privateKey), ".hidden.pem": "a-secret", README: "a-secret" };
  t.same(problemsOf({ SIGNING_KEYS_DIRECTORY: keysFolder("readable", readable) }), []);
  const retired = keysFolder("retired", { "1.pem": publicPem });
  t.same(problemsOf({ SIGNING_KEYS_DIRECTORY: retired }), [
    `SIGNING_KEYS_DIRECTORY is ${retired}, which holds no private key in a file that ends in .pem: ${make}`,
  ]);

  function pkcs8(key: typeof privateKey): string {
    return key.export({ type: "pkcs8", format: "pem" }).toString();
  }
});

t.test("a folder of signing keys that is none, or is not there, is named", async (t) => {
  const absent = join(folder, "absent");
  t.same(problemsOf({ SIGNING_KEYS_DIRECTORY: absent }), [
    `SIGNING_KEYS_DIRECTORY is ${absent}, which does not exist: correct the path or make the folder.`,
  ]);
  t.same(problemsOf({ SIGNING_KEYS_DIRECTORY: own.TLS_KEY_FILE }), [
    `SIGNING_KEYS_DIRECTORY is ${own.TLS_KEY_FILE}, which is not a folder: set it to one that holds PEM files.`,
  ]);
});

t.test(
  "an external issuer is an https address without query, and alone may have an authority of its own",
  async (t) => {
    t.same(readConfig({ AUTH_ISSUER: "https://issuer.example" }).externalIssuer, { issuer: "https://issuer.example" });
    t.same(problemsOf({ AUTH_ISSUER: "http://issuer.example" }), [
      "AUTH_ISSUER starts with http://, not with https://.",
    ]);
    t.same(problemsOf({ AUTH_ISSUER: "https://issuer.example?realm=a-secret" }), [
      "AUTH_ISSUER has a query or fragment: set it to the issuer exactly as its metadata has it.",
    ]);
    t.same(problemsOf({ AUTH_CA_FILE: own.CLIENT_CA_FILE }), [
      "AUTH_CA_FILE without AUTH_ISSUER: set both, or none where this gateway gives the tokens.",
    ]);
  },
);

t.test(
  "the SFTP server's address, key and host keys go together, and the embedded server is for validation",
  async (t) => {
    const { SFTP_URL, SFTP_KEY_FILE, SFTP_HOST_KEYS } = production;
    const all = { SFTP_URL, SFTP_KEY_FILE, SFTP_HOST_KEYS };
    t.same(problemsOf(all), []);
    for (const absent of ["SFTP_URL", "SFTP_KEY_FILE", "SFTP_HOST_KEYS"] as const) {
      const problems = problemsOf({ ...all, [absent]: undefined });
      t.match(problems, [/^SFTP_.* and SFTP_.* alone: SFTP_URL, SFTP_KEY_FILE and SFTP_HOST_KEYS go together/]);
      t.equal(problems.length, 1);
    }
    t.same(problemsOf({ ...production, SFTP_URL: undefined, SFTP_KEY_FILE: undefined, SFTP_HOST_KEYS: undefined }), [
      "SFTP_URL is not set: production refuses the embedded SFTP server. Set it to sftp://user@host/{account}.",
    ]);
    const without = { ...production, SFTP_URL: undefined, SFTP_KEY_FILE: undefined, SFTP_HOST_KEYS: undefined };
    t.same(problemsOf({ ...without, ROLES: "serve,worker" }), [], "who does not fetch needs no server");
  },
);

t.test("an address of an SFTP server names a user, an account's place and no password", async (t) => {
  const { SFTP_KEY_FILE, SFTP_HOST_KEYS } = production;
  const problems = (SFTP_URL: string) => problemsOf({ SFTP_URL, SFTP_KEY_FILE, SFTP_HOST_KEYS });
  t.same(problems("sftp://{account}@sftp.example"), []);
  t.same(problems("sftp://me@sftp.example/drop/{account}"), []);
  t.match(problems("sftp://me:a-secret@sftp.example/{account}"), [/holds a password/]);
  t.notMatch(problems("sftp://me:a-secret@sftp.example/{account}").join(), "a-secret");
  t.match(problems("sftp://sftp.example/{account}"), [/names no user/]);
  t.match(problems("sftp://me@{account}.example/{account}"), [/names no host/]);
  t.match(problems("sftp://me@sftp.example/{account}?a=b"), [/query or fragment/]);
  t.match(problems("sftp://me@sftp.example/drop"), [/accounts would share their folders/]);
});

t.test("keys are pushed to another server than the embedded one, by one user for all accounts", async (t) => {
  const { SFTP_URL, SFTP_KEY_FILE, SFTP_HOST_KEYS } = production;
  t.same(problemsOf({ SFTP_URL, SFTP_KEY_FILE, SFTP_HOST_KEYS, SFTP_KEYS_FOLDER: "/keys" }), []);
  t.match(problemsOf({ SFTP_KEYS_FOLDER: "/keys" }), [/^SFTP_KEYS_FOLDER without SFTP_URL/]);
  t.match(
    problemsOf({ SFTP_URL: "sftp://{account}@sftp.example", SFTP_KEY_FILE, SFTP_HOST_KEYS, SFTP_KEYS_FOLDER: "/keys" }),
    [/^SFTP_KEYS_FOLDER needs one user/],
  );
});

t.test("a key that gets the gateway into the SFTP server is private and without passphrase", async (t) => {
  const { SFTP_URL, SFTP_HOST_KEYS } = production;
  const problems = (SFTP_KEY_FILE: string) => problemsOf({ SFTP_URL, SFTP_KEY_FILE, SFTP_HOST_KEYS });
  const locked = ssh2.utils.generateKeyPairSync("ed25519", { passphrase: "a-secret", cipher: "aes256-cbc", rounds: 1 });
  const wrong = [
    write("sftp-text", "a-secret"),
    write("sftp-locked", locked.private),
    write("sftp.pub", locked.public),
  ];
  for (const file of wrong) {
    t.same(problems(file), [
      `SFTP_KEY_FILE (${file}) holds no private key without passphrase: set it to one that ssh-keygen made.`,
    ]);
  }
});
