import { Type } from "typebox";
import { type AccountRow, getAccount, putAccount } from "../../../exchange/account-registry.ts";
import { LANGUAGES } from "../../../findings/language.ts";
import { refuseOperatorClient } from "../../../operator/client-setup.ts";
import type { Act } from "../../../operator/perform-act.ts";
import { getClient } from "../../../operator/registry-queries.ts";
import type { Api } from "../../fastify-types.ts";
import type { ProvideDependencies } from "../../http-dependencies.ts";
import { problemResponse } from "../../problem-schema.ts";
import { Href, Instant, oneOf } from "../../schema-parts.ts";
import { ClientParams, clientNotFound, clientPath, clientRevoked, operatorRefused } from "./clients.ts";
import { FOR_OPERATORS, lookUp, OPERATOR_ROOT, OPERATOR_TAGS, perform } from "./operator-act.ts";
import { registryProblem } from "./operator-problems.ts";
import { jsonAnswer } from "./operator-schemas.ts";

const settings = {
  accountName: Type.String({
    maxLength: 100,
    description: "1 to 32 lower-case letters, digits and hyphens: the user and the folder. It cannot be changed.",
  }),
  signatureRequired: Type.Boolean({ description: "Whether each file needs a signature (FS)." }),
  language: oneOf(LANGUAGES, "Of the texts in its reports."),
};
const Account = Type.Object({ self: Href, ...settings, openedAt: Instant }, { title: "SftpAccount" });
const EXAMPLE_SETTINGS = { accountName: "alpha", signatureRequired: false, language: "nl" } as const;
const EXAMPLE = view({ ...EXAMPLE_SETTINGS, clientId: "alpha-1", openedAt: new Date("2026-11-22T09:00:00.000Z") });
const Body = Type.Object(settings, { examples: [EXAMPLE_SETTINGS] });

const noAccount = registryProblem("accountNotFound", "Client alpha-1 has no SFTP account.", "clientId");
export const accountNotFound = problemResponse("There is no such client, or it has no account.", {
  client: clientNotFound,
  account: noAccount,
});

const get = {
  operationId: "getSftpAccount",
  summary: "Look at the SFTP account of a client",
  description: "A client has at most one; its SSH keys open it.",
  tags: OPERATOR_TAGS,
  params: ClientParams,
  response: { 200: jsonAnswer("As it is now.", Account, { one: EXAMPLE }), 404: accountNotFound },
};

const put = {
  operationId: "putSftpAccount",
  summary: "Open the SFTP account of a client, or change what is agreed about it",
  description: "What changes holds from the next file on.",
  tags: OPERATOR_TAGS,
  params: ClientParams,
  body: Body,
  response: {
    200: jsonAnswer("As it is now.", Account, { one: EXAMPLE }),
    400: problemResponse("The name cannot be one.", {
      invalid: registryProblem(
        "invalidAccountName",
        "An account's name has 1 to 32 lower-case letters, digits and hyphens.",
      ),
    }),
    403: problemResponse("It is a client of operators.", { operator: operatorRefused }),
    404: problemResponse("There is no such client.", { notFound: clientNotFound }),
    409: problemResponse("The client has an account of another name, the name is taken, or the client was revoked.", {
      exists: registryProblem("accountExists", "Client alpha-1 has another account, or the name is another client's."),
      revoked: clientRevoked,
    }),
  },
};

export function addSftpAccountRoutes(app: Api, provide: ProvideDependencies): void {
  const path = `${OPERATOR_ROOT}/clients/:clientId/sftpAccount`;
  const find = async (request: Parameters<typeof lookUp>[0], clientId: string) =>
    await lookUp(request, provide, async (institute) => {
      await getClient(institute, clientId);
      return view(await getAccount(institute, clientId));
    });

  app.get(path, { schema: get, config: FOR_OPERATORS }, async (request) => {
    return await find(request, request.params.clientId);
  });

  app.put(path, { schema: put, config: FOR_OPERATORS }, async (request, reply) => {
    const { clientId } = request.params;
    const act: Act = async (tx, actor) => {
      const change = await putAccount(tx, actor, { clientId, ...request.body });
      await refuseOperatorClient(tx, clientId);
      return change;
    };
    await perform(request, reply, provide, { status: 200, act });
    return await find(request, clientId);
  });
}

function view({ clientId, accountName, signatureRequired, language, openedAt }: AccountRow) {
  const self = `${clientPath(clientId)}/sftpAccount`;
  return { self, accountName, signatureRequired, language, openedAt: openedAt.toISOString() };
}
