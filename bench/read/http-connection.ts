import { once } from "node:events";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import { BenchError } from "../bench-error.ts";

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/** One kept connection, one request at a time. */
export interface HttpConnection {
  /** Sends a whole request, as it goes over the wire; its answer must say its length. */
  ask(request: Buffer): Promise<HttpAnswer>;
  close(): void;
}

const END_OF_HEAD = "\r\n\r\n";

/** Written by hand, because a client that costs as much as the server would hide what the server costs. */
export async function openConnection(options: ConnectionOptions): Promise<HttpConnection> {
  const socket: TLSSocket = connect(options);
  await once(socket, "secureConnect");
  socket.setNoDelay(true);
  let waiting: PromiseWithResolvers<HttpAnswer> | undefined;
  let received: Buffer[] = [];
  let missing = Number.POSITIVE_INFINITY;
  const fail = (reason: string) => waiting?.reject(new BenchError(reason));
  socket.on("data", (bytes: Buffer) => {
    received.push(bytes);
    missing -= bytes.length;
    if (missing === Number.POSITIVE_INFINITY) {
      const begun = Buffer.concat(received);
      const head = begun.indexOf(END_OF_HEAD);
      if (head < 0) return;
      const length = /\r\ncontent-length: (\d+)\r\n/i.exec(begun.toString("latin1", 0, head + 2))?.[1];
      if (length === undefined) return fail(`an answer does not say its length: ${begun.toString("latin1", 0, head)}`);
      missing = head + END_OF_HEAD.length + Number(length) - begun.length;
    }
    if (missing > 0) return;
    const answer = Buffer.concat(received).toString("latin1");
    received = [];
    missing = Number.POSITIVE_INFINITY;
    waiting?.resolve({
      status: Number(answer.slice(9, 12)),
      body: answer.slice(answer.indexOf(END_OF_HEAD) + END_OF_HEAD.length),
    });
  });
  socket.on("close", () => fail("a connection was closed in the middle of the measurement"));
  socket.on("error", (error) => fail(error.message));
  return {
    ask(request) {
      waiting = Promise.withResolvers();
      socket.write(request);
      return waiting.promise;
    },
    close() {
      waiting = undefined;
      socket.destroy();
    },
  };
}

export function composeGet(path: string, headers: Readonly<Record<string, string>>): Buffer {
  return composeRequest("GET", path, headers, "");
}

export function composeForm(path: string, form: URLSearchParams): Buffer {
  const body = form.toString();
  const headers = { "Content-Type": "application/x-www-form-urlencoded", "Content-Length": String(body.length) };
  return composeRequest("POST", path, headers, body);
}

export function composeRequest(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Buffer {
  const lines = Object.entries({ Host: "localhost", ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body}`);
}
