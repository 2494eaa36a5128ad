import { readdirSync, readFileSync } from "node:fs";

const SAMPLE_INTERVAL_MS = 250;

export interface MemoryWatch {
  /** Sum of the peaks (VmHWM) of the process and of every descendant seen so far, in bytes. */
  peakBytes(): number;
  stop(): void;
}

/** Watches a process and its descendants, those that end meanwhile included. Linux only. */
export function watchMemory(pid: number): MemoryWatch {
  const peaks = new Map<number, number>();
  const sample = () => {
    for (const member of listProcessTree(pid)) {
      const peak = readPeakBytes(member);
      if (peak !== undefined) peaks.set(member, peak);
    }
  };
  const timer = setInterval(sample, SAMPLE_INTERVAL_MS);
  return {
    peakBytes() {
      sample();
      return [...peaks.values()].reduce((sum, peak) => sum + peak, 0);
    },
    stop: () => clearInterval(timer),
  };
}

/** The largest resident set a process had so far; undefined once it is gone. */
export function readPeakBytes(pid: number): number | undefined {
  const kibibytes = /^VmHWM:\s*(\d+) kB$/m.exec(readProc(`${pid}/status`))?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
}

function listProcessTree(pid: number): number[] {
  const children = readTasks(pid).flatMap((task) =>
    readProc(`${pid}/task/${task}/children`).split(" ").filter(Boolean).map(Number),
  );
  return [pid, ...children.flatMap(listProcessTree)];
}

function readTasks(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return []; // the process has ended
  }
}

function readProc(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, "utf8");
  } catch {
    return "";
  }
}
