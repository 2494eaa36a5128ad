import t from "tap";
import { createApi } from "../../src/http/api.ts";
import { DOCUMENTATION_PATHS } from "../../src/http/routes/documentation.ts";
import { AUTHORIZATION_PATHS } from "../../src/identity/authorization-server.ts";
import { SCOPES } from "../../src/identity/scopes.ts";
import { listOperationNames, type OpenapiDocument, readDocument } from "./api-operations.ts";
import { BETA, openDoor, ROOT } from "./open-door.ts";
import { findUncovered, HIDDEN_ROUTES, TENANT_ROUTES } from "./route-cover.ts";
import { furnish, walkRoutes } from "./walk-routes.ts";

// Six doors, and every route of each: on a machine with other work it takes minutes.
t.test("every route gives the owner its data, and anybody else what an id that never existed gives", async (t) => {
  const door = await openDoor(t);
  const ids = await furnish(t, door);
  t.same(await walkRoutes(t, door, ids), []);
  const { json } = await door.alpha(`${ROOT}/submissions/${ids.waiting}`);
  t.equal(json.state, "cancelled", "by its owner, not by who tried before");
});

t.test("a route without cover is found", async (t) => {
  t.same(findUncovered(listOperationNames(readDocument())), []);
  t.same(HIDDEN_ROUTES, [...Object.values(AUTHORIZATION_PATHS), ...DOCUMENTATION_PATHS]);

  const app = await createApi(() => {
    throw new Error("no request is answered here");
  });
  t.teardown(() => app.close());
  app.get(`${ROOT}/planted/:plantedId`, { config: { scope: SCOPES.consult } }, async () => "planted");
  t.throws(
    () =>
      app.get(`${ROOT}/hidden`, { schema: { hide: true }, config: { scope: SCOPES.consult } }, async () => "planted"),
    /must be in the OpenAPI document/,
    "nor can it be hidden from the document",
  );
  await app.ready();
  const document = app.swagger() as unknown as OpenapiDocument;
  t.same(findUncovered(listOperationNames(document)), ["GET /planted/{plantedId}: no cover"]);
});

t.test("a policy that was dropped is found by the walk", async (t) => {
  for (const table of ["submission", "record_result", "social_advantage", "notice", "event"]) {
    const door = await openDoor(t);
    const ids = await furnish(t, door);
    await door.owner`drop policy own_rows on ${door.owner(table)}`;
    const faults = await walkRoutes(t, door, ids);
    t.ok(
      faults.some((fault) => fault.includes(": the owner ")),
      `${table}: ${faults.length} faults`,
    );
  }
});

t.test("a route that gives away another insurer's data is found, whichever it is", async (t) => {
  const door = await openDoor(t);
  const ids = await furnish(t, door);
  // As if each of them forgot whose client calls.
  await door.owner`
    update client_grant set insurer_id = ${door.alphaId}
    where insurer_id = (select insurer_id from insurer where enterprise_number = ${BETA})`;
  const faults = await walkRoutes(t, door, ids);
  for (const name of Object.keys(TENANT_ROUTES)) {
    t.ok(
      faults.some((fault) => fault.startsWith(name) && fault.includes(": another insurer ")),
      name,
    );
  }
});
