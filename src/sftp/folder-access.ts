import type { DropFolders, SftpFault } from "../exchange/drop-folders.ts";

/** How the gateway gets at accounts' folders: over sessions to a server, or on its own disk. */
export interface FolderAccess {
  /** The folders of one account for one round. Throws `SftpFault`. */
  take(accountName: string): Promise<TakenFolders>;
  /** Has the listener told whose files are to be taken up now; absent where nobody knows before looking. */
  onArrival?(listener: (accountName: string) => void): void;
  close(): Promise<void>;
}

export interface TakenFolders {
  readonly folders: DropFolders;
  /** Whatever is under way, and every call from now on, fails with it. */
  breakOff(fault: SftpFault): void;
  giveBack(): void;
}
