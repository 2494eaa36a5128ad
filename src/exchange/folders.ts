/** A file in IN or OUT. */
export interface ListedFile {
  readonly name: string;
  readonly size: number;
  readonly modifiedAt: Date;
}

/** One account's folders over one session, as the door hands them over. Every call has its own time-out and may throw. */
export interface Folders {
  /** No folders, no links. */
  list(folder: "IN" | "OUT"): Promise<readonly ListedFile[]>;
  /** From IN, to the end of the file. */
  read(name: string): AsyncIterable<Buffer>;
  /** A file that is not there: no error. */
  remove(folder: "IN" | "OUT", name: string): Promise<void>;
  /** Into OUT: temporary name, size verified, rename; overwrites what is there. */
  publish(name: string, content: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<void>;
}
