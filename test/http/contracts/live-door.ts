import type { Test } from "tap";
import {
  type Answer,
  type Caller,
  contractFile,
  type Door,
  KNOWN_INAMI_NUMBER,
  openDoor,
  processSubmissions,
  ROOT,
  send,
  waitForEnd,
} from "../open-door.ts";

export const NEW_CONTRACT = {
  contractNumber: "S-1",
  inamiNumber: KNOWN_INAMI_NUMBER,
  startOn: "2020-01-01",
  contractKind: "socialPlci",
  solidarity: true,
};

/** The fields that these tests look at. */
export interface ContractDocument {
  readonly outcome?: string;
  readonly contractId?: string;
  readonly contract?: { readonly contractId: string; readonly state: string; readonly periods: readonly object[] };
  readonly issues?: readonly { readonly code?: string; readonly name?: string; readonly type: string }[];
}

export const documentOf = (answer: Answer) => answer.json as unknown as ContractDocument;

/** A door whose insurer Alpha is live, with one contract of its initial load. */
export async function openLiveDoor(t: Test): Promise<Door> {
  const door = await openDoor(t);
  const sent = await send(door.alpha, contractFile());
  await processSubmissions(t, door);
  await waitForEnd(door.alpha, String(sent.json.submissionId));
  await makeLive(door);
  return door;
}

export async function makeLive(door: Door): Promise<void> {
  await door.owner`
    update insurer set phase = 'live', initial_load_completed_at = now() where insurer_id = ${door.alphaId}`;
}

interface Call {
  readonly key: string;
  readonly ifMatch?: string;
  readonly method?: string;
}

/** One call about single contracts; the path is below `/contracts`. */
export function call(caller: Caller, path: string, body: object, { key, ifMatch, method = "POST" }: Call) {
  return caller(`${ROOT}/contracts${path}`, {
    method,
    headers: {
      "Content-Type": "application/json",
      "Idempotency-Key": key,
      ...(ifMatch !== undefined && { "If-Match": ifMatch }),
    },
    body: JSON.stringify(body),
  });
}

export function query(caller: Caller, body: object, search = "") {
  return caller(`${ROOT}/contracts/query${search}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}
