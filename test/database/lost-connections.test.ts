import { spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import t from "tap";
import { isLossOfDriver } from "../../src/database/lost-connections.ts";
import { createTestDatabase } from "../database.ts";

const { url } = await createTestDatabase(t);

/** A way to PostgreSQL that breaks, once, in the middle of the driver's own question for types. */
async function openBreakingWay() {
  let broken = 0;
  const sockets = new Set<Socket>();
  const server = createServer((inside) => {
    const outside = connect(Number(new URL(url).port), "127.0.0.1");
    for (const socket of [inside, outside]) {
      sockets.add(socket);
      socket.on("error", () => {});
    }
    inside.on("data", (bytes) => {
      if (broken > 0 || !bytes.includes("pg_catalog.pg_type")) return outside.write(bytes);
      broken += 1;
      outside.destroy();
      return inside.resetAndDestroy();
    });
    outside.on("data", (bytes) => inside.write(bytes));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: Object.assign(new URL(url), { hostname: "127.0.0.1", port }).href, breaks: () => broken };
}

/** A process that asks twice over such a way. */
async function askTwice(prelude: string) {
  const way = await openBreakingWay();
  const script = `
    import { createDatabase } from "./src/database/connection.ts";
    ${prelude}
    const database = createDatabase(process.argv[1]);
    const first = await database.plain\`select 1 as n\`.then(() => "answered", () => "failed");
    await new Promise((resolve) => setTimeout(resolve, 50));
    const [row] = await database.plain\`select 2 as n\`;
    console.log(first, row.n);
    await database.close();`;
  const child = spawn(process.execPath, ["--input-type=module-typescript", "--eval", script, way.url], {
    stdio: ["ignore", "pipe", "pipe"],
    cwd: new URL("../..", import.meta.url),
  });
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  t.equal(way.breaks(), 1, "the way broke");
  return { code, output: output.trim(), errors };
}

t.test("a connection that is lost while the driver asks for types does not end the process", async (t) => {
  const { code, output } = await askTwice(`
    import { outliveLostConnections } from "./src/database/lost-connections.ts";
    outliveLostConnections({ warn: ({ code }) => console.log(code) });`);
  t.equal(output, "connectionLost\nfailed 2");
  t.equal(code, 0);
});

t.test("without that it would", async (t) => {
  const { code, errors } = await askTwice("");
  t.equal(code, 1);
  t.match(errors, /ECONNRESET/);
});

t.test("only losses that the driver tells of are outlived", async (t) => {
  const fail = (properties: object) => Object.assign(new Error("x"), properties);
  t.equal(isLossOfDriver(fail({ code: "CONNECTION_CLOSED", query: "select" })), true);
  t.equal(isLossOfDriver(fail({ code: "CONNECT_TIMEOUT", query: "select" })), true);
  t.equal(isLossOfDriver(fail({ code: "ECONNRESET", syscall: "read", query: "select" })), true);
  t.equal(isLossOfDriver(fail({ code: "57P01", query: "select" })), true);
  t.equal(isLossOfDriver(fail({ code: "23505", query: "insert" })), false);
  t.equal(isLossOfDriver(fail({ code: "ECONNRESET", syscall: "read" })), false, "another socket's");
  t.equal(isLossOfDriver(new TypeError("a fault of ours")), false);
  t.equal(isLossOfDriver(undefined), false);
});
