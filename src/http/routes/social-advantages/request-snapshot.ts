import { Type } from "typebox";
import { listAccounts } from "../../../exchange/account-registry.ts";
import { requestSnapshot } from "../../../exchange/status-files.ts";
import { getPhase } from "../../../identity/insurer-phase.ts";
import { SCOPES } from "../../../identity/scopes.ts";
import { recordWrite } from "../../audit-answers.ts";
import { getInsurer, getTenant } from "../../authorize.ts";
import { Day } from "../../contract-view.ts";
import type { Api } from "../../fastify-types.ts";
import type { ProvideDependencies } from "../../http-dependencies.ts";
import { problemResponse } from "../../problem-schema.ts";
import { Problem } from "../../problems.ts";
import { SOCIAL_ADVANTAGES_PATH } from "../../social-advantage-view.ts";

const Requested = Type.Object(
  { accountName: Type.String({ description: "In whose OUT it will lie." }), day: Day },
  { title: "StatusSnapshotRequest" },
);

const schema = {
  operationId: "requestStatusSnapshot",
  summary: "Have the status of all clients written to your SFTP account",
  description:
    "A file `FO.STAT` with everything, in the folder OUT of the calling client's SFTP account, within a minute. Asked again on the " +
    "same day: the same file once more. Over REST, `listSocialAdvantages` gives the same.",
  tags: ["Social advantages"],
  response: {
    202: {
      description: "It will be written.",
      content: {
        "application/json": {
          schema: Requested,
          examples: { one: { value: { accountName: "alpha", day: "2026-11-22" } } },
        },
      },
    },
    409: problemResponse("The client has no SFTP account, or the insurer is not live yet.", {
      noAccount: noAccount(),
      notLive: notLive(),
    }),
  },
};

export function addSnapshotRequestRoute(app: Api, provide: ProvideDependencies): void {
  const config = { scope: SCOPES.consultAdvantages };
  app.post(`${SOCIAL_ADVANTAGES_PATH}/snapshot`, { schema, config }, async (request, reply) => {
    const { database, clock } = provide().intake;
    const { insurerId } = getInsurer(request);
    const [account] = await listAccounts(database.plain, request.caller!.clientId);
    if (!account) throw noAccount();
    const { accountName } = account;
    const day = await clock.todayOf(insurerId);
    await getTenant(request, provide).run(async (tx) => {
      if ((await getPhase(tx, insurerId)) !== "live") throw notLive();
      await requestSnapshot(tx, { insurerId, accountName, day });
      await recordWrite(request, tx, { status: 202 });
    });
    return reply.code(202).send({ accountName, day });
  });
}

function noAccount(): Problem {
  return new Problem(
    "conflict",
    "This client has no SFTP account to write the file to. Page through the list instead.",
  );
}

function notLive(): Problem {
  return new Problem("notLive", "The file can be asked for once the initial load has ended and the insurer is live.");
}
