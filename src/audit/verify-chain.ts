import type { Sql, TransactionSql } from "../database/sql.ts";
import { NO_PREVIOUS_HASH } from "./chain-encoding.ts";
import type { ChainFault, ReportFault } from "./chain-fault.ts";
import type { HeadExport, SignedHead } from "./export-head.ts";
import { createLinkQueue, type LinkQueue } from "./link-queue.ts";
import type { SignatureCheck } from "./seal-signature.ts";
import {
  findHead,
  findSeal,
  iterateLinks,
  iterateSeals,
  listChains,
  readSnapshot,
  type StoredSeal,
} from "./stored-chain.ts";
import { type UnsealedTail, verifyTail } from "./unsealed-tail.ts";
import { createInstantCheck, findSealFaults, isSigned, readPlaces } from "./verify-seal.ts";

export interface VerifyOptions {
  readonly checkSignature: SignatureCheck;
  /** Heads exported earlier: the chains must still lead through them. */
  readonly earlier?: HeadExport;
  /** Begins behind these heads, whose seals must still be there: what came before is not read, and may be pruned. */
  readonly startAfter?: HeadExport;
  /** Called for every fault as it is found: there may be any number. */
  readonly onFault: ReportFault;
}

export interface ChainSummary {
  readonly chainId: number;
  /** What was read, so without what lies before `startAfter`. */
  readonly seals: number;
  readonly events: number;
}

export interface Verification {
  readonly chains: readonly ChainSummary[];
  readonly faults: number;
  readonly unsealed: UnsealedTail;
}

/** Below the number of any seal, a forged one too. */
const BEFORE_ALL = -Number.MAX_SAFE_INTEGER;

/**
 * Reads the trail as it is at one instant and compares it with its seals. Memory does not grow with the trail. `sql`
 * (a client for transactions) needs a role that may read it.
 */
export async function verifyChains(sql: Sql, options: VerifyOptions): Promise<Verification> {
  const { checkSignature } = options;
  let faults = 0;
  const report: ReportFault = (fault) => {
    faults += 1;
    options.onFault(fault);
  };
  return await readSnapshot(sql, async (tx) => {
    const starts = await readHeads(options.startAfter, checkSignature, report);
    const chains: ChainSummary[] = [];
    const heads: StoredSeal[] = [];
    for (const chainId of await listAllChains(tx)) {
      const start = starts.find((one) => one.chainId === chainId);
      chains.push(await verifyChain(tx, { chainId, start, checkSignature, report }));
      const head = await findHead(tx, chainId);
      if (head) heads.push(head);
    }
    const earlier = await readHeads(options.earlier, checkSignature, report);
    for (const exported of [...starts, ...earlier]) {
      const fault = await findRewriting(tx, exported, starts.includes(exported), heads);
      if (fault) report(fault);
    }
    return { chains, unsealed: await verifyTail(tx, heads, report), faults };
  });
}

/** The heads of an export that our key signed; the others are reported and cannot prove anything. */
async function readHeads(
  exported: HeadExport | undefined,
  checkSignature: SignatureCheck,
  report: ReportFault,
): Promise<SignedHead[]> {
  const signed: SignedHead[] = [];
  for (const head of exported?.heads ?? []) {
    if (await isSigned(head, checkSignature)) signed.push(head);
    else report({ code: "exportForged", chainId: head.chainId, sealNumber: head.sealNumber });
  }
  return signed;
}

async function listAllChains(tx: TransactionSql): Promise<number[]> {
  const tables = ["audit_event", "audit_seal", "audit_sealed_event"] as const;
  const lists = await Promise.all(tables.map((table) => listChains(tx, table)));
  return [...new Set(lists.flat())].sort((a, b) => a - b);
}

interface ChainCheck {
  readonly chainId: number;
  readonly start: SignedHead | undefined;
  readonly checkSignature: SignatureCheck;
  readonly report: ReportFault;
}

/** Walks seals and places of one chain side by side. */
async function verifyChain(tx: TransactionSql, check: ChainCheck): Promise<ChainSummary> {
  const { chainId, start, report } = check;
  const after = start?.sealNumber ?? BEFORE_ALL;
  const links = createLinkQueue(iterateLinks(tx, chainId, after));
  const findMisdated = createInstantCheck();
  let expected = (start?.sealNumber ?? 0) + 1;
  let previousHash = start?.hash ?? NO_PREVIOUS_HASH;
  let seals = 0;
  let events = 0;
  for await (const seal of iterateSeals(tx, chainId, after)) {
    const { sealNumber } = seal;
    // Places of a seal that is gone: the gap in the numbers tells it.
    await links.skipUntil(sealNumber);
    if (sealNumber < expected) {
      report({ code: "sealInserted", chainId, sealNumber });
    } else if (sealNumber > expected) {
      report({ code: "sealRemoved", chainId, sealNumber: expected, lastSealNumber: sealNumber - 1 });
    } else if (!seal.previousHash.equals(previousHash)) {
      report({ code: "sealUnlinked", chainId, sealNumber });
    }
    const places = await readPlaces(sealNumber, links);
    const faults = findSealFaults(seal, places);
    // What an altered seal says of instants accuses nobody.
    if (!faults.some(({ code }) => code === "sealAltered" || code === "placeRemoved")) {
      faults.push(...findMisdated(seal, places));
    }
    faults.forEach(report);
    if (!(await isSigned(seal, check.checkSignature))) report({ code: "signatureWrong", chainId, sealNumber });
    seals += 1;
    events += places.length;
    expected = Math.max(expected, sealNumber + 1);
    previousHash = seal.hash;
  }
  await reportPlacesWithoutSeal(chainId, links, report);
  return { chainId, seals, events };
}

/** Behind the last seal there may be no places: they show that a seal was there. */
async function reportPlacesWithoutSeal(chainId: number, links: LinkQueue, report: ReportFault): Promise<void> {
  let sealNumber: number | undefined;
  for (let link = await links.take(); link; link = await links.take()) {
    if (link.sealNumber === sealNumber) continue;
    sealNumber = link.sealNumber;
    report({ code: "sealRemoved", chainId, sealNumber });
  }
}

/** What an exported head shows that the chain itself cannot: an end that was cut off, a history signed anew. */
async function findRewriting(
  tx: TransactionSql,
  exported: SignedHead,
  isStart: boolean,
  heads: readonly StoredSeal[],
): Promise<ChainFault | undefined> {
  const { chainId, sealNumber } = exported;
  const seal = await findSeal(tx, chainId, sealNumber);
  if (seal) return seal.hash.equals(exported.hash) ? undefined : { code: "historyRewritten", chainId, sealNumber };
  const head = heads.find((one) => one.chainId === chainId);
  if (!head || head.sealNumber < sealNumber) return { code: "tailRemoved", chainId, sealNumber };
  // A gap further on was met on the way.
  return isStart ? { code: "sealRemoved", chainId, sealNumber } : undefined;
}
