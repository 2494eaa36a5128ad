const COLLECTED_BYTES = 1024 * 1024;

/**
 * Answers a function to be told how many bytes of a file went by so far. Files pass through buffers outside the heap of V8,
 * which does not count them for what makes it collect: tens of megabytes of them would wait. So they are collected now and
 * then, in a millisecond, where Node has the flag `--expose-gc`, as `npm start` gives it.
 */
export function createBufferCollector(): (totalBytes: number) => void {
  let collectAt = COLLECTED_BYTES;
  return (totalBytes) => {
    if (totalBytes < collectAt) return;
    collectAt = totalBytes + COLLECTED_BYTES;
    globalThis.gc?.({ type: "minor" });
  };
}
