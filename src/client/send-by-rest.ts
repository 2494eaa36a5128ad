/** Sends a file as any program of an insurer would over REST. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { createGatewayClient, expectData, type GatewayAddress, type GatewayClient } from "./gateway-client.ts";
import { refuseConnection } from "./refuse-connection.ts";
import type { Held, Sending } from "./sending.ts";

const POLL_MS = 300;
const XML = { headers: { Accept: "application/xml" }, parseAs: "text" } as const;

/** Uploads the file, then asks until it has ended or is held; receipt and report come in XML, as over SFTP. */
export async function sendByRest(address: GatewayAddress, sending: Sending): Promise<void> {
  const { onAnswer, onProgress, onPutOff, signal } = sending;
  const client = createGatewayClient({ ...address, ...(onPutOff && { onPutOff }) });
  try {
    const submissionId = await upload(client, sending);
    const of = { params: { path: { submissionId } }, signal };
    onProgress({ phase: "waiting" });
    const receipt = expectData(await client.api.GET("/submissions/{submissionId}/receipt", { ...of, ...XML }));
    onAnswer("receipt", receipt);
    if (!/<state>(received|held)<\/state>/.test(receipt)) return;
    const held = await waitForEnd(client, submissionId, sending);
    if (held) return sending.onHeld?.(held);
    onAnswer("report", expectData(await client.api.GET("/submissions/{submissionId}/report", { ...of, ...XML })));
  } catch (error) {
    throw refuseConnection(error, address.url);
  } finally {
    await client.close();
  }
}

/** What it waits for, where it is held. */
async function waitForEnd(
  { api }: GatewayClient,
  submissionId: string,
  { onProgress, signal }: Sending,
): Promise<Held | undefined> {
  for (;;) {
    const of = { params: { path: { submissionId } }, signal };
    const submission = expectData(await api.GET("/submissions/{submissionId}", of));
    const { endedAt, progress, state, heldReason, heldUntil, awaitedSequence } = submission;
    if (endedAt !== undefined) return undefined;
    if (state === "held") return { reason: heldReason, until: heldUntil, awaitedSequence };
    onProgress({ phase: "processing", ...(progress && { done: progress.bytesRead }) });
    await sleep(POLL_MS, undefined, { signal });
  }
}

/** The ticket. The file is read twice, first for its digest: it never stands in memory. */
async function upload({ api }: GatewayClient, { path, byteLength, onProgress, signal }: Sending): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  let done = 0;
  async function* read() {
    for await (const bytes of createReadStream(path)) {
      yield bytes as Buffer;
      done += (bytes as Buffer).length;
      onProgress({ phase: "uploading", done });
    }
  }
  const { submissionId } = expectData(
    await api.POST("/submissions", {
      ...{
        body: ReadableStream.from(read()) as never,
        bodySerializer: (body: unknown) => body as never,
        duplex: "half",
        signal,
      },
      params: { header: { "Content-Digest": `sha-256=:${hash.digest("base64")}:` } },
      headers: { "Content-Type": "application/xml", "Content-Length": String(byteLength) },
    } as never),
  ) as { submissionId: string };
  return submissionId;
}
