import { constants, verify, type X509Certificate } from "node:crypto";
import { fromBER, type OctetString } from "asn1js";
import { ContentInfo, SignedData, type SignerInfo } from "pkijs";

/** Why a detached signature does not hold: words of DETAIL_PHRASES. */
export type SignatureFault =
  | "signatureNotBase64"
  | "signatureNotCms"
  | "signatureDigestNotSha256"
  | "signatureOfOtherContent"
  | "signatureNotRegistered";

const SHA256 = "2.16.840.1.101.3.4.2.1";
const MESSAGE_DIGEST = "1.2.840.113549.1.9.4";
const RSA_PSS = "1.2.840.113549.1.1.10";
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const PEM_ARMOUR = /-----(?:BEGIN|END) [A-Z0-9 ]+-----/g;

/**
 * Verifies a detached CMS signature (RFC 5652; base64, with or without the lines of PEM) of content with that SHA-256.
 * It holds when one of its signers is a given certificate valid at `now`: the agreement names certificates, so no chain
 * is looked at. Signed attributes are asked for, as every usual tool writes them. Undefined: it holds.
 */
export function verifyDetachedSignature(
  text: string,
  sha256: Buffer,
  certificates: readonly X509Certificate[],
  now: Date,
): SignatureFault | undefined {
  // White space goes first: a pattern that allowed it in two places would take minutes over a file of blanks.
  const base64 = text.replace(PEM_ARMOUR, "").replace(/\s+/g, "");
  if (!BASE64.test(base64)) return "signatureNotBase64";
  const signed = parseSignedData(Buffer.from(base64, "base64"));
  if (!signed || signed.encapContentInfo.eContent !== undefined || signed.signerInfos.length === 0) {
    return "signatureNotCms";
  }
  const current = certificates.filter(
    ({ validFrom, validTo }) => new Date(validFrom) <= now && now <= new Date(validTo),
  );
  const faults = signed.signerInfos.map((signer) => checkSigner(signer, sha256, current));
  return faults.includes(undefined) ? undefined : faults[0];
}

function parseSignedData(der: Buffer): SignedData | undefined {
  try {
    const { offset, result } = fromBER(new Uint8Array(der));
    if (offset === -1) return undefined;
    return new SignedData({ schema: new ContentInfo({ schema: result }).content });
  } catch {
    return undefined;
  }
}

function checkSigner(
  signer: SignerInfo,
  sha256: Buffer,
  certificates: readonly X509Certificate[],
): SignatureFault | undefined {
  if (signer.digestAlgorithm.algorithmId !== SHA256) return "signatureDigestNotSha256";
  const digest: OctetString | undefined = signer.signedAttrs?.attributes.find(({ type }) => type === MESSAGE_DIGEST)
    ?.values[0];
  if (!signer.signedAttrs || !digest?.valueBlock?.valueHexView) return "signatureNotCms";
  if (!sha256.equals(digest.valueBlock.valueHexView)) return "signatureOfOtherContent";
  const attributes = Buffer.from(signer.signedAttrs.encodedValue);
  const signature = Buffer.from(signer.signature.valueBlock.valueHexView);
  const isPss = signer.signatureAlgorithm.algorithmId === RSA_PSS;
  const holds = certificates.some((certificate) => isSignedBy(certificate, attributes, signature, isPss));
  return holds ? undefined : "signatureNotRegistered";
}

function isSignedBy(certificate: X509Certificate, signed: Buffer, signature: Buffer, isPss: boolean): boolean {
  const { publicKey: key } = certificate;
  const padding = isPss ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING;
  try {
    return verify("sha256", signed, key.asymmetricKeyType === "rsa" ? { key, padding } : key, signature);
  } catch {
    return false;
  }
}
