import { SingleBar } from "cli-progress";

/** On a terminal's standard error; elsewhere nothing. `total` and `done` in bytes. */
export function createProgressBar(total: number) {
  const bar = new SingleBar({ format: "{phase} [{bar}] {percentage} %", clearOnComplete: true, hideCursor: true });
  let isShown = false;
  return {
    show({ phase, done = 0 }: { readonly phase: string; readonly done?: number }) {
      if (!isShown) bar.start(Math.max(total, 1), 0, { phase });
      isShown = true;
      bar.update(Math.min(done, total), { phase });
    },
    clear() {
      if (isShown) bar.stop();
      isShown = false;
    },
  };
}
