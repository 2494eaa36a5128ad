import type { FindingCode } from "../../src/findings/finding-codes.ts";
import type { NameLetter } from "../../src/formats/exchange-file-name.ts";

/** What a case may put into IN. */
export interface CaseTools {
  /** `DICO.…`: what follows the prefix of a name. */
  name(sequence?: number, letter?: NameLetter | string): string;
  /** A sound contract file under a reference. */
  file(reference: string): string;
  /** A signature by the registered certificate. */
  sign(content: string): string;
}

/** Files put into IN at once, by name. */
export type Dropped = (tools: CaseTools) => Readonly<Record<string, string>>;

/** An arrival that is refused with a finding, and one as close as can be that is not. */
export interface DropCase {
  /** Taken before; `processed` before the case too. */
  readonly earlier?: Dropped;
  readonly raises: Dropped;
  readonly justNot: Dropped;
  /** All that wait have waited for too long. */
  readonly isOverdue?: true;
  readonly signatureRequired?: true;
  /** The worker has been at it before `raises` comes, not before `justNot`. */
  readonly processed?: true;
  /** It is found in the content, by the worker: the result of the verification tells. */
  readonly inResult?: true;
}

/** The most that is taken in these cases. */
export const MAXIMUM_BYTES = 2_000;
/** Rows of verification a day in these cases. */
export const MAXIMUM_ROWS = 2;

function verification({ name }: CaseTools, content: string) {
  const rest = name().replace("DICO", "INVE");
  return { [`FI.${rest}`]: content, [`GO.${rest}`]: "" };
}
const ROW = "85073003328;C-1\n";

const sound: Dropped = ({ name, file }) => ({ [`FI.${name()}`]: file("R-1"), [`GO.${name()}`]: "" });

/** Every finding that concerns what is dropped, not what is in it. */
export const DROP_FINDING_CASES = {
  fileNameInvalid: {
    raises: ({ name, file }) => ({ [`FI.${name()}.xml`]: file("R-1"), [`GO.${name()}.xml`]: "" }),
    justNot: sound,
  },
  verificationFileInvalid: {
    raises: (tools) => verification(tools, '{"rows": [{"nummer": "85073003328"}]}'),
    justNot: (tools) => verification(tools, '{"rows": [{"number": "85073003328"}]}'),
    inResult: true,
  },
  verificationQuotaExceeded: {
    raises: (tools) => verification(tools, ROW.repeat(MAXIMUM_ROWS + 1)),
    justNot: (tools) => verification(tools, ROW.repeat(MAXIMUM_ROWS)),
    inResult: true,
  },
  fileNameReused: {
    earlier: sound,
    raises: ({ name, file }) => ({ [`FI.${name()}`]: file("R-2"), [`GO.${name()}`]: "" }),
    justNot: ({ name, file }) => ({ [`FI.${name(2)}`]: file("R-2"), [`GO.${name(2)}`]: "" }),
  },
  fileTooLarge: {
    raises: ({ name, file }) => ({ [`FI.${name()}`]: file("R-1").padEnd(MAXIMUM_BYTES + 1), [`GO.${name()}`]: "" }),
    justNot: ({ name, file }) => ({ [`FI.${name()}`]: file("R-1").padEnd(MAXIMUM_BYTES), [`GO.${name()}`]: "" }),
  },
  goMissing: { raises: ({ name, file }) => ({ [`FI.${name()}`]: file("R-1") }), justNot: sound, isOverdue: true },
  goWithoutFile: { raises: ({ name }) => ({ [`GO.${name()}`]: "" }), justNot: sound, isOverdue: true },
  signatureMissing: {
    raises: sound,
    justNot: ({ name, file, sign }) => ({
      [`FI.${name()}`]: file("R-1"),
      [`FS.${name()}`]: sign(file("R-1")),
      [`GO.${name()}`]: "",
    }),
    signatureRequired: true,
  },
  signatureInvalid: {
    raises: ({ name, file, sign }) => ({
      [`FI.${name()}`]: file("R-1"),
      [`FS.${name()}`]: sign(file("R-2")),
      [`GO.${name()}`]: "",
    }),
    justNot: ({ name, file, sign }) => ({
      [`FI.${name()}`]: file("R-1"),
      [`FS.${name()}`]: sign(file("R-1")),
      [`GO.${name()}`]: "",
    }),
    signatureRequired: true,
  },
  nothingToCancel: {
    raises: ({ name }) => ({ [`TD.${name()}`]: "" }),
    justNot: ({ name, file }) => ({ [`FI.${name()}`]: file("R-1"), [`TD.${name()}`]: "" }),
    isOverdue: true,
  },
  cancelTooLate: {
    earlier: sound,
    raises: ({ name }) => ({ [`TD.${name()}`]: "" }),
    justNot: ({ name }) => ({ [`TD.${name()}`]: "" }),
    processed: true,
  },
} as const satisfies Partial<Record<FindingCode, DropCase>>;
