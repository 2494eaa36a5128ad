import type { ClientKind } from "./identity-tables.ts";

/** Scopes of the API (exchange.md section 7) and whose clients may have them. */
export const SCOPES = {
  submit: "scope:nihdi:digitalcontracts:submit",
  consult: "scope:nihdi:digitalcontracts:consult",
  consultAdvantages: "scope:nihdi:socialadvantages:consult",
  simulate: "scope:nihdi:digitalcontracts:simulate",
  operate: "scope:nihdi:digitalcontracts:operate",
  audit: "scope:nihdi:digitalcontracts:audit",
} as const;
export type Scope = (typeof SCOPES)[keyof typeof SCOPES];

const EXCHANGE_SCOPES = [SCOPES.submit, SCOPES.consult, SCOPES.consultAdvantages] as const;

export const SCOPES_BY_KIND: Readonly<Record<ClientKind, readonly Scope[]>> = {
  insurer: EXCHANGE_SCOPES,
  serviceProvider: EXCHANGE_SCOPES,
  operator: [SCOPES.operate, SCOPES.audit],
};

/** Of a client with a space of its own, in validation; production has no resource that takes the last one. */
export const SPACE_SCOPES: readonly Scope[] = [...EXCHANGE_SCOPES, SCOPES.simulate];

/** The audience of access tokens: this API in this environment, so that no token works in another one. */
export function audienceOf(environment: string): string {
  return `urn:nihdi:infoss:digital-contracts:${environment}`;
}
