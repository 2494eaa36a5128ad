import { LRUCache } from "lru-cache";
import type { SeenSession } from "./connection-test.ts";

/** Which session wrote which file, in the process whose server spoke with it. */
export interface SessionBook {
  note(accountName: string, fileName: string, session: SeenSession): void;
  /** Of the last of these names that a session wrote. */
  find(accountName: string, fileNames: readonly string[]): SeenSession | undefined;
}

const MAXIMUM_FILES = 10_000;

export function createSessionBook(): SessionBook {
  const sessions = new LRUCache<string, SeenSession>({ max: MAXIMUM_FILES });
  // No name of an account has a slash.
  const keyOf = (accountName: string, fileName: string) => `${accountName}/${fileName}`;
  return {
    note(accountName, fileName, session) {
      sessions.set(keyOf(accountName, fileName), session);
    },
    find(accountName, fileNames) {
      return fileNames
        .map((fileName) => sessions.get(keyOf(accountName, fileName)))
        .findLast((session) => session !== undefined);
    },
  };
}
