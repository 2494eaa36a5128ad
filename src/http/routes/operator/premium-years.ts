import { Type } from "typebox";
import { DOSSIER_STATES } from "../../../advantage/dossier-states.ts";
import { OUTCOMES } from "../../../advantage/evaluate-dossier.ts";
import { OperatorError } from "../../../operator/operator-change.ts";
import {
  type FilesPreview,
  type GivenFiles,
  listYearsInForce,
  loadPremiumYearFiles,
  PREMIUM_YEAR_FILE_NAMES,
  previewPremiumYearFiles,
  type YearInForce,
} from "../../../operator/premium-years.ts";
import type { Api } from "../../fastify-types.ts";
import type { ProvideDependencies } from "../../http-dependencies.ts";
import { problemResponse } from "../../problem-schema.ts";
import { Instant, oneOf } from "../../schema-parts.ts";
import { FOR_OPERATORS, lookUp, noteNamed, OPERATOR_ROOT, OPERATOR_TAGS, perform } from "./operator-act.ts";
import { actProblem } from "./operator-problems.ts";
import { jsonAnswer, listOf } from "./operator-schemas.ts";

const PATH = `${OPERATOR_ROOT}/premiumYears`;

const files = Type.Array(
  Type.Object({
    name: oneOf(PREMIUM_YEAR_FILE_NAMES),
    text: Type.String({ pattern: "^[^\\u0000]*$", description: "The whole file, CSV with its header." }),
  }),
  { minItems: 1, maxItems: PREMIUM_YEAR_FILE_NAMES.length, description: "Those that change; the others stay." },
);
const EXAMPLE_FILES = [
  {
    name: "amounts.csv",
    text: "premium_year,profession,level,amount_cents,status,source\n2025,doctor,full,583116,published,circular of 2026\n",
  },
] as const;

const year = {
  premiumYear: Type.Integer(),
  version: Type.Integer(),
  fingerprint: Type.String({ description: "Of all that the year says." }),
};
const Year = Type.Object(
  {
    href: Type.String({ format: "uri-reference", description: "This list." }),
    ...year,
    loadedAt: Type.Optional(Instant),
    loadedBy: Type.Optional(Type.String({ description: "Absent: it ships with the product." })),
    reason: Type.Optional(Type.String({ description: "Why what was doubtful is right." })),
  },
  { title: "PremiumYearVersion" },
);
const Outcome = Type.Object(
  {
    outcome: oneOf(OUTCOMES),
    awaiting: Type.Boolean(),
    level: Type.Optional(Type.String()),
    amountCents: Type.Optional(Type.Integer()),
    reasons: Type.Array(Type.String()),
  },
  { title: "PreviewedOutcome" },
);
const Preview = Type.Object(
  {
    years: Type.Array(Type.Object({ ...year, versionBefore: Type.Optional(Type.Integer()) })),
    refusals: Type.Array(Type.String(), { description: "Why the files could not be loaded." }),
    doubts: Type.Array(Type.String(), { description: "What could be loaded with a reason only." }),
    evaluated: Type.Integer(),
    counts: Type.Array(
      Type.Object({
        premiumYear: Type.Integer(),
        from: Type.String(),
        to: Type.String(),
        persons: Type.Integer(),
        differenceCents: Type.Integer({ description: "Of all their amounts together." }),
      }),
    ),
    affected: Type.Array(
      Type.Object({
        premiumYear: Type.Integer(),
        personId: Type.String(),
        state: Type.Optional(oneOf(DOSSIER_STATES)),
        movesTo: Type.Optional(oneOf(DOSSIER_STATES)),
        before: Type.Optional(Outcome),
        after: Outcome,
      }),
    ),
  },
  { title: "PremiumYearsPreview" },
);

const EXAMPLE_YEAR: YearInForce = {
  premiumYear: 2025,
  version: 2,
  fingerprint: "56713632ffda4abe",
  loadedAt: new Date("2026-11-22T09:00:00.000Z"),
  loadedBy: "desk-1",
};
const EXAMPLE_PREVIEW: FilesPreview = {
  years: [{ premiumYear: 2025, version: 2, fingerprint: "56713632ffda4abe", versionBefore: 1 }],
  refusals: [],
  doubts: [],
  evaluated: 70_000,
  counts: [{ premiumYear: 2025, from: "socialAdvantage", to: "socialAdvantage", persons: 1, differenceCents: 12_000 }],
  rows: [
    {
      premiumYear: 2025,
      personId: "019aa9d2-5f4e-7cc1-9b3a-2f1c5f0e7c99",
      state: "toPay",
      movesTo: "evaluated",
      before: { outcome: "socialAdvantage", isAwaiting: false, level: "full", amountCents: 571_116, reasons: [] },
      after: { outcome: "socialAdvantage", isAwaiting: false, level: "full", amountCents: 583_116, reasons: [] },
    },
  ],
};

const invalid = new OperatorError("invalidPremiumYears", "Line 2 of amounts.csv: source is missing.");
const doubtful = new OperatorError(
  "premiumYearsDoubtful",
  "Premium year 2025, doctor, amount of full: 5831 cents, and 571116 before: are these euros, or cents multiplied again?",
);

const listSchema = {
  operationId: "listPremiumYearVersions",
  summary: "List the premium years in force",
  description: "Each with the version of its rules: loaded by operators, or shipped with the product.",
  tags: OPERATOR_TAGS,
  response: {
    200: jsonAnswer("All of them.", listOf(Year, "PremiumYearVersionCollection"), {
      one: { self: PATH, items: [viewYear(EXAMPLE_YEAR)] },
    }),
  },
};

const previewSchema = {
  operationId: "previewPremiumYearFiles",
  summary: "See whom changed files of premium years affect",
  description:
    "Everybody is evaluated by the rules in force and by those of the files, on the same facts and day: who comes to something else is counted, and the first of them are listed. Nothing is changed.",
  tags: OPERATOR_TAGS,
  querystring: Type.Object({
    limit: Type.Integer({ minimum: 0, maximum: 1000, default: 100, description: "Persons to list at most." }),
  }),
  body: Type.Object({ files }, { examples: [{ files: EXAMPLE_FILES }] }),
  response: {
    200: jsonAnswer("What would change.", Preview, { one: viewPreview(EXAMPLE_PREVIEW) }),
    400: problemResponse("A file cannot be read.", { invalid: actProblem(invalid) }),
  },
};

const loadSchema = {
  operationId: "loadPremiumYearFiles",
  summary: "Put changed files of premium years in force",
  description:
    "All or none. A year that changes needs a new version with its fingerprint in `versions.csv`; the preview tells both. Dossiers are evaluated anew by a worker; what was paid becomes a recovery or a supplement.",
  tags: OPERATOR_TAGS,
  body: Type.Object(
    {
      files,
      reason: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 500,
          pattern: "^[^\\u0000]*$",
          description: "Why what is doubtful is right.",
        }),
      ),
    },
    { examples: [{ files: EXAMPLE_FILES }] },
  ),
  response: {
    200: jsonAnswer("As they are now.", listOf(Year, "PremiumYearVersionCollection"), {
      one: { self: PATH, items: [viewYear(EXAMPLE_YEAR)] },
    }),
    400: problemResponse("The files cannot be put in force.", {
      invalid: actProblem(invalid),
      doubtful: actProblem(doubtful),
    }),
  },
};

export function addPremiumYearRoutes(app: Api, provide: ProvideDependencies): void {
  const list = async (request: Parameters<typeof lookUp>[0]) => ({
    self: PATH,
    items: (await lookUp(request, provide, listYearsInForce)).map(viewYear),
  });

  app.get(PATH, { schema: listSchema, config: FOR_OPERATORS }, list);

  const reading = { ...FOR_OPERATORS, reads: true };
  app.post(`${PATH}/preview`, { schema: previewSchema, config: reading }, async (request) => {
    const options = { today: provide().intake.clock.today(), limit: request.query.limit };
    const given = toFiles(request.body.files);
    const preview = await lookUp(request, provide, (institute) => previewPremiumYearFiles(institute, given, options));
    await noteNamed(request, provide, { personIds: preview.rows.map(({ personId }) => personId) });
    return viewPreview(preview);
  });

  app.post(PATH, { schema: loadSchema, config: FOR_OPERATORS }, async (request, reply) => {
    const { reason } = request.body;
    const order = { files: toFiles(request.body.files), reason, today: provide().intake.clock.today() };
    await perform(request, reply, provide, {
      status: 200,
      act: (tx, actor) => loadPremiumYearFiles(tx, actor, order),
    });
    return await list(request);
  });
}

function toFiles(given: readonly { readonly name: string; readonly text: string }[]): GivenFiles {
  return Object.fromEntries(given.map(({ name, text }) => [name, text]));
}

function viewYear({ loadedAt, ...others }: YearInForce) {
  return { href: PATH, ...others, ...(loadedAt && { loadedAt: loadedAt.toISOString() }) };
}

function viewPreview({ rows, years, refusals, doubts, counts, evaluated }: FilesPreview) {
  return {
    years: [...years],
    refusals: [...refusals],
    doubts: [...doubts],
    evaluated,
    counts: [...counts],
    affected: rows.map(({ before, after, ...row }) => ({
      ...row,
      ...(before && { before: viewOutcome(before) }),
      after: viewOutcome(after),
    })),
  };
}

function viewOutcome({ outcome, isAwaiting, level, amountCents, reasons }: FilesPreview["rows"][number]["after"]) {
  return {
    outcome,
    awaiting: isAwaiting,
    ...(level !== null && { level }),
    ...(amountCents !== null && { amountCents }),
    reasons: [...reasons],
  };
}
