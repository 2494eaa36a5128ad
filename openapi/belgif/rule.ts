import type { Place } from "./json.ts";
import type { OpenapiDocument } from "./openapi-document.ts";

/** How strongly the guide asks for it. */
export type Level = "required" | "recommended";

export interface Fault {
  readonly place: Place;
  /** What is wrong and what to do. */
  readonly message: string;
  readonly level: Level;
}

/** A rule of the Belgif validator, under the id by which the guide knows it. */
export interface Rule {
  readonly id: string;
  /** Strongest first: some rules ask for one thing and recommend another. */
  readonly levels: readonly Level[];
  /** Where it is written: the chapter of belgif/rest-guide, and the files of belgif/rest-guide-validator that check it. */
  readonly source: { readonly guide: string; readonly validator: readonly string[] };
  check(document: OpenapiDocument): Iterable<Fault>;
}

export const required = (place: Place, message: string): Fault => ({ place, message, level: "required" });
export const recommended = (place: Place, message: string): Fault => ({ place, message, level: "recommended" });
