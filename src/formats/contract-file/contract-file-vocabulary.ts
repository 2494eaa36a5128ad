/** The words of the contract file, namespace version 1. `schemas/contract-file/1/contract-file.xsd` says the same. */
export const CONTRACT_FILE_NAMESPACE = "urn:be:nihdi:infoss:contract-file:1";

export const CONTRACT_FILE_KINDS = ["initialLoad", "delta"] as const;
export type ContractFileKind = (typeof CONTRACT_FILE_KINDS)[number];

export const FILE_ENVIRONMENTS = ["R", "S", "T"] as const;
export type FileEnvironment = (typeof FILE_ENVIRONMENTS)[number];

export const RECORD_ACTIONS = ["new", "modify", "close", "reopen", "cancel"] as const;
export type RecordAction = (typeof RECORD_ACTIONS)[number];

/** Every field an action may hold, in the order in which the gateway writes them. */
export const RECORD_FIELDS = [
  "contractNumber",
  "inamiNumber",
  "startOn",
  "effectiveOn",
  "contractKind",
  "ssin",
  "solidarity",
  "language",
  "paymentReference",
  "endOn",
  "reason",
] as const;
export type RecordField = (typeof RECORD_FIELDS)[number];

const CONTENT = ["contractKind", "ssin", "solidarity", "language", "paymentReference"] as const;

export const ACTION_FIELDS: Readonly<Record<RecordAction, readonly RecordField[]>> = {
  new: ["contractNumber", "inamiNumber", "startOn", ...CONTENT, "endOn", "reason"],
  modify: ["contractNumber", "inamiNumber", "effectiveOn", ...CONTENT],
  close: ["contractNumber", "inamiNumber", "endOn", "reason"],
  reopen: ["contractNumber", "inamiNumber", "reason"],
  cancel: ["contractNumber", "inamiNumber", "reason"],
};

export const CONTRACT_KINDS = ["socialPlci", "guaranteedIncome", "deathCover", "combined"] as const;
export type ContractKind = (typeof CONTRACT_KINDS)[number];

export const END_REASONS = ["terminated", "transferred", "death", "paidOut", "other"] as const;
export type EndReason = (typeof END_REASONS)[number];

export const HOLDER_LANGUAGES = ["fr", "nl", "de"] as const;
export type HolderLanguage = (typeof HOLDER_LANGUAGES)[number];

/** Lengths in characters (Unicode code points). */
export const REFERENCE_LENGTH = 35;
export const CONTRACT_NUMBER_LENGTH = 35;
export const FREE_REASON_LENGTH = 200;
export const RECORD_COUNT_MAXIMUM = 10_000_000;

export const EARLIEST_START_ON = "1960-01-01";
