import { RECORD_ACTIONS } from "../formats/contract-file/contract-file-vocabulary.ts";

/** What a version came from: the action of a record, or the transfer of a portfolio by an operator. */
export const VERSION_ACTIONS = [...RECORD_ACTIONS, "transfer"] as const;
export type VersionAction = (typeof VERSION_ACTIONS)[number];
