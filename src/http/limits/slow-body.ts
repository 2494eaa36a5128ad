import type { IncomingMessage } from "node:http";

export interface SlowBodySettings {
  /** Bytes that must arrive in each window while a body is being sent. */
  readonly minimumBodyBytesPerWindow: number;
  readonly bodyWindowMs: number;
}

/**
 * Calls back once when a sender trickles: the time limit for a whole request must let 2 GiB through, so it alone would
 * let a byte a minute hold a place for an hour. A window in which bytes wait for us counts as kept.
 */
export function watchBody(request: IncomingMessage, settings: SlowBodySettings, onSlow: () => void): void {
  const { socket } = request;
  let before = socket.bytesRead;
  const timer = setInterval(() => {
    const arrived = socket.bytesRead - before;
    before = socket.bytesRead;
    if (arrived >= settings.minimumBodyBytesPerWindow || request.complete || request.readableLength > 0) return;
    stop();
    onSlow();
  }, settings.bodyWindowMs).unref();
  const stop = () => clearInterval(timer);
  request.once("end", stop).once("close", stop);
}

/** As Node calls a request that takes too long. */
export function slowBody(): Error & { code: string } {
  return Object.assign(new Error("the body arrives too slowly"), { code: "ERR_HTTP_REQUEST_TIMEOUT" });
}
