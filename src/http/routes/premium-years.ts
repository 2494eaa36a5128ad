import { Type } from "typebox";
import { AMOUNT_STATUSES, findCalendar, type PremiumYearRules } from "../../advantage/premium-year-rules.ts";
import { Day } from "../contract-view.ts";
import type { Api } from "../fastify-types.ts";
import type { ProvideDependencies } from "../http-dependencies.ts";
import { API_ROOT, withQuery } from "../paths.ts";
import { Href, oneOf } from "../schema-parts.ts";
import { PremiumYear } from "../social-advantage-view.ts";

const YEARS_PATH = `${API_ROOT}/refData/premiumYears`;
const CALENDAR_PATH = `${API_ROOT}/refData/calendar`;
/** Rules change a few times a year; who plans by them asks again the same day. */
const MAXIMUM_AGE_SECONDS = 300;

const Profession = Type.String({ description: "Such as `dentist`; a later year may bring others." });

const YearSchema = Type.Object(
  {
    href: Href,
    premiumYear: PremiumYear,
    rulesVersion: Type.Integer({ minimum: 1, description: "Grows whenever the rules of the year are changed." }),
    professions: Type.Array(
      Type.Object({
        profession: Profession,
        amounts: Type.Array(
          Type.Object({
            level: Type.String(),
            amountCents: Type.Integer({ minimum: 1, description: "For a whole year, in euro cents." }),
            status: oneOf(AMOUNT_STATUSES, "Whether the amount was published, or derived from a published one."),
          }),
          { description: "What is not listed is not published yet." },
        ),
      }),
      { description: "Those that take part in the year." },
    ),
  },
  { title: "PremiumYear" },
);

const CalendarSchema = Type.Object(
  {
    premiumYear: PremiumYear,
    profession: Profession,
    linkingFrom: Day,
    linkingUntil: Type.String({ format: "date", description: "Last day on which a contract must be recorded." }),
    evaluationOn: Day,
    additionsUntil: Day,
    decisionOn: Type.String({ format: "date", description: "From this day on decisions are told, to everybody." }),
    contestDays: Type.Integer({ description: "Days in which a decision can be contested." }),
    paymentUntil: Day,
  },
  { title: "CalendarEntry" },
);

const EXAMPLE_YEAR = {
  href: withQuery(CALENDAR_PATH, { premiumYear: 2024 }),
  premiumYear: 2024,
  rulesVersion: 1,
  professions: [
    { profession: "dentist", amounts: [{ level: "full", amountCents: 373619, status: "published" as const }] },
  ],
};
const EXAMPLE_ENTRY = {
  premiumYear: 2024,
  profession: "dentist",
  linkingFrom: "2025-02-01",
  linkingUntil: "2025-04-30",
  evaluationOn: "2025-07-01",
  additionsUntil: "2025-08-31",
  decisionOn: "2025-09-01",
  contestDays: 60,
  paymentUntil: "2026-01-15",
};

const yearsSchema = {
  operationId: "listPremiumYears",
  summary: "List the premium years",
  description: "The professions that take part in each, and the amounts. `href` is the calendar of the year. Public.",
  tags: ["Reference data"],
  response: {
    200: {
      description: "All of them, oldest first.",
      content: {
        "application/json": {
          schema: Type.Object(
            { self: Href, items: Type.Array(YearSchema), total: Type.Integer() },
            { title: "PremiumYearCollection" },
          ),
          examples: { one: { value: { self: YEARS_PATH, items: [EXAMPLE_YEAR], total: 1 } } },
        },
      },
    },
  },
};

const calendarSchema = {
  operationId: "getCalendar",
  summary: "Get the calendar of premium years",
  description: "What happens when, for each premium year and profession: it is the same for everybody. Public.",
  tags: ["Reference data"],
  querystring: Type.Object({ premiumYear: Type.Optional(PremiumYear) }),
  response: {
    200: {
      description: "The calendar, oldest year first.",
      content: {
        "application/json": {
          schema: Type.Object({ self: Href, entries: Type.Array(CalendarSchema) }, { title: "Calendar" }),
          examples: { one: { value: { self: EXAMPLE_YEAR.href, entries: [EXAMPLE_ENTRY] } } },
        },
      },
    },
  },
};

/** What anybody may know of premium years. */
export function premiumYearRoutes(app: Api, provide: ProvideDependencies): void {
  const publicFor = `public, max-age=${MAXIMUM_AGE_SECONDS}`;
  const listYears = async () =>
    [...(await provide().loadPremiumYears()).values()].sort((a, b) => a.premiumYear - b.premiumYear);
  app.get(YEARS_PATH, { schema: yearsSchema, config: { public: true } }, async (_request, reply) => {
    const items = (await listYears()).map(viewYear);
    reply.header("Cache-Control", publicFor);
    return { self: YEARS_PATH, items, total: items.length };
  });
  app.get(CALENDAR_PATH, { schema: calendarSchema, config: { public: true } }, async (request, reply) => {
    const { premiumYear } = request.query;
    const years = await listYears();
    const entries = years
      .filter((rules) => premiumYear === undefined || rules.premiumYear === premiumYear)
      .flatMap(viewCalendar);
    reply.header("Cache-Control", publicFor);
    return { self: withQuery(CALENDAR_PATH, { premiumYear }), entries };
  });
}

function viewYear({ premiumYear, version, professions }: PremiumYearRules) {
  return {
    href: withQuery(CALENDAR_PATH, { premiumYear }),
    premiumYear,
    rulesVersion: version,
    professions: [...professions.values()].map(({ profession, amounts }) => ({
      profession,
      amounts: [...amounts].map(([level, { cents, status }]) => ({ level, amountCents: cents, status })),
    })),
  };
}

function viewCalendar(rules: PremiumYearRules) {
  const { premiumYear, professions } = rules;
  return [...professions.keys()].map((profession) => ({ premiumYear, profession, ...findCalendar(rules, profession) }));
}
