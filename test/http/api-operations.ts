import { readFileSync } from "node:fs";
import { SCOPES, type Scope } from "../../src/identity/scopes.ts";
import { clientIdOf } from "./admit-with-client.ts";
import { BETA, ROOT } from "./open-door.ts";

/** A part of a request that takes text from the caller. */
export interface Field {
  readonly in: "path" | "query" | "header" | "body";
  readonly name: string;
}

/** One operation of the OpenAPI document, with a request that has the right form. */
export interface Operation {
  /** As in the log: `POST /REST/digitalContracts/v1/submissions`. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly fields: readonly Field[];
  /** Example values of the fields that a request needs. */
  readonly example: ReadonlyMap<Field, string>;
  /** The example of a JSON body. */
  readonly body: Readonly<Record<string, unknown>> | undefined;
  readonly takesFile: boolean;
  readonly scope: Scope;
}

interface Parameter {
  readonly name: string;
  readonly in: Field["in"];
  readonly required?: boolean;
  readonly schema: { readonly enum?: readonly string[]; readonly pattern?: string };
}

interface OperationDocument {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: object; readonly example?: Record<string, unknown> }>>;
  };
}

const DOCUMENT = new URL("../../openapi/digital-contracts.json", import.meta.url);
/** Headers that any operation reads. */
const COMMON_HEADERS = ["BelGov-Trace-Id", "Infoss-Insurer", "Accept", "Accept-Language", "Content-Type"];
/** What is put out or taken away by operators is Beta's. */
const SAMPLES: Readonly<Record<string, string>> = {
  submissionId: "01936a3c-0000-7000-8000-000000000000",
  contractId: "01936a3c-0000-7000-8000-000000000000",
  socialAdvantageId: "01936a3c-0000-7000-8000-000000000000",
  adviceId: "01936a3c-0000-7000-8000-000000000000",
  runId: "01936a3c-0000-7000-8000-000000000000",
  proposalId: "01936a3c-0000-7000-8000-000000000000",
  noticeId: "01936a3c-0000-7000-8000-000000000000",
  subscriptionId: "01936a3c-0000-7000-8000-000000000000",
  connectionTestId: "01936a3c-0000-7000-8000-000000000000",
  eventId: "01936a3c-0000-7000-8000-000000000000",
  alarmId: "01936a3c-0000-7000-8000-000000000000",
  fileId: "01936a3c-0000-7000-8000-000000000000",
  personId: "01936a3c-0000-7000-8000-000000000000",
  premiumYear: "2024",
  moveNumber: "1",
  answerId: "01936a3c-0000-7000-8000-000000000000",
  dropId: "01936a3c-0000-7000-8000-000000000000",
  recordNumber: "1",
  findingCode: "referenceReused",
  enterpriseNumber: BETA,
  contactId: "0".repeat(64),
  thumbprint: "0".repeat(64),
  clientId: clientIdOf(BETA),
  kid: "first",
  fingerprint: "SHA256:AAAA",
};

export interface OpenapiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationDocument>>>>;
}

export function readDocument(): OpenapiDocument {
  return JSON.parse(readFileSync(DOCUMENT, "utf8"));
}

/** Each operation as people write it: `GET /submissions/{submissionId}`. */
export function listOperationNames({ paths }: OpenapiDocument): string[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
}

export function listOperations(): Operation[] {
  const { paths } = readDocument();
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, document]) => describe(method.toUpperCase(), path, document)),
  );
}

function describe(method: string, path: string, { parameters = [], requestBody }: OperationDocument): Operation {
  const json = requestBody?.content["application/json"];
  const body = json?.example;
  const declared = parameters.map(({ in: place, name }): Field => ({ in: place, name }));
  const names = [
    ...Object.keys(body ?? {}),
    ...Object.keys((json?.schema as { properties?: object })?.properties ?? {}),
  ];
  const fields: Field[] = [
    ...declared,
    ...COMMON_HEADERS.map((name): Field => ({ in: "header", name })),
    ...[...new Set(names)].map((name): Field => ({ in: "body", name })),
  ];
  const example = new Map(
    declared.filter((field) => field.in === "path").map((field) => [field, SAMPLES[field.name] ?? missing(field.name)]),
  );
  const isPost = method !== "GET";
  return {
    name: `${method} ${ROOT}${path}`,
    method,
    path: path.startsWith("/.well-known/") ? path : `${ROOT}${path}`,
    fields,
    example,
    body,
    takesFile: requestBody !== undefined && json === undefined,
    scope: path.startsWith("/operator/")
      ? SCOPES.operate
      : path.startsWith("/simulations/") || path === "/space/reset"
        ? SCOPES.simulate
        : isPost && !path.endsWith("/query")
          ? SCOPES.submit
          : SCOPES.consult,
  };
}

function missing(name: string): never {
  throw new Error(`the path parameter ${name} is new: give it a sample here`);
}

/** The request with `value` in `field`, in the form in which it travels; other fields as in the example. */
export function fillIn(operation: Operation, field?: Field, value = "") {
  let path = operation.path;
  for (const [one, sample] of operation.example) {
    const text = one === field ? value : sample;
    path = path.replace(`{${one.name}}`, encodeURIComponent(text));
  }
  if (field?.in === "query") path += `?${field.name}=${encodeURIComponent(value)}`;
  const body = operation.body && { ...operation.body, ...(field?.in === "body" && { [field.name]: value }) };
  return {
    path,
    method: operation.method,
    headers: {
      ...(body && { "Content-Type": "application/json" }),
      ...(field?.in === "header" && { [field.name]: value }),
    } as Record<string, string>,
    ...(body && { body: JSON.stringify(body) }),
  };
}
