/** The database of this machine cannot be started; the message says why and what to do, in words for its operator. */
export class EmbeddedDatabaseError extends Error {
  override readonly name = "EmbeddedDatabaseError";
}
