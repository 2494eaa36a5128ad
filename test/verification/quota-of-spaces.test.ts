import t from "tap";
import { clientIdOf } from "../http/admit-with-client.ts";
import { ALPHA, KNOWN_INAMI_NUMBER, openDoor, ROOT } from "../http/open-door.ts";
import { giveSpace } from "../spaces/numbers/give-space.ts";

t.test("a space that moves its day has no other quota for that", async (t) => {
  const door = await openDoor(t);
  const { owner, alphaId } = door;
  Object.assign(door.intake, { verificationQuota: { perDay: 5, perDayInAccess: 5 } });
  await giveSpace(owner, { insurerId: alphaId, clientId: clientIdOf(ALPHA), group: 123 });
  await owner`update insurer set phase = 'access'`;
  const verify = async (key: string, rows: number) => {
    const { text } = await door.alpha(`${ROOT}/inamiVerifications`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Idempotency-Key": key },
      body: JSON.stringify({ rows: Array.from({ length: rows }, () => ({ number: KNOWN_INAMI_NUMBER })) }),
    });
    return /verificationQuotaExceeded/.test(text) ? "exceeded" : "answered";
  };
  t.equal(await verify("REAL-DAY", 3), "answered");
  await owner`update space set business_days_ahead = 1`;
  t.equal(await verify("NEXT-DAY", 3), "exceeded");
  t.equal(await verify("NEXT-DAY-2", 2), "answered");
  await owner`update space set business_days_ahead = 2`;
  t.equal(await verify("THIRD-DAY", 1), "exceeded");
  await owner`update submission set received_at = received_at - interval '1 day'`;
  t.equal(await verify("FOURTH-DAY", 5), "answered", "when the real day is over, it begins anew");
});
