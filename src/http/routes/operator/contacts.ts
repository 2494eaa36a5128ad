import { Type } from "typebox";
import { putContact } from "../../../identity/insurer-registry.ts";
import { removeContactById } from "../../../operator/contacts.ts";
import { type ContactRow, listContacts } from "../../../operator/registry-queries.ts";
import type { Api } from "../../fastify-types.ts";
import type { ProvideDependencies } from "../../http-dependencies.ts";
import { problemResponse } from "../../problem-schema.ts";
import { Href, oneOf } from "../../schema-parts.ts";
import { FOR_OPERATORS, lookUp, OPERATOR_ROOT, OPERATOR_TAGS, perform } from "./operator-act.ts";
import { registryProblem } from "./operator-problems.ts";
import { createdAnswer, EnterpriseNumber, jsonAnswer, listOf, Name } from "./operator-schemas.ts";

const PATH = `${OPERATOR_ROOT}/insurers/:enterpriseNumber/contacts`;

const input = {
  email: Type.String({ minLength: 3, maxLength: 250, pattern: "^[^\\u0000]*$" }),
  name: Name,
  language: oneOf(["fr", "nl", "de"], "In which the institute writes."),
};
const Contact = Type.Object({ self: Href, ...input }, { title: "Contact" });
const ContactItem = Type.Object({ href: Href, ...input }, { title: "ContactItem" });

const NUMBER = "0403019261";
const EXAMPLE: ContactRow = {
  email: "exchange@alpha.example",
  name: "Exchange desk",
  language: "nl",
  contactId: "4b1f1a1dbf1a8ac33db7a4d2a4fd4a5d8f3f3a53b1f7ecda7a8f4a1b6d3e9c20",
};

const params = Type.Object({ enterpriseNumber: EnterpriseNumber });
const notFound = registryProblem("insurerNotFound", "No insurer 0403019261 was admitted.", "enterpriseNumber");

const listSchema = {
  operationId: "listContacts",
  summary: "List whom to write to at an insurer",
  description: "The people of the insurer who answer for its exchange.",
  tags: OPERATOR_TAGS,
  params,
  response: {
    200: jsonAnswer("All contacts.", listOf(ContactItem, "ContactCollection"), {
      one: { self: contactsPath(NUMBER), items: [viewItem(NUMBER, EXAMPLE)] },
    }),
    404: problemResponse("No such insurer was admitted.", { notFound }),
  },
};

const putSchema = {
  operationId: "putContact",
  summary: "Add a contact of an insurer",
  description: "Replaces the contact with the same address, if there is one.",
  tags: OPERATOR_TAGS,
  params,
  body: Type.Object(input, {
    examples: [{ email: "exchange@alpha.example", name: "Exchange desk", language: "nl" }],
  }),
  response: {
    201: createdAnswer("Kept.", Contact, { kept: viewContact(NUMBER, EXAMPLE) }),
    404: problemResponse("No such insurer was admitted.", { notFound }),
  },
};

const contactParams = Type.Object({
  enterpriseNumber: EnterpriseNumber,
  contactId: Type.String({ pattern: "^[0-9a-f]{64}$", description: "Stands for the address, which is in no URL." }),
});
const contactNotFound = registryProblem("contactNotFound", "The insurer has no such contact.", "contactId");
const nothing = problemResponse("There is no such insurer or contact.", {
  insurer: notFound,
  contact: contactNotFound,
});

const getSchema = {
  operationId: "getContact",
  summary: "Look at a contact of an insurer",
  description: "Name, address and language.",
  tags: OPERATOR_TAGS,
  params: contactParams,
  response: { 200: jsonAnswer("The contact.", Contact, { contact: viewContact(NUMBER, EXAMPLE) }), 404: nothing },
};

const removeSchema = {
  operationId: "removeContact",
  summary: "Remove a contact of an insurer",
  description: "Nobody writes to it any more.",
  tags: OPERATOR_TAGS,
  params: contactParams,
  response: { 204: { description: "Removed.", type: "null" }, 404: nothing },
};

export function addContactRoutes(app: Api, provide: ProvideDependencies): void {
  const list = (enterpriseNumber: string, request: Parameters<typeof lookUp>[0]) =>
    lookUp(request, provide, (institute) => listContacts(institute, enterpriseNumber));

  app.get(PATH, { schema: listSchema, config: FOR_OPERATORS }, async (request) => {
    const { enterpriseNumber } = request.params;
    const contacts = await list(enterpriseNumber, request);
    return { self: contactsPath(enterpriseNumber), items: contacts.map((one) => viewItem(enterpriseNumber, one)) };
  });

  app.post(PATH, { schema: putSchema, config: FOR_OPERATORS }, async (request, reply) => {
    const { enterpriseNumber } = request.params;
    const contact = { enterpriseNumber, ...request.body };
    await perform(request, reply, provide, { status: 201, act: (tx, actor) => putContact(tx, actor, contact) });
    const kept = (await list(enterpriseNumber, request)).find(({ email }) => email === contact.email.toLowerCase());
    const view = viewContact(enterpriseNumber, kept!);
    reply.header("Location", view.self);
    return view;
  });

  app.get(`${PATH}/:contactId`, { schema: getSchema, config: FOR_OPERATORS }, async (request) => {
    const { enterpriseNumber, contactId } = request.params;
    const contact = (await list(enterpriseNumber, request)).find((one) => one.contactId === contactId);
    if (!contact) throw contactNotFound;
    return viewContact(enterpriseNumber, contact);
  });

  app.delete(`${PATH}/:contactId`, { schema: removeSchema, config: FOR_OPERATORS }, async (request, reply) => {
    const contact = request.params;
    await perform(request, reply, provide, { status: 204, act: (tx, actor) => removeContactById(tx, actor, contact) });
    return reply.send();
  });
}

function contactsPath(enterpriseNumber: string): string {
  return `${OPERATOR_ROOT}/insurers/${encodeURIComponent(enterpriseNumber)}/contacts`;
}

function contactPath(enterpriseNumber: string, { contactId }: ContactRow): string {
  return `${contactsPath(enterpriseNumber)}/${contactId}`;
}

function viewContact(enterpriseNumber: string, contact: ContactRow) {
  const { email, name, language } = contact;
  return { self: contactPath(enterpriseNumber, contact), email, name, language };
}

function viewItem(enterpriseNumber: string, contact: ContactRow) {
  const { email, name, language } = contact;
  return { href: contactPath(enterpriseNumber, contact), email, name, language };
}
