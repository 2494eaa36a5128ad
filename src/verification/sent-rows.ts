import type { Finding } from "../findings/finding.ts";
import type { SentRow } from "../formats/verification/verification-answer.ts";

/** Rows as they come, in pieces; it ends with a finding where the file as a whole is refused, whatever came before. */
export type SentRows = AsyncGenerator<readonly SentRow[], Finding | undefined>;
