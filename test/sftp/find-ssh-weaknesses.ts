interface Audit {
  readonly banner?: { readonly protocol?: readonly number[] };
  readonly compression?: readonly string[];
  readonly enc?: readonly string[];
  readonly kex?: readonly { readonly algorithm: string; readonly keysize?: number }[];
  readonly key?: readonly { readonly algorithm: string }[];
  readonly mac?: readonly string[];
}

/** Authenticated encryption, or counters with encrypt-then-MAC; no SHA-1, no curves of NIST, no group below 4096 bits. */
const ALLOWED = {
  kex: /^(curve25519-sha256(@libssh\.org)?|sntrup761x25519-sha512(@openssh\.com)?|mlkem768x25519-sha256|diffie-hellman-group1[68]-sha512)$/,
  key: /^ssh-ed25519$/,
  enc: /^(aes(256|128)-gcm@openssh\.com|aes(256|192|128)-ctr)$/,
  mac: /^hmac-sha2-(256|512)-etm@openssh\.com$/,
  compression: /^none$/,
} as const;

/** Marks of the strict key exchange (against Terrapin), which are no algorithms, and which older scanners do not know. */
const MARKS = ["kex-strict-s-v00@openssh.com", "ext-info-s"];

/**
 * Complaints that are none of ours. Of a lattice beside the curve: older scanners call it experimental (the curve holds
 * whatever becomes of it), newer ones ask for it, and the embedded server's library has none: whoever must keep secrets for
 * decades uses OpenSSH.
 */
const TOLERATED = /experimental algorithm|post-quantum/i;

/**
 * Reads what `ssh-audit -j` and `ssh-audit -n -l warn` print; one sentence for each weakness, also for what a scan did
 * not tell.
 */
export function findSshWeaknesses(json: string, text: string): string[] {
  const audit = readAudit(json);
  if (!audit?.kex || !audit.key || !audit.enc || !audit.mac) return ["nothing was scanned"];
  const names = {
    kex: audit.kex.map(({ algorithm }) => algorithm).filter((name) => !MARKS.includes(name)),
    key: audit.key.map(({ algorithm }) => algorithm),
    enc: audit.enc,
    mac: audit.mac,
    compression: audit.compression ?? [],
  };
  return [
    ...(audit.banner?.protocol?.[0] === 2 ? [] : ["another version of SSH than 2 is spoken"]),
    ...(audit.kex.some(({ algorithm }) => algorithm === MARKS[0]) ? [] : ["the key exchange is not strict"]),
    ...Object.entries(names).flatMap(([kind, offered]) => [
      ...(offered.length === 0 ? [`no ${kind} was found`] : []),
      ...offered
        .filter((name) => !ALLOWED[kind as keyof typeof ALLOWED].test(name))
        .map((name) => `the ${kind} ${name} is offered`),
    ]),
    ...findComplaints(text),
  ];
}

/** The scanner's own words, which grow stricter with its versions. */
function findComplaints(text: string): string[] {
  let subject = "";
  return text.split("\n").flatMap((line) => {
    subject = /^\((\w+)\) (\S+)/.exec(line)?.slice(1, 3).join(" ") ?? subject;
    const [, complaint] = /\[(?:fail|warn)\] (.*)$/.exec(line) ?? [];
    if (complaint === undefined || MARKS.some((mark) => subject.endsWith(mark))) return [];
    return TOLERATED.test(complaint) ? [] : [`${subject}: ${complaint.trim()}`];
  });
}

function readAudit(json: string): Audit | undefined {
  try {
    return JSON.parse(json) as Audit;
  } catch {
    return undefined;
  }
}
