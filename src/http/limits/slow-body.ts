import type { IncomingMessage } from "node:http";
import type { HttpLimits } from "./http-limits.ts";

/**
 * Calls back once when a sender trickles: the time limit for a whole request must let 2 GiB through, so it alone would
 * let a byte a minute hold a place for an hour. A window in which bytes wait for us counts as kept.
 */
export function watchBody(request: IncomingMessage, limits: HttpLimits, onSlow: () => void): void {
  const { socket } = request;
  let before = socket.bytesRead;
  const timer = setInterval(() => {
    const arrived = socket.bytesRead - before;
    before = socket.bytesRead;
    if (arrived >= limits.minimumBodyBytesPerWindow || request.complete || request.readableLength > 0) return;
    stop();
    onSlow();
  }, limits.bodyWindowMs).unref();
  const stop = () => clearInterval(timer);
  request.once("end", stop).once("close", stop);
}

/** As Node calls a request that takes too long. */
export function slowBody(): Error & { code: string } {
  return Object.assign(new Error("the body arrives too slowly"), { code: "ERR_HTTP_REQUEST_TIMEOUT" });
}
