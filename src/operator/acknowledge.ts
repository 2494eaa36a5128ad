import type { Sql, TransactionSql } from "../database/sql.ts";
import type { Actor } from "../identity/registry-error.ts";
import { type Alarm, acknowledgeAlarm, findAlarm } from "../operations/alarms.ts";
import { type OperatorChange, OperatorError } from "./operator-change.ts";
import { nameActor } from "./perform-act.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Throws OperatorError when there is no such alarm. */
export async function getAlarm(sql: Sql, alarmId: string): Promise<Alarm> {
  const alarm = UUID.test(alarmId) ? await findAlarm(sql, alarmId) : undefined;
  if (!alarm) throw alarmNotFound();
  return alarm;
}

/** Records that the operator saw an alarm; of one that somebody saw before, nothing changes. */
export async function acknowledge(
  tx: TransactionSql,
  actor: Actor,
  { alarmId }: { alarmId: string },
): Promise<OperatorChange> {
  const alarm = UUID.test(alarmId) ? await acknowledgeAlarm(tx, alarmId, nameActor(actor)) : undefined;
  if (!alarm) throw alarmNotFound();
  const { code, insurerId } = alarm;
  const details = { alarmId: alarm.alarmId, code };
  return { act: "alarmAcknowledged", actor, details, ...(insurerId !== undefined && { insurerId }) };
}

function alarmNotFound(): OperatorError {
  return new OperatorError("alarmNotFound", "There is no alarm with that id.");
}
