import { setTimeout as sleep } from "node:timers/promises";
import { isLossOfConnection } from "./database-trouble.ts";
import type { Sql, TransactionSql } from "./sql.ts";

/** Longest time between a failed statement and the driver's word that the connection is gone. */
const LOSS_NOTICE_MS = 1_000;

/**
 * `begin` of postgres.js, made safe against the loss of the connection. The driver then rejects at once, but lets
 * `work` go on: its next statement, or the driver's own ROLLBACK or COMMIT behind it, would end the process, or join
 * and even commit whatever transaction the connection carries by then. Here nothing follows a loss: statements throw,
 * and the end of `work` is not heard. Nor does anything follow the end of `work`: what it began together with something
 * that failed sends no further statement. Throws what `work` throws, or the driver's error.
 */
export async function runTransaction<T>(sql: Sql, work: (tx: TransactionSql) => Promise<T>): Promise<T> {
  let isOver = false;
  let isEnded = false;
  const over = Promise.withResolvers<void>();
  const guarded = (tx: TransactionSql) =>
    new Promise<T>((resolve, reject) => {
      work(refuseWhen(() => isOver || isEnded, tx)).then(
        (value) => {
          isEnded = true;
          if (!isOver) resolve(value);
        },
        async (error: unknown) => {
          isEnded = true;
          // The driver fails the statement first and tells of its connection a moment later.
          if (isLossOfConnection(error))
            await Promise.race([over.promise, sleep(LOSS_NOTICE_MS, undefined, { ref: false })]);
          if (!isOver) reject(error);
        },
      );
    });
  try {
    return (await sql.begin(guarded)) as T;
  } finally {
    isOver = true;
    over.resolve();
  }
}

function refuseWhen(isOver: () => boolean, tx: TransactionSql): TransactionSql {
  const check = () => {
    if (isOver()) throw new Error("the transaction is over: it has ended, or its connection was lost");
  };
  return new Proxy(tx, {
    apply(target, self, values) {
      check();
      return Reflect.apply(target, self, values);
    },
    get(target, name) {
      check();
      return Reflect.get(target, name);
    },
  });
}
