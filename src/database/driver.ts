import { registerHooks } from "node:module";

/** A text of postgres.js, and what stands there instead. */
type Change = readonly [text: string, instead: string];

/** The function behind a comma: there it is as young as what it knows, where it is not the whole right side of an assignment. */
const young = (place: string, method: string): Change => [`\n${place}${method}\n`, `\n${place}(0, ${method})\n`];

const CLOSED = "\n    closedTime = performance.now()\n";

/** Places of postgres.js that are changed as it is loaded (docs/adr/0016, 0017). */
export const CHANGES: Readonly<Record<string, readonly Change[]>> = {
  "query.js": [
    young("    this.resolve = ", "x => (this.active = false, resolve(x))"),
    young("    this.reject = ", "x => (this.active = false, reject(x))"),
  ],
  "index.js": [
    young("      sql.prepare = ", "x => prepare = x.replace(/[^a-z0-9$-_. ]/gi)"),
    young(
      "      c.reserved = ",
      "() => queries.length\n        ? c.execute(queries.shift())\n        : move(c, reserved)",
    ),
  ],
  // What was lost in the middle of a statement is made again without its error, its rows and itself.
  "connection.js": [[CLOSED, `\n    query = errorResponse = null, rows = 0${CLOSED}`]],
};

const DRIVER_FILE = /\/node_modules\/postgres\/src\/(query|index|connection)\.js$/;

function change(file: string, text: string): string {
  return CHANGES[file]!.reduce((changed, [place, instead]) => changed.replace(place, () => instead), text);
}

const hooks = registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const name = DRIVER_FILE.exec(url)?.[1];
    if (name === undefined || loaded.source === undefined || loaded.source === null) return loaded;
    return { ...loaded, source: change(`${name}.js`, loaded.source.toString()) };
  },
});
/** postgres.js, whose queries die young and whose connections begin clean. */
export const { default: postgres } = await import("postgres");
hooks.deregister();
