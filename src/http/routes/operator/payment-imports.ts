import { createHash } from "node:crypto";
import { Type } from "typebox";
import type { Act } from "../../../operator/perform-act.ts";
import type { BookingRow } from "../../../payments/booking.ts";
import { importPayments, type PaymentsImport } from "../../../payments/import-payments.ts";
import { BOOKING_FINDINGS } from "../../../payments/match-booking.ts";
import type { Api } from "../../fastify-types.ts";
import type { ProvideDependencies } from "../../http-dependencies.ts";
import { Count, oneOf } from "../../schema-parts.ts";
import { FOR_OPERATORS, OPERATOR_ROOT, OPERATOR_TAGS, perform } from "./operator-act.ts";
import { Day, jsonAnswer } from "./operator-schemas.ts";

const MAXIMUM_ROWS = 400;

const Booking = Type.Object(
  {
    reference: Type.String({ maxLength: 35, pattern: "^[^\\u0000]*$", description: "As in the payment list." }),
    line: Type.Optional(Type.Integer({ minimum: 1, maximum: 999_999_999, description: "Absent: the whole transfer." })),
    outcome: oneOf(["executed", "returned"]),
    amountCents: Type.Integer({ minimum: -99_999_999_999_999, maximum: 99_999_999_999_999 }),
    bookedOn: Day,
    reason: Type.Optional(Type.String({ maxLength: 200, pattern: "^[^\\u0000]*$" })),
  },
  { title: "Booking" },
);

const schema = {
  operationId: "importPayments",
  summary: "Book what was executed and what came back",
  description:
    "A row that cannot be booked is a finding, by its place in the rows from 1, and the others are booked. The same rows again change " +
    "nothing. Longer files are for the command line.",
  tags: OPERATOR_TAGS,
  body: Type.Object(
    { rows: Type.Array(Booking, { minItems: 1, maxItems: MAXIMUM_ROWS }) },
    {
      examples: [
        { rows: [{ reference: "900000000187", outcome: "executed", amountCents: 300_012, bookedOn: "2026-10-05" }] },
      ],
    },
  ),
  response: {
    200: jsonAnswer(
      "Booked.",
      Type.Object(
        {
          importId: Type.String({ format: "uuid" }),
          ...{ applied: Count, unchanged: Count },
          findings: Type.Array(
            Type.Object(
              { row: Type.Integer({ minimum: 1 }), code: oneOf(BOOKING_FINDINGS) },
              { title: "BookingFinding" },
            ),
          ),
        },
        { title: "PaymentImport" },
      ),
      {
        booked: {
          ...{ importId: "019aa9d2-5f4e-7cc1-9b3a-2f1c5f0e7d02", applied: 1, unchanged: 0 },
          findings: [{ row: 2, code: "paymentUnknown" }],
        },
      },
    ),
  },
};

export function addPaymentImportRoute(app: Api, provide: ProvideDependencies): void {
  app.post(`${OPERATOR_ROOT}/paymentImports`, { schema, config: FOR_OPERATORS }, async (request, reply) => {
    const rows = request.body.rows.map(
      ({ reference, line, outcome, amountCents, bookedOn, reason = "" }, index): BookingRow => ({
        ...{ line: index + 1, reference, outcome, bookedOn, reason },
        lineNumber: line === undefined ? "" : String(line),
        amountCents: String(amountCents),
      }),
    );
    const sha256 = createHash("sha256").update(JSON.stringify(rows)).digest("hex");
    const today = provide().intake.clock.today();
    const act: Act<PaymentsImport> = (tx, actor) => importPayments(tx, actor, { rows, sha256, today });
    const { importId, applied, unchanged, findings } = await perform(request, reply, provide, { status: 200, act });
    return { importId, applied, unchanged, findings: findings.map(({ line, code }) => ({ row: line, code })) };
  });
}
