import { type Static, type TOptional, Type } from "typebox";
import { TRANSFER_CONFLICTS, type TransferConflict } from "../../../contracts/transfer-contracts.ts";
import { CONTRACT_NUMBER_LENGTH } from "../../../formats/contract-file/contract-file-vocabulary.ts";
import { OperatorError } from "../../../operator/operator-change.ts";
import type { Act } from "../../../operator/perform-act.ts";
import { previewTransfer, transferPortfolio } from "../../../operator/transfer-portfolio.ts";
import { InamiNumber } from "../../contract-view.ts";
import type { Api } from "../../fastify-types.ts";
import type { ProvideDependencies } from "../../http-dependencies.ts";
import { problemResponse } from "../../problem-schema.ts";
import { Count, oneOf } from "../../schema-parts.ts";
import { FOR_OPERATORS, lookUp, noteNamed, OPERATOR_ROOT, OPERATOR_TAGS, performAll } from "./operator-act.ts";
import { actProblem } from "./operator-problems.ts";
import { Day, EnterpriseNumber, jsonAnswer } from "./operator-schemas.ts";

const PATH = `${OPERATOR_ROOT}/portfolioTransfers`;

const ListedContract = Type.Object(
  {
    contractNumber: Type.String({ minLength: 1, maxLength: CONTRACT_NUMBER_LENGTH, pattern: "^[^\\u0000]*$" }),
    inamiNumber: InamiNumber,
  },
  { title: "ListedContract" },
);
const Asked = Type.Object(
  {
    from: EnterpriseNumber,
    to: EnterpriseNumber,
    on: Day,
    contracts: Type.Optional(
      Type.Array(ListedContract, {
        minItems: 1,
        description:
          "Only these, under any INAMI number that was replaced by theirs or replaced it. Absent: all that are not over by then. " +
          "Long lists go by the command.",
      }),
    ),
    reason: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        pattern: "^[^\\u0000]*$",
        description: "Kept with every version. Absent: `transferred`.",
      }),
    ),
    skipConflicts: Type.Optional(Type.Boolean({ description: "Leave contracts where they are that cannot move." })),
  },
  { examples: [{ from: "0403019261", to: "0428759497", on: "2026-11-01" }] },
);

const counts = Object.fromEntries(TRANSFER_CONFLICTS.map((conflict) => [conflict, Type.Optional(Count)])) as {
  [conflict in TransferConflict]: TOptional<typeof Count>;
};
const Preview = Type.Object(
  {
    contracts: Type.Integer({ description: "Contracts that would move." }),
    conflicts: Type.Object(counts, { title: "TransferConflicts", description: "Contracts that cannot, by why." }),
    inConflict: Type.Array(
      Type.Object(
        { contractNumber: Type.String(), inamiRoot: Type.String(), conflict: oneOf(TRANSFER_CONFLICTS) },
        { title: "ContractInConflict" },
      ),
      { description: "The first hundred of them." },
    ),
    waitingSubmissions: Type.Integer({ description: "Files of the sender that are not processed yet." }),
  },
  { title: "PortfolioTransferPreview" },
);
const Done = Type.Object(
  {
    transferId: Type.String({ format: "uuid", description: "Versions of the contracts name it." }),
    contracts: Type.Integer({ description: "How many were handed over." }),
    left: Type.Integer({ description: "How many were left where they are." }),
  },
  { title: "PortfolioTransfer" },
);

const EXAMPLE_PREVIEW: Static<typeof Preview> = {
  contracts: 9_459,
  conflicts: { heldByReceiver: 1 },
  inConflict: [{ contractNumber: "PLCI-2019-000123", inamiRoot: "12345625", conflict: "heldByReceiver" }],
  waitingSubmissions: 0,
};
const EXAMPLE_DONE = { transferId: "019aa9d2-5f4e-7cc1-9b3a-2f1c5f0e7a10", contracts: 9_459, left: 1 };

const refusals = {
  400: problemResponse("An insurer that there is not, or a day that is none.", {
    insurer: actProblem(new OperatorError("receiverNotFound", 'No insurer 0428759497, named as "to", was admitted.')),
  }),
  409: problemResponse("It cannot be done now; nothing was moved.", {
    conflict: actProblem(
      new OperatorError(
        "transferInConflict",
        "Contracts are in the way: 1 heldByReceiver. Look at the preview; nothing was moved.",
      ),
    ),
  }),
};

const previewSchema = {
  operationId: "previewPortfolioTransfer",
  summary: "Tell what handing contracts over to another insurer would do",
  description: "Changes nothing. Merges of both insurers wait for it.",
  tags: OPERATOR_TAGS,
  body: Asked,
  response: {
    200: jsonAnswer("What would move, and what cannot.", Preview, { preview: EXAMPLE_PREVIEW }),
    ...refusals,
  },
};
const transferSchema = {
  operationId: "transferPortfolio",
  summary: "Hand contracts over from one insurer to another",
  description:
    "From the day on the receiver has them, with what holds then; with the sender they end on the day before. All that was " +
    "asked for, or nothing. Not before its day. Both find `contractsTransferred` in their feeds.",
  tags: OPERATOR_TAGS,
  body: Asked,
  response: { 200: jsonAnswer("Done.", Done, { done: EXAMPLE_DONE }), ...refusals },
};

export function addPortfolioTransferRoutes(app: Api, provide: ProvideDependencies): void {
  app.post(`${PATH}/preview`, { schema: previewSchema, config: { ...FOR_OPERATORS, reads: true } }, async (request) => {
    const asked = readAsked(request.body);
    const { inConflict, ...preview } = await lookUp(request, provide, (institute) => previewTransfer(institute, asked));
    await noteNamed(request, provide, { inamiNumbers: inConflict.map(({ inamiRoot }) => inamiRoot) });
    return { ...preview, inConflict: [...inConflict] };
  });

  app.post(PATH, { schema: transferSchema, config: FOR_OPERATORS }, async (request, reply) => {
    const asked = readAsked(request.body);
    const today = provide().intake.clock.today();
    const [change] = await performAll(request, reply, provide, {
      status: 200,
      acts: (tx: Parameters<Act>[0], actor) => transferPortfolio(tx, actor, asked, today),
    });
    const { transferId, contracts, left } = change.details as Static<typeof Done>;
    return { transferId, contracts, left };
  });
}

function readAsked({ contracts, ...asked }: Static<typeof Asked>) {
  const listed = contracts?.map(({ contractNumber, inamiNumber }) => ({
    contractNumber,
    inamiRoot: inamiNumber.slice(0, 8),
  }));
  return { ...asked, contracts: listed };
}
