import t from "tap";
import { FINDING_CODES, type FindingCode } from "../../src/findings/finding-codes.ts";
import { composeFile } from "../flows/compose-file.ts";
import { createSigner } from "../formats/create-signer.ts";
import {
  type CaseTools,
  DROP_FINDING_CASES,
  type DropCase,
  type Dropped,
  MAXIMUM_BYTES,
  MAXIMUM_ROWS,
} from "./finding-cases.ts";
import { type OpenAccount, openExchange } from "./open-exchange.ts";

t.test("findings about what is dropped", async (t) => {
  const flow = await openExchange(t);
  const signer = createSigner(t, "signer");
  Object.assign(flow.intake, { verificationQuota: { perDay: MAXIMUM_ROWS, perDayInAccess: 0 } });

  /** What the answers to the last of several drops say, new ones only. */
  async function dropAll(drops: readonly Dropped[], findingCase: DropCase, isProcessed: boolean) {
    const { signatureRequired = false, isOverdue, inResult } = findingCase;
    const account = await flow.open({ signatureRequired, signingCertificate: signer.pem });
    const tools: CaseTools = {
      name: account.name,
      file: (reference) => composeFile({ sender: account.insurer.enterpriseNumber, reference }),
      sign: (content) => signer.sign(content, "-md", "sha256"),
    };
    const intake = { ...flow.intake, maximumBytes: MAXIMUM_BYTES };
    let answers: string[] = [];
    for (const [index, dropped] of drops.entries()) {
      for (const [name, content] of Object.entries(dropped(tools))) account.put(name, content);
      const isLast = index === drops.length - 1;
      await account.serve({ intake, ...(isLast && isOverdue && { goTimeoutMs: 0 }) });
      answers = account.names("OUT").flatMap((name) => (name.startsWith("FO.ACRF") ? [account.fetch(name)] : []));
      if (isProcessed) await flow.processAll();
      if (inResult) answers = await fetchResults(account);
    }
    return answers.flatMap((answer) =>
      [...answer.matchAll(/<code>(\w+)<\/code>\s*<severity>blocking<\/severity>(?:\s*<number>(\d+)<\/number>)?/g)].map(
        ([, code, number]) => ({ code, number }),
      ),
    );
  }

  async function fetchResults(account: OpenAccount): Promise<string[]> {
    await flow.processAll();
    await account.serve();
    return account.names("OUT").flatMap((name) => (name.startsWith("FO.INVR") ? [account.fetch(name)] : []));
  }

  for (const [code, findingCase] of Object.entries(DROP_FINDING_CASES) as [FindingCode, DropCase][]) {
    t.test(`${code} is raised alone by its example, and nothing by the one beside it`, async (t) => {
      const { earlier, raises, justNot, processed = false } = findingCase;
      const before = earlier ? [earlier] : [];
      const number = FINDING_CODES[code].number;
      t.strictSame(await dropAll([...before, raises], findingCase, processed), [
        { code, number: number === undefined ? undefined : String(number) },
      ]);
      t.strictSame(await dropAll([...before, justNot], findingCase, false), []);
    });
  }
});
