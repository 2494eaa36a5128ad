import { SCOPES, type Scope } from "../identity/scopes.ts";

/** What each scope opens, for the OpenAPI document. */
const SCOPE_MEANINGS: Readonly<Record<Scope, string>> = {
  [SCOPES.submit]: "Sending files, cancelling them",
  [SCOPES.consult]: "State, receipts, reports, outcomes, notices",
  [SCOPES.consultAdvantages]: "The status of clients",
  [SCOPES.simulate]: "Validation: a space of one's own, its reset and what is simulated in it",
  [SCOPES.operate]: "For operators: insurers, their clients and credentials, alarms",
  [SCOPES.audit]: "For operators: the audit trail",
};
const OPERATOR_SCOPES: readonly Scope[] = [SCOPES.operate, SCOPES.audit];

const SCHEME = "AccessToken";
const INSURER_PARAMETER = "InfossInsurer";
const TRACE_HEADER = "BelGov-Trace-Id";
const TRACE_COMPONENT = "BelGovTraceId";

/** Components that operations refer to by `requireScope` and `completeHeaders`. */
export const SECURITY_COMPONENTS = {
  securitySchemes: {
    [SCHEME]: {
      type: "oauth2" as const,
      description:
        "OAuth 2.0 client credentials with `private_key_jwt`, over mutual TLS (which OpenAPI 3.0 has no scheme for). The token lives " +
        "for five minutes and is bound to the client certificate with which it was got (RFC 8705): present the same one with every call. " +
        "The token endpoint is that of this host unless the environment takes its tokens from another issuer; " +
        "`/auth/.well-known/openid-configuration` has its metadata.",
      flows: { clientCredentials: { tokenUrl: "/auth/token", scopes: SCOPE_MEANINGS } },
    },
  },
  parameters: {
    [INSURER_PARAMETER]: {
      name: "Infoss-Insurer",
      in: "header" as const,
      required: false,
      description:
        "Enterprise number of the insurer for which a client that may act for several calls. Not needed with one grant, nor to send a " +
        "file: the sender in its root names the insurer.",
      schema: { type: "string" as const, pattern: "^\\d{10}$" },
      example: "0403019261",
    },
  },
  headers: {
    [TRACE_COMPONENT]: {
      description: "Of this answer alone. Quote it when you ask us. Problems repeat it in `instance`.",
      schema: { type: "string" as const, format: "uuid" },
    },
  },
};

/** The security requirement of a route: none where it is public. */
export function requireScope(scope: Scope | undefined): Readonly<Record<string, readonly string[]>>[] {
  return scope === undefined ? [] : [{ [SCHEME]: [scope] }];
}

/** Whom an operation is for. */
export function findAudience({ security = [] }: Operation): "Public" | "Insurer" | "Operator" {
  const scopes = security.flatMap((requirement) => requirement[SCHEME] ?? []);
  if (scopes.length === 0) return "Public";
  return scopes.every((scope) => OPERATOR_SCOPES.includes(scope as Scope)) ? "Operator" : "Insurer";
}

interface Operation {
  security?: readonly Readonly<Record<string, readonly string[]>>[];
  responses?: Record<string, unknown>;
  parameters?: object[];
}

/** Adds what holds for every operation: the trace id of its answers, and the insurer where the caller works for one. */
export function completeHeaders(operation: Operation): void {
  for (const response of Object.values(operation.responses ?? {})) {
    if (typeof response !== "object" || response === null || "$ref" in response) continue;
    Object.assign(response, { headers: { ...("headers" in response && (response.headers as object)), ...TRACE } });
  }
  if (findAudience(operation) === "Insurer") {
    operation.parameters = [...(operation.parameters ?? []), { $ref: `#/components/parameters/${INSURER_PARAMETER}` }];
  }
}

export const TRACE = { [TRACE_HEADER]: { $ref: `#/components/headers/${TRACE_COMPONENT}` } };
