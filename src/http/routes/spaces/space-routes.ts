import { Type } from "typebox";
import { SCOPES } from "../../../identity/scopes.ts";
import { getSpaceOf, resetSpace } from "../../../spaces/reset-space.ts";
import { type AccountSpace, countSpace } from "../../../spaces/space-queries.ts";
import { FIRST_PHASES } from "../../../spaces/spaces.ts";
import { recordWrite } from "../../audit-answers.ts";
import type { Api } from "../../fastify-types.ts";
import type { HttpDependencies, ProvideDependencies } from "../../http-dependencies.ts";
import { problemResponse } from "../../problem-schema.ts";
import { Problem } from "../../problems.ts";
import { oneOf, referTo } from "../../schema-parts.ts";
import { EXAMPLE_SPACE, SPACE_PATH, SpaceSchema, type SpaceView, viewSpace } from "../../space-view.ts";
import { jsonAnswer } from "../operator/operator-schemas.ts";
import { refusedProblem, spaceProblem } from "./space-problems.ts";

export const SPACE_TAGS = ["Validation"];

const example = { space: viewSpace(EXAMPLE_SPACE, { contractCount: 200, nextSequence: 1 }) };
const NO_SPACE = "This client has no space of its own: it was not admitted by POST /admissions.";
const noSpace = problemResponse("The client has none.", { none: refusedProblem("spaceNotFound", NO_SPACE) });

const getSchema = {
  operationId: "getSpace",
  summary: "Look at your space",
  description: "Validation only. The insurer that is yours alone, as it is now.",
  tags: SPACE_TAGS,
  response: { 200: jsonAnswer("Your space.", referTo(SpaceSchema), example), 404: noSpace },
};

const TOO_OFTEN = "This account was reset too often in the last hours. Try again later.";
const OTHER = "Another request has just made a new space of this account.";

const resetSchema = {
  operationId: "resetSpace",
  summary: "Begin anew with another space",
  description:
    "Validation only. Your account gets a new insurer with a new portfolio, on the real business day; client, keys, certificate and " +
    "SFTP account stay, and act for the new insurer once this is answered. What runs in the old space ends there and is not seen " +
    "again; files that lie in `IN` for it are refused. Webhook subscriptions end with the old space.",
  tags: SPACE_TAGS,
  querystring: Type.Object({
    phase: Type.Unsafe<(typeof FIRST_PHASES)[number]>({
      ...oneOf(
        FIRST_PHASES,
        "`live`: the portfolio has a history and the next delta is number 1. `loading`: the initial load is open.",
      ),
      default: "live",
    }),
  }),
  response: {
    200: jsonAnswer("The new space.", referTo(SpaceSchema), example),
    404: noSpace,
    409: problemResponse("Not now.", { otherReset: refusedProblem("resetUnderWay", OTHER) }),
    429: problemResponse("Too often.", { tooOften: refusedProblem("tooManyResets", TOO_OFTEN) }),
  },
};

export function addSpaceRoutes(app: Api, provide: ProvideDependencies): void {
  app.get(SPACE_PATH, { schema: getSchema, config: { scope: SCOPES.consult } }, async (request) => {
    const space = await getSpaceOf(spacesOf(provide), request.caller!.clientId).catch(refuse);
    return await viewOwnSpace(provide, space);
  });

  app.post(`${SPACE_PATH}/reset`, { schema: resetSchema, config: { scope: SCOPES.simulate } }, async (request) => {
    const space = await resetSpace(spacesOf(provide), {
      ...{ clientId: request.caller!.clientId, phase: request.query.phase },
      alsoCommit: (tx) => recordWrite(request, tx, { status: 200 }),
    }).catch(refuse);
    // In this process at once; the others learn of it when what they remember is ten seconds old.
    provide().identity.directory.forget(space.clientId);
    return await viewOwnSpace(provide, space);
  });
}

function refuse(error: unknown): never {
  throw spaceProblem(error);
}

/** These routes are there where spaces are: in validation. */
export function spacesOf(provide: ProvideDependencies): NonNullable<HttpDependencies["spaces"]> {
  const { spaces } = provide();
  if (!spaces) throw new Problem("resourceNotFound", "There are no spaces in this environment.");
  return spaces;
}

export async function viewOwnSpace(provide: ProvideDependencies, space: AccountSpace): Promise<SpaceView> {
  const { intake } = provide();
  const counts = await countSpace(intake.database.asInsurer(space.insurerId));
  return viewSpace({ ...space, today: await intake.clock.todayOf(space.insurerId) }, counts);
}
