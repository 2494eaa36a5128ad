import { createHash, X509Certificate } from "node:crypto";
import { createCertificateRequest } from "../../src/identity/certificate-request.ts";
import { type AnyDocument, type Caller, type Door, ROOT } from "../http/open-door.ts";

/** What tests look at in answers about spaces. */
export interface SpaceDocument {
  readonly enterpriseNumber: string;
  readonly numberGroup: string;
  readonly phase: string;
  readonly contractCount: number;
  readonly nextSequence: number;
  readonly expiresAt: string;
  readonly sftpAccount?: string;
}
export interface AdmissionDocument {
  readonly clientId: string;
  readonly certificate: string;
  readonly scopes: readonly string[];
  readonly space: SpaceDocument;
}

export function admissionOf(json: AnyDocument): AdmissionDocument {
  return json as unknown as AdmissionDocument;
}

export function spaceOf(json: AnyDocument): SpaceDocument {
  return json as unknown as SpaceDocument;
}

export function postJson(caller: Caller, path: string, body: unknown) {
  const headers = { "Content-Type": "application/json" };
  return caller(`${ROOT}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
}

/** Admits an integrator as it would itself; `call` calls with its certificate. */
export async function admitIntegrator(door: Door, name: string, more: object = {}) {
  const { requestPem, keyPem } = await createCertificateRequest(name);
  const answer = await postJson(door.nobody, "/admissions", { name, certificateRequest: requestPem, ...more });
  if (answer.status !== 201) throw new Error(`not admitted: ${answer.status} ${answer.text}`);
  const admission = admissionOf(answer.json);
  const call = callWith(door, admission, keyPem);
  return { admission, requestPem, keyPem, call, answer };
}

/** Whoever has been given that certificate, with the scopes that it may have. */
export function callWith(
  door: Door,
  { certificate, clientId, scopes }: AdmissionDocument,
  privateKeyPem: string,
): Caller {
  const thumbprint = createHash("sha256").update(new X509Certificate(certificate).raw).digest();
  return door.callAs({ certificatePem: certificate, privateKeyPem, thumbprint }, clientId, { scopes });
}
