/** Sends rows to `POST /inamiVerifications`, waits for a worker where the file is large, and answers row by row. */
import { setTimeout as sleep } from "node:timers/promises";
import type { paths } from "../../openapi/digital-contracts.d.ts";
import { expectData, type GatewayClient } from "./gateway-client.ts";

const POLL_MS = 300;

type Answers = paths["/inamiVerifications/{submissionId}"]["get"]["responses"]["200"]["content"];
/** A verification with one page of its rows. */
export type VerificationPage = Answers["application/json"];
export type VerifiedRow = VerificationPage["rows"][number];

export interface NumbersToVerify {
  /** Text, CSV, JSON or an XLSX workbook. */
  readonly content: Uint8Array;
  /** The Idempotency-Key: with the same one and the same content the first answers come again. */
  readonly key: string;
  readonly signal: AbortSignal;
}

/** Sends them and waits; answers the first page as soon as it has ended: `processed`, or `refused` with findings. */
export async function verifyNumbers(
  { api }: GatewayClient,
  { content, key, signal }: NumbersToVerify,
): Promise<VerificationPage> {
  let standing: VerificationPage = expectData(
    await api.POST("/inamiVerifications", {
      params: { header: { "Idempotency-Key": key } },
      // What the content is, shows in it, whatever is said here.
      headers: { "Content-Type": "text/plain", "Content-Length": String(content.length) },
      body: content as never,
      bodySerializer: (body: unknown) => body as never,
      signal,
    }),
  );
  while (standing.endedAt === undefined) {
    await sleep(POLL_MS, undefined, { signal });
    standing = await getPage(api, standing.submissionId, { signal });
  }
  return standing;
}

/** All answers, in the order of the rows, a page at a time; `first` as `verifyNumbers` gave it. */
export async function* iterateVerifiedRows(
  { api }: GatewayClient,
  first: VerificationPage,
  signal?: AbortSignal,
): AsyncGenerator<readonly VerifiedRow[], void, undefined> {
  for (let page = first; ; ) {
    yield page.rows;
    const last = page.rows.at(-1);
    if (page.next === undefined || last === undefined) return;
    page = await getPage(api, first.submissionId, { afterRow: last.rowNumber, ...(signal && { signal }) });
  }
}

async function getPage(
  api: GatewayClient["api"],
  submissionId: string,
  { afterRow = 0, signal }: { readonly afterRow?: number; readonly signal?: AbortSignal },
): Promise<VerificationPage> {
  const params = { path: { submissionId }, query: { afterRow } };
  const answer = await api.GET("/inamiVerifications/{submissionId}", { params, ...(signal && { signal }) });
  // JSON unless another type is asked for.
  return expectData(answer) as VerificationPage;
}
