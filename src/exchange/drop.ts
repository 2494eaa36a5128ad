/** A file as a listing shows it. */
export interface SeenFile {
  readonly name: string;
  readonly size: number;
  /** Milliseconds since 1970 on the clock of the server; whole seconds there. */
  readonly modifiedAt: number;
}

/**
 * `waiting`: seen, not decided. `settled`: its outcome is committed, its files have yet to leave IN.
 * `quarantined`: it could not be taken again and again; an operator hands it to the next round.
 */
export const DROP_STATES = ["waiting", "settled", "quarantined"] as const;
export type DropState = (typeof DROP_STATES)[number];

/** What is kept of a name in IN between two rounds. */
export interface KnownDrop {
  readonly name: string;
  readonly state: DropState;
  readonly seen: readonly SeenFile[];
  /** Instants on our own clock, milliseconds since 1970. */
  readonly firstSeenAt: number;
  readonly changedAt: number;
  /** Of the FI file that was taken. */
  readonly sha256?: Buffer;
  readonly attempts: number;
  readonly retryAt?: number;
}
