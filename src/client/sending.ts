/** A file on its way to the gateway, whichever door it takes. */
export interface Sending {
  /** Path of the contract file. */
  readonly path: string;
  readonly byteLength: number;
  /** Told what goes on, as often as there is something new. */
  readonly onProgress: (progress: SendProgress) => void;
  /** Told each answer as soon as it is there, in XML. */
  readonly onAnswer: (kind: "receipt" | "report", xml: string) => void;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
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
