/** What the command line is told of the machine it runs on. */
export interface Surroundings {
  /** Throws CommandRefused with what is wrong with the settings. */
  readSettings(): OperatorSettings;
  /** The account of the operating system that runs the command. */
  readonly account: string;
  /** Today in Brussels, `yyyy-mm-dd`. */
  readonly today: string;
  /** All of standard input. */
  readInput(): Promise<string>;
  /** Results, to standard output. */
  write(text: string): void;
  /** Everything else, to standard error. */
  say(text: string): void;
}

export interface OperatorSettings {
  readonly environment: "validation" | "production";
  /** Absent: the embedded database. Holds a password. */
  readonly databaseUrl?: string;
  readonly databaseFolder: string;
  /** Every key that ever signed seals, or its public part. */
  readonly signingKeysFolder: string;
  /** Secret of the persons' hashes in the audit trail. */
  readonly auditKeyFile: string;
  readonly readiness: { readonly errorPercent: number; readonly keySetFile?: string };
}

/** The command was understood and cannot be done; the message is a sentence for whoever typed it. */
export class CommandRefused extends Error {
  override readonly name = "CommandRefused";
}

/** The command cannot be understood as typed. */
export class CommandMistake extends Error {
  override readonly name = "CommandMistake";
}

/** The command did what it does and ends with a status of its own; everything was said. */
export class CommandEnded extends Error {
  override readonly name = "CommandEnded";
  readonly status: number;

  constructor(status: number) {
    super(`ends with ${status}`);
    this.status = status;
  }
}
