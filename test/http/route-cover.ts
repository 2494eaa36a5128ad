import { contractFile, digestOf, KNOWN_INAMI_NUMBER, type Question } from "./open-door.ts";

/** Answered to anybody, with and without certificate; nothing in them is an insurer's. */
export const PUBLIC_ROUTES: readonly string[] = [
  "GET /refData/findings",
  "GET /refData/findings/{findingCode}",
  "GET /refData/premiumYears",
  "GET /refData/calendar",
  "GET /health",
  "GET /doc/openapi.json",
  "GET /.well-known/jwks.json",
];

/** In validation alone, each on whatever is the caller's own: test/spaces/simulations walks them. */
export const SIMULATION_ROUTES: readonly string[] = [
  "POST /simulations/clock",
  "POST /simulations/evaluations",
  "POST /simulations/decisions",
  "POST /simulations/payments",
  "POST /simulations/registerChanges",
  "POST /simulations/holds",
  "POST /simulations/releases",
  "POST /simulations/answerFaults",
  "POST /simulations/webhookFaults",
];

/** In validation alone, for whoever has a space of its own: test/spaces walks them. */
export const SPACE_ROUTES: readonly string[] = ["POST /admissions", "GET /space", "POST /space/reset"];

/** Described by OAuth's own metadata, or pages for browsers: not in the OpenAPI document. */
export const HIDDEN_ROUTES: readonly string[] = [
  "/auth/token",
  "/auth/jwks",
  "/.well-known/oauth-authorization-server/auth",
  "/auth/.well-known/openid-configuration",
  "/doc",
  "/REST/digitalContracts/v1/doc",
  "/REST/digitalContracts/v1/doc/api",
  "/REST/digitalContracts/v1/doc/assets/:file",
  "/REST/digitalContracts/v1/doc/:folder/:page",
];

/** The institute's own: refused to every client of an insurer, whatever id is in them. */
export const OPERATOR_ROUTES: readonly string[] = [
  "GET /operator/insurers",
  "POST /operator/insurers",
  "GET /operator/insurers/{enterpriseNumber}",
  "PUT /operator/insurers/{enterpriseNumber}/phase",
  "GET /operator/insurers/{enterpriseNumber}/readiness",
  "GET /operator/insurers/{enterpriseNumber}/contacts",
  "POST /operator/insurers/{enterpriseNumber}/contacts",
  "GET /operator/insurers/{enterpriseNumber}/contacts/{contactId}",
  "DELETE /operator/insurers/{enterpriseNumber}/contacts/{contactId}",
  "GET /operator/clients",
  "POST /operator/clients",
  "GET /operator/clients/{clientId}",
  "DELETE /operator/clients/{clientId}",
  "PUT /operator/clients/{clientId}/scopes",
  "GET /operator/clients/{clientId}/grants",
  "POST /operator/clients/{clientId}/grants",
  "GET /operator/clients/{clientId}/grants/{enterpriseNumber}",
  "DELETE /operator/clients/{clientId}/grants/{enterpriseNumber}",
  "GET /operator/clients/{clientId}/certificates",
  "POST /operator/clients/{clientId}/certificates",
  "GET /operator/clients/{clientId}/certificates/{thumbprint}",
  "DELETE /operator/clients/{clientId}/certificates/{thumbprint}",
  "GET /operator/clients/{clientId}/keys",
  "POST /operator/clients/{clientId}/keys",
  "GET /operator/clients/{clientId}/keys/{kid}",
  "DELETE /operator/clients/{clientId}/keys/{kid}",
  "GET /operator/clients/{clientId}/sshKeys",
  "POST /operator/clients/{clientId}/sshKeys",
  "GET /operator/clients/{clientId}/sshKeys/{fingerprint}",
  "DELETE /operator/clients/{clientId}/sshKeys/{fingerprint}",
  "GET /operator/clients/{clientId}/signingCertificates",
  "POST /operator/clients/{clientId}/signingCertificates",
  "GET /operator/clients/{clientId}/signingCertificates/{thumbprint}",
  "DELETE /operator/clients/{clientId}/signingCertificates/{thumbprint}",
  "GET /operator/clients/{clientId}/sftpAccount",
  "PUT /operator/clients/{clientId}/sftpAccount",
  "GET /operator/clients/{clientId}/sftpAccount/answers",
  "POST /operator/clients/{clientId}/sftpAccount/statusSnapshots",
  "GET /operator/answers/{answerId}",
  "POST /operator/answers/{answerId}/publish",
  "GET /operator/premiumYears",
  "POST /operator/premiumYears",
  "POST /operator/premiumYears/preview",
  "GET /operator/insurers/{enterpriseNumber}/ibans",
  "POST /operator/insurers/{enterpriseNumber}/ibans",
  "GET /operator/insurers/{enterpriseNumber}/ibans/{proposalId}",
  "POST /operator/insurers/{enterpriseNumber}/ibans/{proposalId}/confirm",
  "POST /operator/insurers/{enterpriseNumber}/ibans/{proposalId}/reject",
  "GET /operator/paymentRuns",
  "POST /operator/paymentRuns",
  "GET /operator/paymentRuns/{runId}",
  "GET /operator/paymentRuns/{runId}/paymentList",
  "POST /operator/paymentRuns/{runId}/creditTransfer",
  "POST /operator/paymentRuns/{runId}/order",
  "POST /operator/paymentRuns/{runId}/withdraw",
  "POST /operator/paymentImports",
  "POST /operator/facts",
  "GET /operator/facts",
  "GET /operator/facts/{fileId}",
  "GET /operator/facts/{fileId}/findings",
  "POST /operator/evaluations",
  "POST /operator/decisions",
  "POST /operator/dossiers/query",
  "GET /operator/dossiers/{personId}/{premiumYear}",
  "GET /operator/dossiers/{personId}/{premiumYear}/moves/{moveNumber}",
  "POST /operator/dossiers/{personId}/{premiumYear}/contest",
  "POST /operator/dossiers/{personId}/{premiumYear}/revise",
  "POST /operator/dossiers/{personId}/{premiumYear}/withdraw",
  "POST /operator/register",
  "POST /operator/register/preview",
  "GET /operator/alarms",
  "GET /operator/alarms/{alarmId}",
  "POST /operator/alarms/{alarmId}/acknowledge",
  "GET /operator/quarantinedSubmissions",
  "GET /operator/quarantinedSubmissions/{submissionId}",
  "POST /operator/quarantinedSubmissions/{submissionId}/replay",
  "GET /operator/heldSubmissions",
  "GET /operator/heldSubmissions/{submissionId}",
  "POST /operator/heldSubmissions/{submissionId}/release",
  "POST /operator/heldSubmissions/{submissionId}/refuse",
  "GET /operator/setAsideDrops",
  "GET /operator/setAsideDrops/{dropId}",
  "POST /operator/setAsideDrops/{dropId}/replay",
  "POST /operator/portfolioTransfers/preview",
  "POST /operator/portfolioTransfers",
  "GET /operator/spaces",
  "GET /operator/spaces/{enterpriseNumber}",
  "DELETE /operator/spaces/{enterpriseNumber}",
];

/** Everything by which a request can name something of an insurer. */
export interface Ids {
  /** Processed, with a rejected record and a report. */
  readonly processed: string;
  /** Came after it and is not taken up yet. */
  readonly waiting: string;
  /** Of the load that is processed. */
  readonly contract: string;
  /** On that contract. */
  readonly socialAdvantage: string;
  /** Of the contract that is held. */
  readonly verification: string;
  /** Announced to the owner; its line is for `contract`. */
  readonly advice: string;
  readonly notice: string;
  readonly laterNotice: string;
  /** Tells of `processed`. */
  readonly event: string;
  /** A subscription with a delivery in its log. */
  readonly webhook: string;
  readonly connectionTest: string;
  readonly enterpriseNumber: string;
}

/** How a route of an insurer is walked. */
export interface Cover {
  /** A request that names what `ids` hold; the path is below the root of the API. */
  readonly ask: (ids: Ids) => Question & { readonly path: string };
  /** What the owner's answer holds of its data; absent: it has no body. */
  readonly shows?: RegExp;
  /** Of the answer to another insurer: 404 where the id is the resource itself, else that of what is its own. */
  readonly otherStatus: 200 | 201 | 202 | 404 | 409;
  /** Fields of the answer that are new each time, whatever was asked. */
  readonly fresh?: readonly string[];
}

const ofSubmission = (below: string, shows: RegExp): Cover => ({
  ask: ({ processed }) => ({ path: `/submissions/${processed}${below}` }),
  shows,
  otherStatus: 404,
});

const JSON_BODY = { "Content-Type": "application/json" };

/** A change of the owner's contract. To another, who is not live, each id is as good as any. */
const ofContract = (below: string, body: object, method = "POST"): Cover => ({
  ask: ({ contract }) => ({
    path: `/contracts/${contract}${below}`,
    method,
    headers: { ...JSON_BODY, "Idempotency-Key": `WALK${below.replace("/", "-")}`, "If-Match": "*" },
    body: JSON.stringify(body),
  }),
  shows: /"outcome":"accepted"/,
  otherStatus: 409,
});

/** To another insurer no id of a subscription is one. */
const ofWebhook = (
  below: string,
  { body, shows, method }: { body?: object; shows?: RegExp; method?: string } = {},
): Cover => ({
  ask: ({ webhook }) => ({
    path: `/webhookSubscriptions/${webhook}${below}`,
    ...(method && { method }),
    ...(body && { headers: JSON_BODY, body: JSON.stringify(body) }),
  }),
  ...(shows && { shows }),
  otherStatus: 404,
});

export const WALK_REFERENCE = "WALK-1";

/** Routes whose answer is an insurer's. In this order: what ends a submission comes last. */
export const TENANT_ROUTES: Readonly<Record<string, Cover>> = {
  "GET /submissions": {
    ask: ({ waiting }) => ({ path: `/submissions?afterSubmission=${waiting}` }),
    shows: /"reference":"WALK-1"/,
    otherStatus: 200,
  },
  "GET /submissions/{submissionId}": ofSubmission("", /"reference":"WALK-1"/),
  "GET /submissions/{submissionId}/receipt": ofSubmission("/receipt", /"reference":"WALK-1"/),
  "GET /submissions/{submissionId}/report": ofSubmission("/report", /"reference":"WALK-1"/),
  "GET /submissions/{submissionId}/records": ofSubmission("/records", /"outcome":"rejected"/),
  "GET /submissions/{submissionId}/records/{recordNumber}": ofSubmission("/records/2", /"outcome":"rejected"/),
  "GET /submissions/{submissionId}/effects": ofSubmission("/effects", /"items":\[\]/),
  "GET /submissions/{submissionId}/corrections": ofSubmission("/corrections", /<contractNumber>C-2</),
  "GET /submissions/{submissionId}/answers": ofSubmission("/answers", /"fileName":"FO\.ACRF/),
  "POST /submissions/{submissionId}/answers/publish": {
    ask: ({ processed }) => ({ path: `/submissions/${processed}/answers/publish`, method: "POST" }),
    shows: /"state":"due"/,
    otherStatus: 404,
  },
  "POST /initialLoad/complete": {
    ask: () => ({ path: "/initialLoad/complete", method: "POST" }),
    // A file of its own initial load waits.
    otherStatus: 409,
  },
  "GET /contracts/{contractId}": {
    ask: ({ contract }) => ({ path: `/contracts/${contract}` }),
    shows: /"contractNumber":"C-1"/,
    otherStatus: 404,
  },
  "GET /contracts/{contractId}/versions": {
    ask: ({ contract }) => ({ path: `/contracts/${contract}/versions` }),
    shows: /"action":"new"/,
    otherStatus: 404,
  },
  "POST /contracts": {
    ask: () => ({
      path: "/contracts",
      method: "POST",
      headers: { ...JSON_BODY, "Idempotency-Key": "WALK-NEW" },
      body: JSON.stringify({
        contractNumber: "C-9",
        inamiNumber: KNOWN_INAMI_NUMBER,
        startOn: "2020-01-01",
        contractKind: "socialPlci",
        solidarity: true,
      }),
    }),
    shows: /"contractNumber":"C-9"/,
    // Its own initial load has not ended.
    otherStatus: 409,
  },
  "POST /contracts/query": {
    ask: () => ({
      path: "/contracts/query",
      method: "POST",
      headers: JSON_BODY,
      body: JSON.stringify({ inamiNumbers: [KNOWN_INAMI_NUMBER] }),
    }),
    shows: /"contractNumber":"C-1"/,
    otherStatus: 200,
  },
  "GET /contracts/snapshot": {
    ask: () => ({ path: "/contracts/snapshot" }),
    shows: /"contractCount":2\}\n\{.*"contractNumber":"C-1"/,
    otherStatus: 200,
  },
  "POST /inamiVerifications": {
    ask: () => ({
      path: "/inamiVerifications",
      method: "POST",
      headers: { ...JSON_BODY, "Idempotency-Key": "WALK-VERIFY" },
      body: JSON.stringify({ rows: [{ number: KNOWN_INAMI_NUMBER, contractNumber: "C-1" }] }),
    }),
    shows: /"answer":"valid"/,
    otherStatus: 200,
    fresh: ["submissionId", "receivedAt", "endedAt", "href", "self", "location"],
  },
  "GET /inamiVerifications/{submissionId}": {
    ask: ({ verification }) => ({ path: `/inamiVerifications/${verification}` }),
    shows: /"contractNumber":"C-1"/,
    otherStatus: 404,
  },
  "PUT /contracts/{contractId}": ofContract(
    "",
    { effectiveOn: "2024-01-01", contractKind: "combined", solidarity: false },
    "PUT",
  ),
  "POST /contracts/{contractId}/close": ofContract("/close", { endOn: "2025-12-31", reason: "terminated" }),
  "POST /contracts/{contractId}/reopen": ofContract("/reopen", { reason: "Closed in error" }),
  "POST /contracts/{contractId}/cancel": ofContract("/cancel", { reason: "Declared in error" }),
  "GET /socialAdvantages": {
    ask: () => ({ path: "/socialAdvantages?premiumYear=2025" }),
    shows: /"contractNumber":"C-1"/,
    otherStatus: 200,
  },
  "GET /socialAdvantages/{socialAdvantageId}": {
    ask: ({ socialAdvantage }) => ({ path: `/socialAdvantages/${socialAdvantage}` }),
    shows: /"contractNumber":"C-1"/,
    otherStatus: 404,
  },
  "GET /remittanceAdvices": {
    ask: () => ({ path: "/remittanceAdvices?premiumYear=2025" }),
    shows: /"totalCents":318012/,
    otherStatus: 200,
  },
  "GET /remittanceAdvices/{adviceId}": {
    ask: ({ advice }) => ({ path: `/remittanceAdvices/${advice}` }),
    shows: /"totalCents":318012/,
    otherStatus: 404,
  },
  "GET /remittanceAdvices/{adviceId}/lines": {
    ask: ({ advice }) => ({ path: `/remittanceAdvices/${advice}/lines` }),
    shows: /"contractNumber":"C-1"/,
    otherStatus: 404,
  },
  "POST /socialAdvantages/query": {
    ask: () => ({
      path: "/socialAdvantages/query",
      method: "POST",
      headers: JSON_BODY,
      body: JSON.stringify({ inamiNumbers: [KNOWN_INAMI_NUMBER] }),
    }),
    shows: /"contractNumber":"C-1"/,
    otherStatus: 200,
  },
  "POST /socialAdvantages/snapshot": {
    ask: () => ({ path: "/socialAdvantages/snapshot", method: "POST" }),
    shows: /"accountName":"alpha"/,
    // It is not live.
    otherStatus: 409,
  },
  "GET /events": {
    ask: () => ({ path: "/events" }),
    shows: /"reference":"WALK-1"/,
    otherStatus: 200,
  },
  "GET /events/{eventId}": {
    ask: ({ event }) => ({ path: `/events/${event}` }),
    shows: /"reference":"WALK-1"/,
    otherStatus: 404,
  },
  "GET /webhookSubscriptions": {
    ask: () => ({ path: "/webhookSubscriptions" }),
    shows: /"url":"https:\/\/hooks\.alpha\.example\/WALK-1"/,
    otherStatus: 200,
  },
  "GET /webhookSubscriptions/{subscriptionId}": ofWebhook("", { shows: /hooks\.alpha\.example/ }),
  "GET /webhookSubscriptions/{subscriptionId}/deliveries": ofWebhook("/deliveries", { shows: /"attempt":1/ }),
  "POST /webhookSubscriptions": {
    ask: () => ({
      path: "/webhookSubscriptions",
      method: "POST",
      headers: JSON_BODY,
      body: JSON.stringify({ url: "https://hooks.new.example/" }),
    }),
    shows: /"secret":"whsec_/,
    otherStatus: 201,
    fresh: ["self", "href", "secret", "subscriptionId", "createdAt", "changedAt", "location"],
  },
  "PUT /webhookSubscriptions/{subscriptionId}": ofWebhook("", {
    method: "PUT",
    body: { url: "https://hooks.alpha.example/WALK-1", state: "paused" },
    shows: /"state":"paused"/,
  }),
  "POST /webhookSubscriptions/{subscriptionId}/rotateSecret": ofWebhook("/rotateSecret", {
    method: "POST",
    body: { overlapHours: 0 },
    shows: /"secret":"whsec_/,
  }),
  "POST /webhookSubscriptions/{subscriptionId}/ping": ofWebhook("/ping", { method: "POST" }),
  "POST /webhookSubscriptions/{subscriptionId}/replay": ofWebhook("/replay", {
    method: "POST",
    body: { fromPosition: 1, toPosition: 1 },
  }),
  "DELETE /webhookSubscriptions/{subscriptionId}": ofWebhook("", { method: "DELETE" }),
  "POST /connectionTests": {
    ask: () => ({ path: "/connectionTests", method: "POST", headers: JSON_BODY, body: '{"probe":"WALK"}' }),
    shows: /"sourceAddress":"127/,
    otherStatus: 201,
    fresh: ["self", "connectionTestId", "testedAt", "issuedAt", "expiresAt", "location"],
  },
  "GET /connectionTests": {
    ask: () => ({ path: "/connectionTests" }),
    shows: /"channel":"rest"/,
    otherStatus: 200,
    // Each asks for some of its own on the way.
    fresh: ["href", "connectionTestId", "testedAt"],
  },
  "GET /connectionTests/{connectionTestId}": {
    ask: ({ connectionTest }) => ({ path: `/connectionTests/${connectionTest}` }),
    shows: /"sourceAddress":"127/,
    otherStatus: 404,
  },
  "GET /readiness": {
    ask: () => ({ path: "/readiness" }),
    shows: /"item":"deltaAfterLoad"/,
    otherStatus: 200,
  },
  "GET /notices": {
    ask: ({ laterNotice }) => ({ path: `/notices?afterNotice=${laterNotice}` }),
    shows: /"kind":"certificateExpires"/,
    otherStatus: 200,
  },
  "GET /notices/{noticeId}": {
    ask: ({ notice }) => ({ path: `/notices/${notice}` }),
    shows: /"kind":"certificateExpires"/,
    otherStatus: 404,
  },
  "POST /submissions": {
    ask: ({ enterpriseNumber }) => {
      // The initial load has ended.
      const body = contractFile({ sender: enterpriseNumber, reference: "WALK-POST" }).replace(
        'kind="initialLoad"',
        'kind="delta" sequence="1"',
      );
      const headers = { "Content-Type": "application/xml", "Content-Digest": digestOf(body) };
      return { path: "/submissions", method: "POST", headers, body };
    },
    shows: /"state":"received"/,
    otherStatus: 202,
    fresh: ["submissionId", "receivedAt", "sha256", "jws", "location"],
  },
  "DELETE /submissions/{submissionId}": {
    ask: ({ waiting }) => ({ path: `/submissions/${waiting}`, method: "DELETE" }),
    otherStatus: 404,
  },
};

/** Routes that no list here names, and names of routes that are no more. */
export function findUncovered(operationNames: readonly string[]): string[] {
  const covered = new Set([
    ...PUBLIC_ROUTES,
    ...SIMULATION_ROUTES,
    ...SPACE_ROUTES,
    ...OPERATOR_ROUTES,
    ...Object.keys(TENANT_ROUTES),
  ]);
  const known = new Set(operationNames);
  return [
    ...operationNames.filter((name) => !covered.has(name)).map((name) => `${name}: no cover`),
    ...[...covered].filter((name) => !known.has(name)).map((name) => `${name}: no such route`),
  ];
}
