/** A file on its way to the gateway, whichever door it takes. */
export interface Sending {
  /** Path of the contract file. */
  readonly path: string;
  readonly byteLength: number;
  /** Told what goes on, as often as there is something new. */
  readonly onProgress: (progress: SendProgress) => void;
  /** Told each answer as soon as it is there, in XML. */
  readonly onAnswer: (kind: "receipt" | "report", xml: string) => void;
  /** Told once that the file waits for something else. Over REST that ends the sending; over SFTP the report is waited for. */
  readonly onHeld?: (held: Held) => void;
  /** Told each time that the gateway puts a request off: it is made again after so many seconds. Over REST. */
  readonly onPutOff?: (seconds: number) => void;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
}

/** What a file that is held waits for: docs/exchange/rest.md. */
export interface Held {
  readonly reason?: string | undefined;
  /** Where it has an end, RFC 3339. */
  readonly until?: string | undefined;
  /** The number that a gap lacks. */
  readonly awaitedSequence?: number | undefined;
}

export interface SendProgress {
  readonly phase: "uploading" | "waiting" | "processing";
  /** Bytes; absent where nobody knows. */
  readonly done?: number;
}

/** The gateway or the way to it refused what was sent before there was an answer; the message is a sentence. */
export class SendRefused extends Error {
  override readonly name = "SendRefused";
}
