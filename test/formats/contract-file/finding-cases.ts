import type { FindingCode } from "../../../src/findings/finding-codes.ts";
import { READER_LIMITS } from "../../../src/formats/contract-file/reader-limits.ts";
import { composeFields, composeFile, composeRecord } from "./compose-contract-file.ts";

/** A whole contract file that raises a finding, and one that is as close as can be and does not. */
export interface FindingCase {
  readonly raises: string | Buffer;
  readonly justNot: string | Buffer;
}

const SOUND = composeFile([composeRecord()]);

function withFields(changes: Readonly<Record<string, string | undefined>>): string {
  return composeFile([composeRecord(composeFields(changes))]);
}

function withRoot(attributes: Readonly<Record<string, string>>): string {
  return composeFile([composeRecord()], attributes);
}

function withAction(action: string): string {
  return SOUND.replace("<new>", `<${action}>`).replace("</new>", `</${action}>`);
}

/** Every finding that reading a contract file and checking its records alone can raise. */
export const FINDING_CASES = {
  emptyFile: { raises: "", justNot: composeFile([]) },
  encodingNotSupported: {
    raises: Buffer.from(withFields({ contractNumber: "é" }), "latin1"),
    justNot: withFields({ contractNumber: "é" }).replace('encoding="UTF-8"', 'encoding="utf-8"'),
  },
  notWellFormed: { raises: SOUND.replace("</ssin>", "</niss>"), justNot: SOUND.replace("</ssin>", "</ssin >") },
  doctypeNotAllowed: {
    raises: SOUND.replace("<contractFile", "<!DOCTYPE contractFile><contractFile"),
    justNot: SOUND.replace("<contractFile", "<!--DOCTYPE contractFile--><contractFile"),
  },
  entityNotAllowed: {
    raises: withFields({ contractNumber: "A&nbsp;B" }),
    justNot: withFields({ contractNumber: "A&amp;nbsp;B" }),
  },
  limitExceeded: {
    raises: withFields({ contractNumber: "1".padEnd(READER_LIMITS.textLength + 1) }),
    justNot: withFields({ contractNumber: "1".padEnd(READER_LIMITS.textLength) }),
  },
  rootNotExpected: {
    raises: SOUND.replace("contract-file:1", "contract-file:2"),
    justNot: SOUND.replace("xmlns=", "xmlns:c=").replaceAll(/(<\/?)(?=[a-zA-Z])/g, "$1c:"),
  },
  headerInvalid: { raises: withRoot({ reference: "R".repeat(36) }), justNot: withRoot({ reference: "R".repeat(35) }) },
  environmentLetterInvalid: { raises: withRoot({ environment: "s" }), justNot: withRoot({ environment: "T" }) },
  recordCountMismatch: { raises: withRoot({ recordCount: "2" }), justNot: withRoot({ recordCount: "1" }) },

  requiredFieldMissing: { raises: withFields({ startOn: undefined }), justNot: withFields({ language: undefined }) },
  fieldNotKnown: { raises: withFields({ effectiveOn: "2020-01-01" }), justNot: SOUND },
  fieldRepeated: {
    raises: SOUND.replace("<language>", "<ssin>85073003328</ssin><language>"),
    justNot: SOUND.replace("<language>", "<!--<ssin>85073003328</ssin>--><language>"),
  },
  textNotExpected: { raises: SOUND.replace("<new>", "<new>-"), justNot: SOUND.replace("<new>", "<new> \n") },
  actionNotKnown: { raises: withAction("New"), justNot: SOUND },
  actionNotInInitialLoad: {
    raises: composeFile([
      composeRecord(
        "<contractNumber>1</contractNumber><inamiNumber>12345625</inamiNumber><endOn>2026-12-31</endOn><reason>death</reason>",
      )
        .replace("<new>", "<close>")
        .replace("</new>", "</close>"),
    ]),
    justNot: withFields({ endOn: "2026-12-31", reason: "death" }),
  },
  valueTooLong: {
    raises: withFields({ contractNumber: "😀".repeat(36) }),
    justNot: withFields({ contractNumber: "😀".repeat(35) }),
  },
  valueNotInList: { raises: withFields({ language: "en" }), justNot: withFields({ language: "de" }) },
  dateInvalid: { raises: withFields({ startOn: "2019-02-29" }), justNot: withFields({ startOn: "2020-02-29" }) },
  inamiNumberInvalid: {
    raises: withFields({ inamiNumber: "12345626001" }),
    justNot: withFields({ inamiNumber: "12345676001" }),
  },
  ssinInvalid: { raises: withFields({ ssin: "17073003328" }), justNot: withFields({ ssin: "17073003384" }) },
  paymentReferenceInvalid: {
    raises: withFields({ paymentReference: "090933755494" }),
    justNot: withFields({ paymentReference: "+++090/9337/55493+++" }),
  },
  startOnOutOfRange: { raises: withFields({ startOn: "1959-12-31" }), justNot: withFields({ startOn: "1960-01-01" }) },
  endBeforeStart: {
    raises: withFields({ endOn: "2019-02-28", reason: "other" }),
    justNot: withFields({ endOn: "2019-03-01", reason: "other" }),
  },
} as const satisfies Partial<Record<FindingCode, FindingCase>>;
