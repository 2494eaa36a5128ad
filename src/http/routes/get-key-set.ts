import { Type } from "typebox";
import type { Api } from "../fastify-types.ts";
import type { ProvideDependencies } from "../http-dependencies.ts";

const EXAMPLE_KEY = {
  kty: "EC",
  crv: "P-256",
  x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
  y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
  kid: "example",
  alg: "ES256",
  use: "sig",
};

/** Sent as text: a serializer made from the schema would leave out the members of a key that it does not name. */
const KeySet = Type.Unsafe<string>({
  type: "object",
  title: "KeySet",
  required: ["keys"],
  properties: {
    keys: {
      type: "array",
      items: {
        type: "object",
        title: "JsonWebKey",
        description: "RFC 7517.",
        required: ["kty", "kid"],
        properties: Object.fromEntries(Object.keys(EXAMPLE_KEY).map((member) => [member, { type: "string" }])),
      },
    },
  },
});

const schema = {
  operationId: "getKeySet",
  summary: "Get the public keys that verify receipts",
  description: "JSON Web Key Set (RFC 7517), at the root of the host. Public.",
  tags: ["Service"],
  // Not under the root of the API.
  servers: [{ url: "/", description: "The root of the same host." }],
  response: {
    200: {
      description: "Keys now in use, and those that signed receipts before.",
      content: {
        "application/jwk-set+json": { schema: KeySet, examples: { oneKey: { value: { keys: [EXAMPLE_KEY] } } } },
      },
    },
  },
};

export function getKeySetRoute(app: Api, provide: ProvideDependencies): void {
  app.get("/.well-known/jwks.json", { schema, config: { public: true } }, async (_request, reply) => {
    const text = JSON.stringify(provide().intake.signer.keySet);
    return reply.header("Cache-Control", "public, max-age=300").type("application/jwk-set+json").send(text);
  });
}
