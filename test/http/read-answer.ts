import { buffer } from "node:stream/consumers";
import type { TLSSocket } from "node:tls";
import type { Answer } from "./open-door.ts";

/** What a bare connection was sent until it was closed, as an answer. */
export async function readAnswer(socket: TLSSocket): Promise<Answer> {
  const text = String(await buffer(socket));
  const [head = "", body = ""] = text.split("\r\n\r\n");
  const [status = "", ...fields] = head.split("\r\n");
  const headers = Object.fromEntries(
    fields.map((field) => [field.slice(0, field.indexOf(":")).toLowerCase(), field.slice(field.indexOf(":") + 2)]),
  );
  return { status: Number(status.split(" ")[1]), headers, text: body, json: JSON.parse(body) };
}
