import type { SealedLink } from "./stored-chain.ts";

/** Places in their order, to be taken seal by seal. */
export interface LinkQueue {
  /** The next place, of whatever seal. */
  take(): Promise<SealedLink | undefined>;
  /** The next place if it belongs to this seal. */
  takeOf(sealNumber: number): Promise<SealedLink | undefined>;
  /** Drops the places of all seals before this one. */
  skipUntil(sealNumber: number): Promise<void>;
}

export function createLinkQueue(links: AsyncGenerator<SealedLink>): LinkQueue {
  let next: SealedLink | undefined;
  const peek = async () => {
    next ??= (await links.next()).value ?? undefined;
    return next;
  };
  const take = async () => {
    const link = await peek();
    next = undefined;
    return link;
  };
  return {
    take,
    async takeOf(sealNumber) {
      return (await peek())?.sealNumber === sealNumber ? await take() : undefined;
    },
    async skipUntil(sealNumber) {
      for (let link = await peek(); link && link.sealNumber < sealNumber; link = await peek()) await take();
    },
  };
}
