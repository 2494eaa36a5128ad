import type { FastifyRequest } from "fastify";
import { type Static, Type } from "typebox";
import {
  loadRegisterFile,
  previewRegisterFile,
  type RegisterFile,
  type RegisterLoaded,
  registerFileRefused,
} from "../../../operator/load-register-file.ts";
import type { Act } from "../../../operator/perform-act.ts";
import { RegisterFileError } from "../../../register/register-file-error.ts";
import { digestMismatch, parseContentDigest } from "../../content-digest.ts";
import { EXAMPLE_DIGEST } from "../../examples.ts";
import type { Api } from "../../fastify-types.ts";
import type { ProvideDependencies } from "../../http-dependencies.ts";
import { requestTimeout } from "../../limits/slow-body.ts";
import { problemResponse } from "../../problem-schema.ts";
import { limitBody, readBody } from "../../read-body.ts";
import { Count } from "../../schema-parts.ts";
import { checkBodyHeaders, tooLarge, unsupported } from "../../transfer-headers.ts";
import { FOR_OPERATORS, lookUp, OPERATOR_ROOT, OPERATOR_TAGS, perform } from "./operator-act.ts";
import { actProblem } from "./operator-problems.ts";
import { EnterpriseNumber, jsonAnswer } from "./operator-schemas.ts";

const PATH = `${OPERATOR_ROOT}/register`;
const MEDIA_TYPES = ["text/csv"] as const;
const KIND = "A register of providers";

const effect = {
  rows: Type.Integer({ minimum: 0, description: "Of the file." }),
  added: Type.Integer({ minimum: 0, description: "Numbers that were not known." }),
  changed: Type.Integer({ minimum: 0, description: "Numbers of which something else is said than before." }),
  unchanged: Count,
  missing: Type.Optional(
    Type.Integer({ minimum: 0, description: "With `full`: numbers that are known and not in the file. They stay." }),
  ),
  unknownSuccessors: Type.Optional(
    Type.Integer({
      minimum: 1,
      description:
        "Rows whose `replacedBy` neither the file nor the register has: load it too. Absent: there are none.",
    }),
  ),
};
const Load = Type.Object(
  { ...effect, sha256: Type.String({ description: "Of the bytes, in hexadecimal digits." }) },
  { title: "RegisterLoad" },
);
const Preview = Type.Object(
  {
    ...effect,
    affected: Type.Array(
      Type.Object({ enterpriseNumber: EnterpriseNumber, contracts: Count }, { title: "AffectedContracts" }),
      { description: "Contracts that would be told as `contractRechecked`, of insurers that have any." },
    ),
  },
  { title: "RegisterPreview" },
);

const EXAMPLE_EFFECT = { rows: 4_120, added: 12, changed: 108, unchanged: 4_000 };
const EXAMPLE_LOAD: Static<typeof Load> = {
  ...EXAMPLE_EFFECT,
  sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
};
const EXAMPLE_PREVIEW: Static<typeof Preview> = {
  ...EXAMPLE_EFFECT,
  affected: [{ enterpriseNumber: "0403019261", contracts: 31 }],
};

const EXAMPLE_TROUBLES = [
  { line: 3, column: "validFrom", reason: "it is missing or no day of the calendar: write it yyyy-mm-dd" },
  {
    line: 7,
    column: "ssin",
    reason: "its check digits, the last two, are wrong: correct the number at its source",
  },
];

const asked = {
  tags: OPERATOR_TAGS,
  querystring: Type.Object({
    full: Type.Optional(
      Type.Boolean({ description: "The file holds the whole register: count the numbers that are not in it." }),
    ),
  }),
  body: {
    content: {
      "text/csv": {
        schema: {
          type: "string",
          format: "binary",
          description:
            "With the header `inamiNumber,ssin,validFrom,validTo,replacedBy,deceasedOn`: numbers of 11 digits, each once, dates yyyy-mm-dd, UTF-8.",
          "x-examples": {
            replaced: {
              summary: "A number that was replaced",
              value:
                "inamiNumber,ssin,validFrom,validTo,replacedBy,deceasedOn\n" +
                "20004057001,75050570631,2000-01-01,,20004156001,\n",
            },
          },
        },
      },
    },
  },
};
const refusals = {
  400: problemResponse(
    "Rows of it are wrong, up to fifty are told: the whole file is left aside. Or the bytes are not those announced.",
    {
      rows: actProblem(registerFileRefused(new RegisterFileError(EXAMPLE_TROUBLES))),
      digestMismatch: digestMismatch("sha-256"),
    },
  ),
  408: problemResponse("It arrived too slowly; nothing was loaded.", { tooSlow: requestTimeout() }),
  413: problemResponse("It is too large.", { tooLarge: tooLarge(2_147_483_648) }),
  415: problemResponse("It is no CSV.", {
    notCsv: unsupported(`${KIND} is sent with Content-Type text/csv.`, MEDIA_TYPES),
  }),
};
const digestHeader = {
  type: "object",
  properties: {
    "Content-Digest": {
      type: "string",
      description: "RFC 9530, with `sha-256`. It need not be there; one that is must match.",
      examples: [EXAMPLE_DIGEST],
    },
  },
};

const previewSchema = {
  operationId: "previewRegister",
  summary: "Tell what loading a register of providers would do",
  description: "Counts of rows, and how many contracts of which insurer are affected. Changes nothing.",
  ...asked,
  headers: digestHeader,
  response: { 200: jsonAnswer("What it would do.", Preview, { preview: EXAMPLE_PREVIEW }), ...refusals },
};
const loadSchema = {
  operationId: "loadRegister",
  summary: "Load the register of providers, the whole or what changed",
  description:
    "All rows or none. What changes becomes a version; numbers that are not in the file stay as they are. Contracts are checked " +
    "again soon after, and their insurers find `contractRechecked` in their feeds; none is closed. The same file again changes nothing.",
  ...asked,
  headers: digestHeader,
  response: { 200: jsonAnswer("Loaded.", Load, { loaded: EXAMPLE_LOAD }), ...refusals },
};

export async function addRegisterRoutes(app: Api, provide: ProvideDependencies): Promise<void> {
  await app.register(async (scope) => {
    // Bodies are streams here, of any media type: the handler says which ones it takes.
    scope.addContentTypeParser("*", (_request, payload, done) => done(null, payload));

    scope.post(
      `${PATH}/preview`,
      { schema: previewSchema, config: { ...FOR_OPERATORS, reads: true } },
      async (request) => {
        const { intake } = provide();
        const { file, check } = readFile(request, intake.maximumBytes);
        const preview = await lookUp(request, provide, () => previewRegisterFile(intake.database, file));
        check(preview.sha256);
        return { ...preview.effect, affected: [...preview.affected] };
      },
    );

    scope.post(PATH, { schema: loadSchema, config: FOR_OPERATORS }, async (request, reply) => {
      const { file, check } = readFile(request, provide().intake.maximumBytes);
      const act: Act<RegisterLoaded> = async (tx, actor) => {
        const loaded = await loadRegisterFile(tx, actor, file);
        check(loaded.sha256);
        return loaded;
      };
      const { effect: done, sha256 } = await perform(request, reply, provide, { status: 200, act });
      return { ...done, sha256 };
    });
  });
}

/** The body as it comes, and what throws if its digest is not the announced one. */
function readFile(
  request: FastifyRequest,
  maximumBytes: number,
): { file: RegisterFile; check: (sha256: string) => void } {
  checkBodyHeaders(request.headers, maximumBytes, MEDIA_TYPES, KIND);
  const field = request.headers["content-digest"];
  const announced = field === undefined ? undefined : parseContentDigest([field].flat().join(", ")).sha256;
  const { full = false } = request.query as { full?: boolean };
  return {
    file: { body: limitBody(readBody(request.raw), maximumBytes), isFull: full },
    check(sha256) {
      if (announced !== undefined && announced.toString("hex") !== sha256) throw digestMismatch("sha-256");
    },
  };
}
