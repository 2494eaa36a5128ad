import { connect, type Socket } from "node:net";

/** Of the address that postgres.js read from its own: the first of each. */
interface Address {
  readonly host: readonly string[];
  readonly port: readonly number[];
}

/** While no more waits to leave, postgres.js is told to go on: told that the socket is full, it sends nothing until it has answers. */
const MOST_WAITING_BYTES = 512 * 1024;

/**
 * A connection to PostgreSQL whose statements leave together (docs/adr/0015): postgres.js writes each one of more than 1 KB by
 * itself, and where several are sent without waiting, the system calls cost more than the statements. Answers at once; what is written before the
 * connection stands waits for it. Over TLS it is the layer below, and changes nothing.
 */
export function openStatementSocket({ host: [host = "localhost"], port: [port = 5432] }: Address): Socket {
  const socket = connect({ host, port, noDelay: true });
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  let isCorked = false;
  const flush = () => {
    isCorked = false;
    socket.uncork();
  };
  // What is sent in one turn of the event loop is one message.
  const gather = (...args: unknown[]) => {
    if (!isCorked) {
      isCorked = true;
      socket.cork();
      setImmediate(flush);
    }
    return write(...args) || socket.writableLength < MOST_WAITING_BYTES;
  };
  // By these two postgres.js knows whose certificate to expect.
  return Object.assign(socket, { write: gather as Socket["write"], host, port });
}

/** Several servers and sockets of the file system are left to postgres.js. */
export function hasOneServer(url: string): boolean {
  const { hostname, searchParams } = URL.parse(url) ?? {};
  return hostname !== undefined && hostname !== "" && !hostname.includes(",") && !searchParams?.has("host");
}
