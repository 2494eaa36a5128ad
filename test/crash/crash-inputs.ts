import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { DEVELOPMENT_CLIENTS } from "../../src/identity/development-certificates.ts";
import { generateContractFile } from "../../src/synthetic/contract-file.ts";
import { createProviderSet, generateRegister } from "../../src/synthetic/register-file.ts";

export type InsurerName = "alpha" | "beta";

/** One file as one insurer sends it. */
export interface InputFile {
  readonly insurer: InsurerName;
  readonly reference: string;
  readonly body: Buffer;
  /** Reference of the file of the same insurer that must have ended before: what becomes of this one depends on it. */
  readonly after?: string;
}

export interface FileOptions {
  readonly insurer: InsurerName;
  readonly reference: string;
  readonly records: number;
  readonly seed: number;
  readonly errors?: number;
  readonly complete?: boolean;
  readonly environment?: "S" | "T";
}

/** Enterprise numbers. */
export const SENDERS = {
  alpha: DEVELOPMENT_CLIENTS[0].enterpriseNumber,
  beta: DEVELOPMENT_CLIENTS[1].enterpriseNumber,
} as const;

/** Whom the register must know for the files generated so far. */
const providers = createProviderSet();

/** A generated initial load. Files of different seeds have no contract in common. */
export function generateInput({ insurer, ...options }: FileOptions): InputFile {
  const chunks = generateContractFile({ ...options, sender: SENDERS[insurer] }, providers);
  return { insurer, reference: options.reference, body: Buffer.from([...chunks].join("")) };
}

/** The same file with bytes that nothing compresses in comments: stored in several chunks, however few its records. */
export function padWithNoise(file: InputFile, noiseBytes: number): InputFile {
  const noise = createHash("shake256", { outputLength: noiseBytes }).update(file.reference).digest("base64");
  const comments = noise.match(/.{1,40000}/g) ?? [];
  const rest = [...comments];
  const body = rewrite(file, (text) =>
    text.replaceAll("</record>\n", (end) => (rest.length > 0 ? `${end}<!-- ${rest.shift()} -->\n` : end)),
  );
  if (rest.length > 0) throw new RangeError(`${file.reference} has too few records for ${comments.length} comments`);
  return { ...file, body };
}

/** The same records once more under another reference, all of them unchanged or rejected again. */
export function resend(file: InputFile, reference: string): InputFile {
  const body = rewrite(file, (text) => text.replace(`reference="${file.reference}"`, `reference="${reference}"`));
  return { ...file, reference, body, after: file.reference };
}

/** The same contracts, every third record that says so without its solidarity part: some unchanged, some contradicted. */
export function contradict(file: InputFile, reference: string): InputFile {
  const again = resend(file, reference);
  let met = 0;
  const body = rewrite(again, (text) =>
    text.replaceAll("<solidarity>true<", (same) => (met++ % 3 === 0 ? "<solidarity>false<" : same)),
  );
  return { ...again, body };
}

/** A file that announces one record more than it has: refused as a whole, but only once it is read to its end. */
export function miscount(file: InputFile): InputFile {
  const body = rewrite(file, (text) =>
    text.replace(/recordCount="(\d+)"/, (_, count: string) => `recordCount="${Number(count) + 1}"`),
  );
  return { ...file, body };
}

/** Other bytes under the same reference: refused at reception once the first are there. */
export function reuseReference(file: InputFile): InputFile {
  return { ...file, body: rewrite(file, (text) => `${text}\n`), after: file.reference };
}

export interface MixtureOptions {
  readonly name: string;
  /** Files that depend on no other. */
  readonly count: number;
  readonly seed: number;
  readonly records: (index: number) => number;
}

/** Files of both insurers with and without errors, and six that are refused, tested, sent again or depend on others. */
export function generateMixture({ name, count, seed, records }: MixtureOptions): InputFile[] {
  const independent = Array.from({ length: count }, (_, index) =>
    generateInput({
      insurer: index % 3 === 2 ? "beta" : "alpha",
      reference: `${name}-${index}`,
      records: records(index),
      seed: seed + index,
      errors: index % 4 === 0 ? 0 : 0.15,
    }),
  );
  const [first, second, third] = independent as [InputFile, InputFile, InputFile];
  const next = seed + count;
  return [
    ...independent,
    miscount(generateInput({ insurer: "alpha", reference: "MISCOUNTED", records: 100, seed: next })),
    generateInput({ insurer: "beta", reference: "CIRCUIT", records: 100, seed: next + 1, environment: "T" }),
    resend(second, "SENT-AGAIN"),
    reuseReference(first),
    resend(third, "SENT-AGAIN"),
    generateInput({ insurer: "beta", reference: "LAST-BETA", records: 100, seed: next + 2, errors: 0.5 }),
  ];
}

/**
 * A delta about the contracts of an initial load, each touched more than once: closed, reopened, modified in the middle,
 * and every third one cancelled and declared anew, which the root announces.
 */
export function followUp(file: InputFile, reference: string, sequence: number): InputFile {
  const text = file.body.toString();
  const records = [...text.matchAll(/<record senderReference="([^"]*)">\s*<new>([\s\S]*?)<\/new>\s*<\/record>/g)];
  const written = records.flatMap(([, sent = "", content = ""], index) => {
    const key = (content.match(/<(contractNumber|inamiNumber)>[^<]*<\/\1>/g) ?? []).join("");
    const plain = content.replace(/<(startOn|endOn|reason)>[^<]*<\/\1>/g, "");
    const solidarity = plain.replace("<solidarity>true<", "<solidarity>false<");
    const actions = [
      `<close>${key}<endOn>${2026 + sequence}-06-30</endOn><reason>terminated</reason></close>`,
      `<modify>${solidarity}<effectiveOn>2026-0${sequence}-01</effectiveOn></modify>`,
      `<reopen>${key}<reason>by mistake</reason></reopen>`,
      ...(index % 3 === sequence % 3
        ? [`<cancel>${key}<reason>in error</reason></cancel>`, `<new>${content}</new>`]
        : []),
    ];
    return actions.map(
      (action, step) => `<record senderReference="${sent.slice(0, 30)}-${index}-${step}">${action}</record>\n`,
    );
  });
  const root = (text.match(/<contractFile[^>]*>/)?.[0] ?? "")
    .replace(`reference="${file.reference}"`, `reference="${reference}"`)
    .replace('kind="initialLoad"', `kind="delta" sequence="${sequence}" expectedClosureShare="1"`)
    .replace(/ complete="\w+"/, "")
    .replace(/recordCount="\d+"/, `recordCount="${written.length}"`);
  return {
    ...file,
    reference,
    body: Buffer.from(`${root}\n${written.join("")}</contractFile>\n`),
    after: file.reference,
  };
}

function rewrite(file: InputFile, change: (text: string) => string): Buffer {
  const text = file.body.toString();
  const changed = change(text);
  if (changed === text) throw new Error(`${file.reference} is not changed`);
  return Buffer.from(changed);
}

/** Writes the register that all files generated so far need. */
export function writeRegister(path: string): void {
  writeFileSync(path, [...generateRegister({ records: 0, seed: 1 }, providers)].join(""));
}
