import fc from "fast-check";
import { PROVIDERS } from "../flows/test-register.ts";
import { DAYS, type DrawnRecord } from "./contract-model.ts";

/** Of the provider whose contracts they are. */
export const KEY_ROOT = PROVIDERS.current.inamiNumber.slice(0, 8);
/** Days that records name. */
export const MIDDLE = DAYS.slice(1, -1);

const someDay = fc.constantFrom(...MIDDLE);
const someKey = fc.record({
  contractNumber: fc.constantFrom("A", "A", "B"),
  inamiNumber: fc.constantFrom(KEY_ROOT, `${KEY_ROOT}001`, `${KEY_ROOT}003`),
});
export const someContent = fc.record({
  contractKind: fc.constantFrom("socialPlci", "combined"),
  solidarity: fc.constantFrom("true", "false"),
});
const someEnd = fc.record({ endOn: someDay, reason: fc.constantFrom("terminated", "death") });
const why = fc.constant({ reason: "by mistake" });

const draw = (action: DrawnRecord["action"], ...parts: fc.Arbitrary<Record<string, string>>[]) =>
  fc
    .tuple(someKey, ...parts)
    .map((drawn) => ({ action, fields: Object.assign({}, ...drawn) as DrawnRecord["fields"] }));

/** Any record, sound or refused, about one of few contracts, so that records meet. */
export const someRecord: fc.Arbitrary<DrawnRecord> = fc.oneof(
  {
    weight: 3,
    arbitrary: draw(
      "new",
      someContent,
      fc.constantFrom(...MIDDLE.slice(0, 2)).map((startOn) => ({ startOn })),
    ),
  },
  { weight: 1, arbitrary: draw("new", someContent, someEnd, fc.constant({ startOn: MIDDLE[0]! })) },
  {
    weight: 6,
    arbitrary: draw(
      "modify",
      someContent,
      someDay.map((effectiveOn) => ({ effectiveOn })),
    ),
  },
  { weight: 3, arbitrary: draw("close", someEnd) },
  { weight: 2, arbitrary: draw("reopen", why) },
  { weight: 1, arbitrary: draw("cancel", why) },
);

/** Whether the form of the record is sound: whatever it is about. */
export const isSound = ({ action, fields }: DrawnRecord) =>
  action !== "new" || (fields.endOn ?? "9") >= fields.startOn!;
