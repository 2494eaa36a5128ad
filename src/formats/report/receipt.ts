import type { Finding } from "../../findings/finding.ts";
import { LANGUAGES, type Language } from "../../findings/language.ts";
import { findingsToXml, renderXmlElements, XML_DECLARATION } from "./answer-xml.ts";

/** States a submission can be in when its receipt is issued; a receipt is never issued again with another one. */
export const RECEIPT_STATES = ["received", "refused", "held", "tested"] as const;
export type ReceiptState = (typeof RECEIPT_STATES)[number];

export const RECEIPT_NAMESPACE = "urn:be:nihdi:infoss:receipt:1";

/**
 * What the sender holds as proof. Its existence says that the bytes with this length and digest are stored:
 * it is issued after they are committed, never before (docs/exchange/answers.md). Fields of the file's root
 * are absent where it could not be read.
 */
export interface Receipt {
  readonly submissionId: string;
  readonly reference?: string;
  /** Enterprise number of the insurer the submission belongs to. */
  readonly sender: string;
  /** The name under which the file came; absent where it came without one. */
  readonly fileName?: string;
  readonly environment?: "R" | "S" | "T";
  readonly kind?: "initialLoad" | "delta" | "inamiVerification";
  readonly channel: "rest" | "sftp";
  readonly state: ReceiptState;
  /** What a file that is held waits for; until when, RFC 3339, where that has an end; the number that a gap lacks. */
  readonly heldReason?:
    | "sequenceGap"
    | "massChange"
    | "predecessorHeld"
    | "predecessorQuarantined"
    | "initialLoadOpen"
    | "simulation";
  readonly heldUntil?: string;
  readonly awaitedSequence?: number;
  /** RFC 3339, with offset. */
  readonly receivedAt: string;
  readonly byteLength: number;
  /** SHA-256 of the bytes as received, lower-case hex. */
  readonly sha256: string;
  /** The answer to "is my file safe here?". Never false: what is not durable gets no receipt. */
  readonly durable: true;
  /** Present where the file was handed over only to learn what it would do: it declares nothing. */
  readonly dryRun?: true;
  /** About the file as a whole: why it was refused, or warnings. */
  readonly findings: readonly Finding[];
}

/** How the connection looked over which a circuit test came: intake and exchange see it, the receipt tells it. */
export interface TestedConnection {
  readonly connectionTestId: string;
  readonly passed: boolean;
  /** Names and values; a name may come several times. */
  readonly seen: readonly (readonly [name: string, value: string])[];
  readonly findings: readonly Finding[];
}

/** The receipt as XML, with its signed form where given (schemas/receipt/1/receipt.xsd), in all languages unless told: it is written once, before anybody asks for it. */
export function renderReceiptXml(
  receipt: Receipt,
  languages: readonly Language[] = LANGUAGES,
  jws?: string,
  connection?: TestedConnection,
): string {
  return (
    `${XML_DECLARATION}<receipt xmlns="${RECEIPT_NAMESPACE}">\n` +
    renderXmlElements({
      submissionId: receipt.submissionId,
      reference: receipt.reference,
      sender: receipt.sender,
      fileName: receipt.fileName,
      environment: receipt.environment,
      kind: receipt.kind,
      channel: receipt.channel,
      state: receipt.state,
      heldReason: receipt.heldReason,
      heldUntil: receipt.heldUntil,
      awaitedSequence: receipt.awaitedSequence,
      receivedAt: receipt.receivedAt,
      byteLength: receipt.byteLength,
      sha256: receipt.sha256,
      durable: receipt.durable,
      findings: findingsToXml(receipt.findings, languages),
      jws,
      connection: connection && connectionToXml(connection, languages),
    }) +
    "</receipt>\n"
  );
}

function connectionToXml({ seen, findings, ...known }: TestedConnection, languages: readonly Language[]) {
  return {
    ...known,
    seen: seen.map(([name, value]) => ({ "@name": name, "#text": value })),
    findings: findingsToXml(findings, languages),
  };
}
