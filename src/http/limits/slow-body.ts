import type { IncomingMessage } from "node:http";
import { Problem } from "../problems.ts";

interface SlowestBody {
  readonly minimumBytes: number;
  readonly windowMs: number;
}

/**
 * Calls back once when a sender trickles: the time limit for a whole request must let 2 GiB through, so it alone would
 * let a byte a minute hold a place for an hour. A window in which bytes wait for us counts as kept.
 */
export function watchBody(request: IncomingMessage, slowest: SlowestBody, onSlow: () => void): void {
  const { socket } = request;
  let before = socket.bytesRead;
  const timer = setInterval(() => {
    const arrived = socket.bytesRead - before;
    before = socket.bytesRead;
    if (arrived >= slowest.minimumBytes || request.complete || request.readableLength > 0) return;
    stop();
    onSlow();
  }, slowest.windowMs).unref();
  const stop = () => clearInterval(timer);
  request.once("end", stop).once("close", stop);
}

/** As Node calls a request that takes too long. */
export function slowBody(): Error & { code: string } {
  return Object.assign(new Error("the body arrives too slowly"), { code: "ERR_HTTP_REQUEST_TIMEOUT" });
}

/** What a request that takes too long is answered, whichever part of it is late. */
export function requestTimeout(): Problem {
  return new Problem(
    "requestTimeout",
    "The request did not arrive in time, or paused for too long. Nothing of it was stored: send it again, without pauses.",
  );
}
