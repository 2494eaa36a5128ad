import { createHash } from "node:crypto";
import type { FastifyRequest } from "fastify";
import type { JWK } from "jose";
import { type Static, Type } from "typebox";
import { insertAuditEvent } from "../../../audit/audit-event.ts";
import { LANGUAGES } from "../../../findings/language.ts";
import { readParty } from "../../../identity/failed-authentications.ts";
import { readPresentedCertificate } from "../../../identity/presented-certificate.ts";
import { SPACE_SCOPES } from "../../../identity/scopes.ts";
import { type Admission, admit } from "../../../spaces/admit.ts";
import { TOO_MANY_CERTIFICATES } from "../../../spaces/renew-account.ts";
import { FIRST_PHASES } from "../../../spaces/spaces.ts";
import type { Api } from "../../fastify-types.ts";
import type { GatewayConnection, ProvideDependencies } from "../../http-dependencies.ts";
import { acceptJson } from "../../json-body.ts";
import { API_ROOT } from "../../paths.ts";
import { problemResponse } from "../../problem-schema.ts";
import { badRequest, Problem } from "../../problems.ts";
import { oneOf, referTo } from "../../schema-parts.ts";
import { EXAMPLE_SPACE, SPACE_PATH, SpaceSchema, type SpaceView, viewSpace } from "../../space-view.ts";
import { createdAnswer, jsonAnswer } from "../operator/operator-schemas.ts";
import { refusedProblem, spaceProblem } from "./space-problems.ts";
import { SPACE_TAGS, spacesOf, viewOwnSpace } from "./space-routes.ts";

const Jwk = Type.Object(
  { kty: Type.String({ maxLength: 10 }) },
  { additionalProperties: true, description: "RFC 7517: EC P-256, RSA of 2048 bits or more, or Ed25519." },
);
const NO_CONTROLS = "^[^\\u0000-\\u001f\\u007f]*$";

const Body = Type.Object(
  {
    name: Type.String({
      minLength: 1,
      maxLength: 200,
      pattern: NO_CONTROLS,
      description: "Of your company or system.",
    }),
    contact: Type.Optional(
      Type.String({
        maxLength: 250,
        pattern: "^[^\\s@<>\"',;]{1,64}@[^\\s@<>\"',;]{1,185}$",
        description: "Address for mail of whoever looks after it.",
      }),
    ),
    certificateRequest: Type.Optional(
      Type.String({ maxLength: 20_000, description: "PKCS#10 in PEM: a client certificate is issued for its key." }),
    ),
    certificate: Type.Optional(
      Type.String({
        maxLength: 20_000,
        description:
          "PEM, instead of a request: of an authority that this environment trusts; the request is sent with it.",
      }),
    ),
    jwks: Type.Optional(
      Type.Object(
        { keys: Type.Array(Jwk, { minItems: 1, maxItems: 2 }) },
        { description: "Public keys that verify your assertions; absent: the key of the certificate." },
      ),
    ),
    sshPublicKey: Type.Optional(
      Type.String({ maxLength: 5_000, description: "One line of an OpenSSH .pub file; absent: no SFTP account." }),
    ),
    language: Type.Optional(oneOf(LANGUAGES, "Of the texts in answers over SFTP; absent: `en`.")),
    phase: Type.Optional(oneOf(FIRST_PHASES, "Where the space begins; absent: `live`. See `POST /space/reset`.")),
  },
  {
    examples: [
      {
        name: "Synthetic Integrator",
        certificateRequest: "-----BEGIN CERTIFICATE REQUEST-----\nMIHq…\n-----END CERTIFICATE REQUEST-----\n",
        sshPublicKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ4f1cI5VqDk8CqYb3Ch2rfXLOi2GVbvAPkWqE0wFwSg",
      },
    ],
  },
);

const AdmissionSchema = Type.Object(
  {
    space: referTo(SpaceSchema),
    clientId: Type.String({ description: "`iss` and `sub` of your assertions." }),
    keyIds: Type.Array(Type.String(), { description: "`kid` of the keys that verify them." }),
    scopes: Type.Array(Type.String(), { description: "What your tokens may carry." }),
    certificate: Type.String({ description: "PEM: with it you connect." }),
    certificateChain: Type.String({ description: "PEM: the authorities of client certificates here." }),
    apiUrl: Type.String({ format: "uri" }),
    tokenEndpoint: Type.String({ format: "uri" }),
    sftp: Type.Optional(
      Type.Object(
        {
          account: Type.String({ description: "The user." }),
          host: Type.String(),
          port: Type.Integer(),
          hostKeys: Type.Array(Type.String(), { description: "SHA256:…, as ssh-keygen prints them." }),
        },
        { title: "SftpAccess" },
      ),
    ),
  },
  { title: "Admission" },
);
type AdmissionView = Static<typeof AdmissionSchema>;

const EXAMPLE = viewAdmission(
  {
    ...{ space: EXAMPLE_SPACE, isRenewed: false, keyIds: ["NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"] },
    certificatePem: "-----BEGIN CERTIFICATE-----\nMIIB…\n-----END CERTIFICATE-----\n",
  },
  viewSpace(EXAMPLE_SPACE, { contractCount: 200, nextSequence: 1 }),
  {
    ...{ origin: "https://validation.gateway.example", issuer: "https://validation.gateway.example/auth" },
    sftp: {
      ...{ host: "sftp.validation.gateway.example", port: 22 },
      hostKeys: ["SHA256:uXqVzJmOCpOFhx7Hn0ic5Nzk3Wl5Zx2y1r0S6m8bqkE"],
    },
  },
  "-----BEGIN CERTIFICATE-----\nMIIB…\n-----END CERTIFICATE-----\n",
);

const ONE_OF = "Send either certificateRequest or certificate.";
const oneOfBoth = () =>
  badRequest(ONE_OF, { kind: "requiredInput", in: "body", name: "certificateRequest", detail: ONE_OF });

const schema = {
  operationId: "createAdmission",
  summary: "Be admitted to validation, with a space of your own",
  description:
    "Validation only, for anybody, without client certificate and token. You get a client, an insurer that is yours alone with a " +
    "portfolio of 200 contracts, and an SFTP account where you send an SSH key. Asking again with the key of the same certificate " +
    "renews: the account lasts longer, and nothing else changes. How many may be admitted, from one address and at all, is limited.",
  tags: SPACE_TAGS,
  body: Body,
  response: {
    200: jsonAnswer("Renewed.", AdmissionSchema, { renewed: EXAMPLE }),
    201: createdAnswer("Admitted.", AdmissionSchema, { admitted: EXAMPLE }),
    400: problemResponse("What was sent cannot be used.", { oneOfBoth: oneOfBoth() }),
    409: problemResponse("The key was admitted before, with other keys beside it, or renewed too often.", {
      otherKeys: refusedProblem("keysDiffer", "This key was admitted before, with other keys beside it."),
      tooMany: refusedProblem("tooManyCertificates", TOO_MANY_CERTIFICATES),
    }),
    429: problemResponse("Too many from your address.", { tooMany: tooMany(10, 3_600) }),
    503: problemResponse("As many are admitted as can be.", {
      full: refusedProblem("admissionsClosed", "As many are admitted as can be at once. Try again another day."),
    }),
  },
};

const keyGenerator = ({ raw }: FastifyRequest) => readParty(raw.socket).address;

/** Admissions from one address, by each process: a team behind one address and its mistakes. */
const PER_HOUR = 20;
const HOUR_MS = 3_600_000;

export async function createAdmissionRoute(app: Api, provide: ProvideDependencies): Promise<void> {
  await app.register(async (scope) => {
    acceptJson(scope);
    addRoute(scope, provide);
  });
}

function addRoute(scope: Api, provide: ProvideDependencies): void {
  const countAddress = scope.createRateLimit({ max: PER_HOUR, timeWindow: HOUR_MS, keyGenerator });
  scope.post(`${API_ROOT}/admissions`, { schema, config: { public: true } }, async (request, reply) => {
    const spaces = spacesOf(provide);
    const { body } = request;
    const state = await countAddress(request);
    if (!state.isAllowed && state.isExceeded) throw tooMany(state.max, state.ttlInSeconds);
    if ((body.certificateRequest === undefined) === (body.certificate === undefined)) throw oneOfBoth();
    const { jwks, language = "en", phase = "live", ...others } = body;
    const presented = readPresentedCertificate(request.raw.socket);
    const requestSha256 = createHash("sha256").update(JSON.stringify(body)).digest();
    const admission = await admit(
      spaces,
      {
        ...{ ...others, language, phase },
        ...(jwks && { keys: jwks.keys as JWK[] }),
        ...(!("fault" in presented) && { presented: presented.thumbprint }),
      },
      (tx, { clientId, isRenewed }) =>
        insertAuditEvent(tx, {
          ...{ kind: "write", clientId, method: request.method, route: request.routeOptions.url ?? "none" },
          ...{ status: isRenewed ? 200 : 201, requestSha256, traceId: request.id },
        }),
    ).catch((error: unknown) => {
      throw spaceProblem(error, body.certificate === undefined ? "certificateRequest" : "certificate");
    });
    const { space, isRenewed } = admission;
    provide().identity.directory.forget(space.clientId);
    reply.code(isRenewed ? 200 : 201);
    if (!isRenewed) reply.header("Location", SPACE_PATH);
    return viewAdmission(admission, await viewOwnSpace(provide, space), spaces.connection(), spaces.clientAuthorities);
  });
}

function tooMany(limit: number, retryAfterSec: number): Problem {
  const detail = `No more than ${limit} requests an hour for admission are answered for one address.`;
  return new Problem("tooManyRequests", detail, { limit, retryAfterSec });
}

function viewAdmission(
  { space, certificatePem, keyIds }: Admission,
  view: SpaceView,
  { origin, issuer, sftp }: GatewayConnection,
  certificateChain: string,
): AdmissionView {
  const { clientId, accountName } = space;
  return {
    space: view,
    clientId,
    keyIds: [...keyIds],
    scopes: [...SPACE_SCOPES],
    certificate: certificatePem,
    certificateChain,
    apiUrl: `${origin}${API_ROOT}`,
    tokenEndpoint: `${issuer}/token`,
    ...(sftp && accountName !== null && { sftp: { account: accountName, ...sftp, hostKeys: [...sftp.hostKeys] } }),
  };
}
