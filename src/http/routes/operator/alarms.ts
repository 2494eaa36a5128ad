import { Type } from "typebox";
import { type Alarm, listAlarms } from "../../../operations/alarms.ts";
import { acknowledge, getAlarm } from "../../../operator/acknowledge.ts";
import { OperatorError } from "../../../operator/operator-change.ts";
import type { Act } from "../../../operator/perform-act.ts";
import type { Api } from "../../fastify-types.ts";
import type { ProvideDependencies } from "../../http-dependencies.ts";
import { problemResponse } from "../../problem-schema.ts";
import { Href, Instant } from "../../schema-parts.ts";
import { FOR_OPERATORS, lookUp, OPERATOR_ROOT, OPERATOR_TAGS, perform } from "./operator-act.ts";
import { answerPage } from "./operator-list.ts";
import { actProblem } from "./operator-problems.ts";
import { jsonAnswer, PageSize, pageOf, UUID_PATTERN } from "./operator-schemas.ts";

const PATH = `${OPERATOR_ROOT}/alarms`;

const fields = {
  alarmId: Type.String({ format: "uuid" }),
  code: Type.String({ description: "What to do about each is told in docs/operations.md." }),
  insurerId: Type.Optional(Type.Integer({ description: "Our number of the insurer concerned, as in the log." })),
  details: Type.Object({}, { additionalProperties: true, description: "Ids that tell one trouble from another." }),
  raisedAt: Instant,
  lastRaisedAt: Type.String({ format: "date-time", description: "Later, when the trouble lasted or came back." }),
  acknowledgedAt: Type.Optional(Instant),
  acknowledgedBy: Type.Optional(Type.String({ description: "The operator who saw it first." })),
};
const AlarmOne = Type.Object({ self: Href, ...fields }, { title: "Alarm" });
const AlarmItem = Type.Object({ href: Href, ...fields }, { title: "AlarmItem" });

const EXAMPLE: Alarm = {
  alarmId: "019aa9d2-5f4e-7cc1-9b3a-2f1c5f0e7b22",
  code: "certificateExpires",
  insurerId: 1,
  details: { clientId: "alpha-1", daysBefore: 30 },
  raisedAt: new Date("2026-11-22T09:00:00.000Z"),
  lastRaisedAt: new Date("2026-11-22T09:00:00.000Z"),
};

const params = Type.Object({ alarmId: Type.String({ format: "uuid", description: "As in the list." }) });
const notFound = problemResponse("There is no such alarm.", {
  notFound: actProblem(new OperatorError("alarmNotFound", "There is no alarm with that id."), ["alarmId"]),
});

const query = Type.Object({
  open: Type.Optional(Type.Boolean({ description: "Only those that nobody acknowledged, or only the others." })),
  afterAlarm: Type.Optional(Type.String({ pattern: UUID_PATTERN, description: "The last alarm of the page before." })),
  pageSize: PageSize,
});

const listSchema = {
  operationId: "listAlarms",
  summary: "List the alarms, newest first",
  description: "What operators must see. Follow `next` until it is absent.",
  tags: OPERATOR_TAGS,
  querystring: query,
  response: {
    200: jsonAnswer("One page.", pageOf(AlarmItem, "AlarmCollection"), {
      page: { self: `${PATH}?open=true&pageSize=20`, items: [viewItem(EXAMPLE)], pageSize: 20 },
    }),
  },
};

const getSchema = {
  operationId: "getAlarm",
  summary: "Look at an alarm",
  description: "What went wrong, when, and who saw it.",
  tags: OPERATOR_TAGS,
  params,
  response: { 200: jsonAnswer("The alarm.", AlarmOne, { alarm: viewAlarm(EXAMPLE) }), 404: notFound },
};

const acknowledgeSchema = {
  operationId: "acknowledgeAlarm",
  summary: "Say that an alarm was seen",
  description: "It stays the first one's who said so; saying it again changes nothing.",
  tags: OPERATOR_TAGS,
  params,
  response: {
    200: jsonAnswer("Seen.", AlarmOne, {
      seen: viewAlarm({ ...EXAMPLE, acknowledgedAt: new Date("2026-11-22T09:05:00.000Z"), acknowledgedBy: "desk-1" }),
    }),
    404: notFound,
  },
};

export function addAlarmRoutes(app: Api, provide: ProvideDependencies): void {
  const view = async (request: Parameters<typeof lookUp>[0], alarmId: string) =>
    viewAlarm(await lookUp(request, provide, (institute) => getAlarm(institute, alarmId)));

  app.get(PATH, { schema: listSchema, config: FOR_OPERATORS }, (request) => {
    const { open, afterAlarm } = request.query;
    const sought = { ...(open !== undefined && { open }), ...(afterAlarm !== undefined && { before: afterAlarm }) };
    return answerPage({
      ...{ path: PATH, query: request.query, cursor: "afterAlarm", view: viewItem },
      list: (limit) => lookUp(request, provide, (institute) => listAlarms(institute, { ...sought, limit })),
      idOf: ({ alarmId }) => alarmId,
    });
  });

  app.get(`${PATH}/:alarmId`, { schema: getSchema, config: FOR_OPERATORS }, async (request) => {
    return await view(request, request.params.alarmId);
  });

  app.post(
    `${PATH}/:alarmId/acknowledge`,
    { schema: acknowledgeSchema, config: FOR_OPERATORS },
    async (request, reply) => {
      const { alarmId } = request.params;
      const act: Act = (tx, actor) => acknowledge(tx, actor, { alarmId });
      await perform(request, reply, provide, { status: 200, act });
      return await view(request, alarmId);
    },
  );
}

function viewAlarm(alarm: Alarm) {
  return { self: `${PATH}/${alarm.alarmId}`, ...viewFields(alarm) };
}

function viewItem(alarm: Alarm) {
  return { href: `${PATH}/${alarm.alarmId}`, ...viewFields(alarm) };
}

function viewFields({ details, raisedAt, lastRaisedAt, acknowledgedAt, ...alarm }: Alarm) {
  return {
    ...alarm,
    details: { ...details },
    raisedAt: raisedAt.toISOString(),
    lastRaisedAt: lastRaisedAt.toISOString(),
    ...(acknowledgedAt && { acknowledgedAt: acknowledgedAt.toISOString() }),
  };
}
