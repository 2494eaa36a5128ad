import type { Finding } from "../../findings/finding.ts";

/** Why a workbook is refused as a whole: leads from where it was found to the reader, and no further. */
export class WorkbookFault extends Error {
  readonly finding: Finding;
  constructor(finding: Finding, options?: ErrorOptions) {
    super(`the workbook is refused: ${finding.code}`, options);
    this.name = "WorkbookFault";
    this.finding = finding;
  }
}

export function unreadable(cause?: unknown): WorkbookFault {
  return new WorkbookFault({ code: "verificationFileInvalid", details: { reason: "workbookUnreadable" } }, { cause });
}

export function unsafe(cause?: unknown): WorkbookFault {
  return new WorkbookFault({ code: "verificationFileInvalid", details: { reason: "workbookUnsafe" } }, { cause });
}

export function encrypted(): WorkbookFault {
  return new WorkbookFault({ code: "verificationFileInvalid", details: { reason: "workbookEncrypted" } });
}

export function beyond(limit: "unpackedSize" | "compressionRatio", maximum: number): WorkbookFault {
  return new WorkbookFault({ code: "limitExceeded", details: { limit, maximum } });
}
