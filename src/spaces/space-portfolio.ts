import type { RecordField } from "../formats/contract-file/contract-file-vocabulary.ts";
import type { WritableRecord } from "../formats/contract-file/contract-file-writer.ts";
import { padDigits } from "../identifiers/digits.ts";
import { PORTFOLIO_HOLDERS, portfolioInamiNumberOf, portfolioSsinOf } from "./portfolio-numbers.ts";

export const PORTFOLIO_SIZE = 200;
/** Contracts that were changed since their declaration, in spaces that begin live. */
const MODIFIED = 12;
const CLOSED = 6;
const REOPENED = 2;
const CANCELLED = 2;

const KINDS = ["socialPlci", "guaranteedIncome", "socialPlci", "deathCover", "combined"] as const;
const LANGUAGES = ["fr", "nl", "fr", "nl", "de"] as const;

/** The contracts that a new space has: `P-0001` to `P-0200`, of the holders that are there for them alone. */
export function listPortfolio(group: number, today: string): WritableRecord[] {
  return Array.from({ length: PORTFOLIO_SIZE }, (_, index) => declare(group, today, index));
}

/** What became of some of them since, in this order: modified, closed, closed by mistake and reopened, cancelled. */
export function listHistory(group: number, today: string): WritableRecord[] {
  const change = (name: string, index: number, action: WritableRecord["action"], values: Values): WritableRecord => ({
    senderReference: `${name}-${contractNumberOf(index)}`,
    action,
    values: { ...keyOf(group, index), ...values },
  });
  const day = Temporal.PlainDate.from(today);
  const ago = (months: number) => day.subtract({ months }).with({ day: 1 }).toString();
  const modified = times(MODIFIED, (turn) =>
    change("MODIFY", turn * 8, "modify", {
      ...contentOf(group, turn * 8),
      solidarity: String((turn * 8) % 3 === 0),
      effectiveOn: ago(1 + (turn % 12)),
    }),
  );
  const closed = times(CLOSED, (turn) =>
    change("CLOSE", turn * 8 + 1, "close", { endOn: ago(turn - 1), reason: turn % 2 === 0 ? "terminated" : "paidOut" }),
  );
  const reopened = times(REOPENED, (turn) => change("REOPEN", turn * 8 + 1, "reopen", { reason: "closed by mistake" }));
  const cancelled = times(CANCELLED, (turn) =>
    change("CANCEL", turn * 8 + 2, "cancel", { reason: "declared by mistake" }),
  );
  return [...modified, ...closed, ...reopened, ...cancelled];
}

type Values = { readonly [field in RecordField]?: string };

function declare(group: number, today: string, index: number): WritableRecord {
  const startOn = Temporal.PlainDate.from(today)
    .subtract({ years: 1 + (index % 12), months: index % 7 })
    .with({ day: 1 })
    .toString();
  return {
    senderReference: `NEW-${contractNumberOf(index)}`,
    action: "new",
    values: { ...keyOf(group, index), startOn, ...contentOf(group, index) },
  };
}

function keyOf(group: number, index: number): Values {
  return {
    contractNumber: contractNumberOf(index),
    inamiNumber: portfolioInamiNumberOf(group, index % PORTFOLIO_HOLDERS),
  };
}

function contentOf(group: number, index: number): Values {
  return {
    contractKind: KINDS[index % KINDS.length]!,
    // One in two says whose it is.
    ...(index % 2 === 0 && { ssin: portfolioSsinOf(group, index % PORTFOLIO_HOLDERS) }),
    solidarity: String(index % 3 !== 0),
    language: LANGUAGES[index % LANGUAGES.length]!,
  };
}

function contractNumberOf(index: number): string {
  return `P-${padDigits(index + 1, 4)}`;
}

function times<T>(count: number, make: (turn: number) => T): T[] {
  return Array.from({ length: count }, (_, turn) => make(turn));
}
