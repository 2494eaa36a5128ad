/** From what tap wrote: how often each law was tried (comments `law: …`), in the order of the text. */
export function listLaws(tap: string): string[] {
  return [...tap.matchAll(/^ *# (law: .+)$/gm)].map(([, law = ""]) => law).sort();
}
