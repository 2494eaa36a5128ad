import type { Finding } from "../findings/finding.ts";
import { createContractFileReader } from "../formats/contract-file/contract-file-reader.ts";
import type { FilePlace } from "../formats/contract-file/file-cursor.ts";
import type { EnvironmentLetter, SubmissionKind } from "./submission.ts";

/** Chunks kept in memory at most while the root is looked for. */
const ROOT_CHUNKS = 8;
/** Hardly a root is longer, and what lies behind it is not to be read here. */
const SLICE_BYTES = 2 * 1024;

/** What tells what a submission is: the root of a contract file, or what the door makes of a name or a key. */
export interface SubmissionHeader {
  /** Enterprise number of the insurer. */
  readonly sender: string;
  readonly reference: string;
  readonly environment: EnvironmentLetter;
  readonly kind: SubmissionKind;
  /** Deltas only. */
  readonly sequence?: number | undefined;
  /** Where the root begins; absent where there is none. */
  readonly place?: FilePlace;
}

export interface RootPeek {
  look(bytes: Buffer): void;
  /** Whether the root was read, or never will be. */
  isDecided(): boolean;
  header(): SubmissionHeader | undefined;
  /** Why no root could be read, where none could; asked after the last byte. */
  end(): Finding | undefined;
}

/** Reads no further than the root: only its header decides at reception, the records are the worker's. */
export function createRootPeek(): RootPeek {
  const reader = createContractFileReader({});
  let refusal: Finding | undefined;
  let looking = true;
  return {
    look(bytes) {
      for (let start = 0; looking && start < bytes.length; start += SLICE_BYTES) {
        refusal = reader.write(bytes.subarray(start, start + SLICE_BYTES));
        looking = !refusal && !reader.header;
      }
    },
    isDecided: () => !looking,
    header: () => reader.header,
    end: () => refusal ?? (reader.header ? undefined : reader.end()),
  };
}

/** Of a file without a root: nothing of it is read at reception. */
export function createKnownRoot(header: SubmissionHeader): RootPeek {
  return { look() {}, isDecided: () => true, header: () => header, end: () => undefined };
}

/**
 * The chunks up to the one in which the root ends: the first, but for a file that begins with megabytes of comments. Of
 * such a file only so many are waited for: it then belongs to whom it would belong without a root.
 */
export async function readToRoot(chunks: AsyncGenerator<Buffer>, root: RootPeek): Promise<Buffer[]> {
  const read: Buffer[] = [];
  do {
    const next = await chunks.next();
    if (next.done) break;
    read.push(next.value);
  } while (!root.isDecided() && read.length < ROOT_CHUNKS);
  return read;
}
