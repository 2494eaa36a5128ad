import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import type { ServerChannel } from "ssh2";
import { createRequestAnswerer, type RequestSurroundings } from "./answer-requests.ts";
import { readPackets } from "./read-packets.ts";
import { renderVersion } from "./sftp-answer.ts";
import { parseInit, parseRequest, type SftpRequest } from "./sftp-request.ts";

export interface ChannelSurroundings extends RequestSurroundings {
  readonly requestsPerSecond: number;
  /** Ends the channel between two requests. */
  readonly signal: AbortSignal;
  readonly onAnswer: () => void;
}

/**
 * Speaks SFTP on one channel until it ends. One request after the other: a client that sends faster than the disk takes, or
 * reads slower than it asks, fills its own window and waits. Throws MalformedPacket for what is not SFTP.
 */
export async function serveChannel(channel: ServerChannel, surroundings: ChannelSurroundings): Promise<void> {
  const { signal, onAnswer } = surroundings;
  const answerer = createRequestAnswerer(surroundings);
  const keepPace = createPace(surroundings.requestsPerSecond, signal);
  const send = async (answer: Buffer) => {
    if (!channel.write(answer)) await once(channel, "drain", { signal });
    onAnswer();
  };
  let isStarted = false;
  try {
    for await (const packet of readPackets(channel.iterator({ destroyOnReturn: false }))) {
      signal.throwIfAborted();
      if (!isStarted) {
        parseInit(packet);
        isStarted = true;
        await send(renderVersion());
        continue;
      }
      const request = parseRequest(packet);
      await keepPace(request);
      await send(await answerer.answer(request));
    }
  } finally {
    await answerer.close();
  }
}

/** Lets so many requests pass in a second; the next one waits for the next second. Content is not counted. */
function createPace(requestsPerSecond: number, signal: AbortSignal): (request: SftpRequest) => Promise<void> {
  let since = 0;
  let count = 0;
  return async ({ verb }) => {
    if (verb === "read" || verb === "write") return;
    const passed = Date.now() - since;
    if (passed >= 1000) {
      since = Date.now();
      count = 0;
    } else if (count >= requestsPerSecond) {
      await wait(1000 - passed, undefined, { signal });
      since = Date.now();
      count = 0;
    }
    count += 1;
  };
}
