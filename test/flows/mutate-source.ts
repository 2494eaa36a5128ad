/** Loaded before a test (`--import`): one source file is read otherwise than it is written, as `MUTATION` says. */
import { registerHooks } from "node:module";

export interface Mutation {
  /** End of the address of the file. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const { file, from, to } = JSON.parse(process.env.MUTATION ?? "") as Mutation;

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.endsWith(file)) return loaded;
    const source = String(loaded.source);
    if (source.split(from).length !== 2) throw new Error(`${file} does not hold exactly once: ${from}`);
    return { ...loaded, source: source.replace(from, to) };
  },
});
