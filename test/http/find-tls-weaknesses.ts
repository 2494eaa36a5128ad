import { XMLParser } from "fast-xml-parser";

/** Ephemeral keys, authenticated encryption (BCP 195, RFC 9325 section 4.2); TLS 1.3 has no others. */
const SUITE =
  /^(TLS_(AES_128|AES_256)_GCM_SHA\d+|TLS_CHACHA20_POLY1305_SHA256|ECDHE-(ECDSA|RSA)-(AES(128|256)-GCM-SHA\d+|CHACHA20-POLY1305))$/;
const GROUP = /^(x?25519|secp256r1|secp384r1|P-256|P-384)\b/i;
const VERSIONS = ["1.2", "1.3"];

interface Scan {
  readonly protocol: readonly { readonly type: string; readonly version: string; readonly enabled: string }[];
  readonly renegotiation?: readonly { readonly supported: string }[];
  readonly compression?: readonly { readonly supported: string }[];
  readonly heartbleed?: readonly { readonly sslversion: string; readonly vulnerable: string }[];
  readonly cipher?: readonly {
    readonly sslversion: string;
    readonly cipher: string;
    readonly bits: string;
    readonly curve?: string;
  }[];
  readonly group?: readonly { readonly name: string }[];
  readonly "connection-signature-algorithm"?: readonly { readonly name: string }[];
}

/** Reads the XML of `sslscan --show-sigs --xml=-`; one sentence for each weakness, also for what a scan did not tell. */
export function findTlsWeaknesses(xml: string): string[] {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: "",
    parseAttributeValue: false,
    isArray: (_name, path) => /^document\.ssltest\.[^.]+$/.test(String(path)),
  });
  const [scan] = [parser.parse(xml)?.document?.ssltest].flat() as (Scan | undefined)[];
  if (!scan?.protocol) return ["nothing was scanned"];
  const enabled = scan.protocol
    .filter((protocol) => protocol.enabled === "1")
    .map(({ type, version }) => `${type}${version}`);
  const { cipher = [], group = [] } = scan;
  return [
    ...enabled
      .filter((name) => !VERSIONS.some((version) => name === `tls${version}`))
      .map((name) => `${name} is offered`),
    ...VERSIONS.filter((version) => !enabled.includes(`tls${version}`)).map(
      (version) => `tls${version} is not offered`,
    ),
    ...VERSIONS.filter((version) => !cipher.some(({ sslversion }) => sslversion === `TLSv${version}`)).map(
      (version) => `no suite of TLS ${version} was found`,
    ),
    ...cipher.filter(({ cipher: name }) => !SUITE.test(name)).map(({ cipher: name }) => `the suite ${name} is offered`),
    ...cipher.filter(({ bits }) => Number(bits) < 128).map(({ cipher: name }) => `the suite ${name} is short`),
    ...cipher
      .filter(({ curve }) => !GROUP.test(curve ?? ""))
      .map(({ cipher: name, curve }) => `the suite ${name} takes the curve ${curve}`),
    ...(group.length === 0 ? ["no group was found"] : []),
    ...group.filter(({ name }) => !GROUP.test(name)).map(({ name }) => `the group ${name} is offered`),
    ...(scan["connection-signature-algorithm"] ?? [])
      .filter(({ name }) => /sha1|sha224|md5/i.test(name))
      .map(({ name }) => `signatures by ${name} are made`),
    ...(scan.renegotiation ?? []).filter(({ supported }) => supported !== "0").map(() => "renegotiation is offered"),
    ...(scan.compression ?? []).filter(({ supported }) => supported !== "0").map(() => "compression is offered"),
    ...(scan.heartbleed ?? []).filter(({ vulnerable }) => vulnerable !== "0").map(() => "Heartbleed"),
  ];
}
