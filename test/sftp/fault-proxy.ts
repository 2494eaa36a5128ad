import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { Test } from "tap";

/**
 * `reset`: both ends are cut. `stall`: nothing passes any more, nobody is told. `halfOpen`: the server is cut off, the
 * client is not told.
 */
export const FAULTS = ["reset", "stall", "halfOpen"] as const;
export type Fault = (typeof FAULTS)[number];

export interface FaultPlan {
  readonly fault: Fault;
  /** Pieces from that side, counted over all connections, after which it happens, once. */
  readonly from: "client" | "server";
  readonly afterPieces: number;
}

export interface FaultProxy {
  readonly port: number;
  /** What happens next; counts begin anew. */
  plan(plan: FaultPlan | undefined): void;
  /** Whether the plan was carried out. */
  readonly isDone: () => boolean;
  /** Pieces passed on since the last plan. */
  readonly pieces: Readonly<Record<"client" | "server", number>>;
  /** Refuses new connections and cuts all there are, or takes them again. */
  setAway(isAway: boolean): void;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  isStalled: boolean;
}

/** Stands between a client and a server on this machine, and fails as networks do. */
export async function startFaultProxy(t: Test, targetPort: number): Promise<FaultProxy> {
  const pairs = new Set<Pair>();
  const pieces = { client: 0, server: 0 };
  let plan: FaultPlan | undefined;
  let isAway = false;

  const fail = (pair: Pair, fault: Fault) => {
    plan = undefined;
    if (fault === "reset") pair.client.resetAndDestroy();
    if (fault !== "stall") pair.server.resetAndDestroy();
    pair.isStalled = true;
  };
  const pass = (pair: Pair, from: "client" | "server") => (piece: Buffer) => {
    if (pair.isStalled) return;
    pair[from === "client" ? "server" : "client"].write(piece);
    pieces[from] += 1;
    if (plan?.from === from && pieces[from] >= plan.afterPieces) fail(pair, plan.fault);
  };

  const listener = createServer({ noDelay: true }, (client) => {
    if (isAway) return client.resetAndDestroy();
    const server = connect({ port: targetPort, host: "127.0.0.1", noDelay: true });
    const pair: Pair = { client, server, isStalled: false };
    pairs.add(pair);
    for (const side of ["client", "server"] as const) {
      const other = pair[side === "client" ? "server" : "client"];
      pair[side]
        .on("data", pass(pair, side))
        .on("error", () => {})
        .on("close", () => {
          if (!pair.isStalled) other.destroy();
          if (client.destroyed && server.destroyed) pairs.delete(pair);
        });
    }
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const cutAll = () => {
    for (const { client, server } of pairs) {
      client.resetAndDestroy();
      server.resetAndDestroy();
    }
  };
  t.teardown(() => {
    cutAll();
    listener.close();
  });
  return {
    port: (listener.address() as AddressInfo).port,
    plan(next) {
      plan = next;
      pieces.client = 0;
      pieces.server = 0;
    },
    isDone: () => plan === undefined,
    pieces,
    setAway(next) {
      isAway = next;
      if (isAway) cutAll();
    },
  };
}
