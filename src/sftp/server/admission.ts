import type { SftpLimits } from "./sftp-limits.ts";

const MINUTE_MS = 60_000;

/** Whom the server lets in at all, before it knows who it is. */
export interface Admission {
  /** Counts the connection if it may come in; undefined if not. Call what is answered once, when it has gone. */
  admit(address: string): (() => void) | undefined;
  /** A connection from there tried a key in vain. */
  noteFailure(address: string): void;
}

export function createAdmission(limits: SftpLimits, now: () => number = Date.now): Admission {
  const open = new Map<string, number>();
  const failures = new Map<string, { count: number; since: number }>();
  let total = 0;
  const failuresOf = (address: string) => {
    const found = failures.get(address);
    if (found && now() - found.since < MINUTE_MS) return found.count;
    failures.delete(address);
    return 0;
  };
  return {
    admit(remote) {
      const address = blockOf(remote);
      const count = open.get(address) ?? 0;
      if (total >= limits.connections || count >= limits.connectionsPerAddress) return undefined;
      if (failuresOf(address) >= limits.failedLogins) return undefined;
      total += 1;
      open.set(address, count + 1);
      let isOpen = true;
      return () => {
        if (!isOpen) return;
        isOpen = false;
        total -= 1;
        const left = (open.get(address) ?? 1) - 1;
        if (left > 0) open.set(address, left);
        else open.delete(address);
      };
    },
    noteFailure(remote) {
      const address = blockOf(remote);
      const count = failuresOf(address);
      if (count > 0) failures.get(address)!.count = count + 1;
      else failures.set(address, { count: 1, since: now() });
      // Whoever has many addresses must not fill the memory: the oldest are forgotten.
      if (failures.size > 10_000) failures.delete(failures.keys().next().value!);
    },
  };
}

/** A household has a /64 of IPv6. */
function blockOf(address: string): string {
  if (!address.includes(":") || address.includes(".")) return address;
  const [head = "", tail] = address.split("::");
  const groups = head === "" ? [] : head.split(":");
  const rest = tail ? tail.split(":") : [];
  const full = tail === undefined ? groups : [...groups, ...Array(8 - groups.length - rest.length).fill("0"), ...rest];
  return full.slice(0, 4).join(":");
}
