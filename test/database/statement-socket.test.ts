import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createSecureContext, TLSSocket } from "node:tls";
import postgres from "postgres";
import t, { type Test } from "tap";
import { hasOneServer, openStatementSocket } from "../../src/database/statement-socket.ts";
import { createDevelopmentAuthority, issueCertificate } from "../../src/identity/issue-certificate.ts";
import { createTestDatabase } from "../database.ts";

const { url } = await createTestDatabase(t);

type Options = postgres.Options<Record<string, never>>;
/** The driver's own socket, and ours: what goes wrong is told alike. */
const SOCKETS = { driver: {}, ours: { socket: openStatementSocket } };

function open(t: Test, to: string, options: object): postgres.Sql {
  const sql = postgres(to, { max: 1, onnotice: () => {}, fetch_types: false, ...options } as Options);
  t.teardown(() => sql.end({ timeout: 1 }));
  return sql;
}

/** A server on a port of its own that hands what comes to `serve`. */
async function listen(t: Test, serve: (inside: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((inside) => {
    sockets.add(inside.on("error", () => {}));
    serve(inside);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return Object.assign(new URL(url), { hostname: "localhost", port }).href;
}

function connectToPostgres(): Socket {
  return connect(Number(new URL(url).port), "127.0.0.1").on("error", () => {});
}

/** What the socket hands to the system: one chunk, or so many at once. */
function countChunks(socket: Socket, written: number[]): Socket {
  const { _write, _writev } = socket;
  return Object.assign(socket, {
    _write: (...args: Parameters<Socket["_write"]>) => {
      written.push(1);
      _write.apply(socket, args);
    },
    _writev: (...args: Parameters<NonNullable<Socket["_writev"]>>) => {
      written.push(args[0].length);
      _writev!.apply(socket, args);
    },
  });
}

t.test("statements that are sent in one turn leave as one message, and in their order", async (t) => {
  const written: number[] = [];
  const sql = open(t, url, {
    socket: (address: Parameters<typeof openStatementSocket>[0]) => countChunks(openStatementSocket(address), written),
  });
  const numbers = Array.from({ length: 20 }, (_, index) => index);
  // More than the driver gathers by itself.
  const long = "x".repeat(2_000);
  const ask = async () => {
    const asked = numbers.map((n) => sql<{ n: number }[]>`select ${n}::int as n, length(${long}) as length`);
    return (await Promise.all(asked)).map(([row]) => row!.n);
  };
  await ask();
  written.length = 0;
  t.strictSame(await ask(), numbers);
  t.strictSame(written, [numbers.length], "what the server knows already is sent without waiting");
  const [row] = await sql`select ${"x".repeat(2_000_000)}::text as long`;
  t.equal(row!.long.length, 2_000_000, "nor is anything cut");
});

t.test("a long statement leaves behind another that was not answered yet", async (t) => {
  const long = "x".repeat(100_000);
  let unanswered = 0;
  let release: (() => void) | undefined;
  let waitToAnswer = () => {};
  const holding = await listen(t, (inside) => {
    const outside = connectToPostgres();
    outside.on("data", (bytes) => inside.write(bytes)).on("close", () => inside.destroy());
    inside.on("close", () => outside.destroy());
    inside.on("data", (bytes) => {
      outside.write(bytes);
      if (!release) return;
      unanswered += bytes.length;
      if (unanswered > 3 * long.length) release();
    });
    // No answer goes out until all three statements came in.
    waitToAnswer = () => {
      outside.pause();
      release = () => outside.resume();
    };
  });
  const sql = open(t, holding, { socket: openStatementSocket });
  const ask = (tx: postgres.TransactionSql) => tx<{ length: number }[]>`select length(${long}) as length`.execute();
  const answers = await sql.begin(async (tx) => {
    await ask(tx);
    waitToAnswer();
    return await Promise.all([ask(tx), ask(tx), ask(tx)]);
  });
  t.strictSame(
    answers.map(([row]) => row!.length),
    [long.length, long.length, long.length],
  );
});

for (const [name, options] of Object.entries(SOCKETS)) {
  t.test(`${name}: a server that is not there is told`, async (t) => {
    const nobody = Object.assign(new URL(url), { port: 1 }).href;
    await t.rejects(open(t, nobody, options)`select 1`, { code: "ECONNREFUSED" });
  });

  t.test(`${name}: statements fail with a connection that is lost under them; the next takes another`, async (t) => {
    let resets = 1;
    const breaking = await listen(t, (inside) => {
      const outside = connectToPostgres();
      outside.on("data", (bytes) => inside.write(bytes)).on("close", () => inside.destroy());
      inside.on("close", () => outside.destroy());
      inside.on("data", (bytes) => {
        if (!bytes.includes("pg_sleep") || resets-- === 0) return outside.write(bytes);
        return inside.resetAndDestroy();
      });
    });
    const sql = open(t, breaking, options);
    t.match(await sql`select 1 as n`, [{ n: 1 }]);
    const lost = await Promise.allSettled([sql`select pg_sleep(0)`, sql`select 2 as n`, sql`select 3 as n`]);
    t.strictSame(
      lost.map(({ status }) => status),
      ["rejected", "rejected", "rejected"],
    );
    t.match(lost[0], { reason: { code: "ECONNRESET" } });
    // The driver takes no statement between the error and the end of the socket.
    await sleep(100);
    t.match(await sql`select 4 as n`, [{ n: 4 }]);
  });
}

t.test("over TLS it is the layer below: the certificate is looked at, for the name of the server", async (t) => {
  const authority = await createDevelopmentAuthority();
  const names: unknown[] = [];
  const listenSecurely = async (hosts: readonly string[]) => {
    const { certificatePem, privateKeyPem } = await issueCertificate(authority, {
      ...{ commonName: "database", usage: "server", hosts },
    });
    const secureContext = createSecureContext({ cert: certificatePem, key: privateKeyPem });
    return await listen(t, (inside) => {
      // What comes first asks whether TLS is spoken here.
      inside.once("data", () => {
        inside.write("S");
        const secure = new TLSSocket(inside, { isServer: true, secureContext }).on("error", () => {});
        secure.once("secure", () => names.push(Reflect.get(secure, "servername")));
        secure.pipe(connectToPostgres()).pipe(secure);
      });
    });
  };
  const ssl = { ca: authority.certificatePem };
  const sql = open(t, await listenSecurely(["localhost"]), { socket: openStatementSocket, ssl });
  const rows = await Promise.all([sql`select 1 as n`, sql`select 2 as n`]);
  t.match(rows, [[{ n: 1 }], [{ n: 2 }]]);
  t.strictSame(names, ["localhost"]);
  const other = open(t, await listenSecurely(["other.example"]), { socket: openStatementSocket, ssl });
  await t.rejects(other`select 1`, { code: "ERR_TLS_CERT_ALTNAME_INVALID" });
  const stranger = open(t, await listenSecurely(["localhost"]), { socket: openStatementSocket, ssl: true });
  await t.rejects(stranger`select 1`, { code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" });
});

t.test("several servers, and sockets of the file system, are the driver's", async (t) => {
  t.equal(hasOneServer("postgres://infoss@db.example:5432/infoss"), true);
  t.equal(hasOneServer("postgres://infoss@[::1]:5432/infoss?sslmode=verify-full"), true);
  t.equal(hasOneServer("postgres://infoss@one.example,two.example/infoss"), false);
  t.equal(hasOneServer("postgres:///infoss?host=/run/postgresql"), false);
  t.equal(hasOneServer("postgres://infoss@db.example/infoss?host=/run/postgresql"), false);
});
