import type { Finding } from "../findings/finding.ts";
import type { SeenCall, SeenConnection, SeenDrop } from "./connection-test.ts";

/** Days before the end of a certificate from which on it is time for a new one: the first warning by notice comes then too. */
export const EXPIRES_SOON_DAYS = 60;
/** Seconds by which clocks may differ. */
export const CLOCK_LIMIT_SECONDS = 30;
/** 128 bits of security (NIST SP 800-57). */
export const RSA_LIMIT_BITS = 3072;

const DAY_MS = 86_400_000;

/** What is to be mended in a connection as it was seen; `scopes` are those that calls of an insurer ask for. Pure. */
export function findConnectionFindings(seen: SeenConnection, now: Date, scopes: readonly string[]): Finding[] {
  return seen.channel === "rest" ? judgeCall(seen, now, scopes) : judgeDrop(seen);
}

function judgeCall({ tls, certificate, token, clock, insurer, body }: SeenCall, now: Date, scopes: readonly string[]) {
  const findings: Finding[] = [];
  const { validTo, keyBits = Number.POSITIVE_INFINITY } = certificate;
  if (Date.parse(validTo) - now.getTime() < EXPIRES_SOON_DAYS * DAY_MS) {
    findings.push({ code: "certificateExpiresSoon", details: { validTo: validTo.slice(0, 10) } });
  }
  if (keyBits < RSA_LIMIT_BITS) findings.push({ code: "certificateKeyShort", details: { bits: keyBits } });
  if (tls.version !== "TLSv1.3") findings.push({ code: "tlsVersionOld", details: { version: tls.version } });
  findings.push(...judgeClock(clock));
  for (const scope of scopes.filter((one) => !token.scopes.includes(one))) {
    findings.push({ code: "scopeMissing", details: { scope } });
  }
  if (insurer.granted === 0) findings.push({ code: "insurerNotGranted" });
  if (insurer.granted > 1 && !insurer.isNamed) findings.push({ code: "insurerHeaderMissing" });
  if (!body.digests.includes("sha-256")) findings.push({ code: "contentDigestMissing" });
  else if (!body.isMatch) findings.push({ code: "contentDigestMismatch" });
  return findings;
}

/** The larger of what is known counts: each is a word of the caller's own clock. */
function judgeClock({ byDateHeader, byAssertion }: SeenCall["clock"]): Finding[] {
  const told = [byDateHeader, byAssertion].filter((seconds) => seconds !== undefined);
  if (told.length === 0) return [{ code: "clockNotTold" }];
  const seconds = told.reduce((worst, one) => (Math.abs(one) > Math.abs(worst) ? one : worst));
  return Math.abs(seconds) > CLOCK_LIMIT_SECONDS ? [{ code: "clockOff", details: { seconds } }] : [];
}

function judgeDrop({ session, hostKeys }: SeenDrop): Finding[] {
  if (!session) {
    const hostKey = hostKeys.join(", ");
    return [{ code: "sshSessionNotSeen", ...(hostKey !== "" && { details: { hostKey } }) }];
  }
  const { keyBits } = session;
  return keyBits !== undefined && keyBits < RSA_LIMIT_BITS ? [{ code: "sshKeyShort", details: { bits: keyBits } }] : [];
}
