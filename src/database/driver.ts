import { registerHooks } from "node:module";

/**
 * Places of postgres.js that are changed as it is loaded (docs/adr/0016): each with the function that must not be the whole
 * right side of an assignment to a property.
 */
export const OLD_FUNCTIONS: Readonly<Record<string, readonly (readonly [place: string, method: string])[]>> = {
  "query.js": [
    ["    this.resolve = ", "x => (this.active = false, resolve(x))\n"],
    ["    this.reject = ", "x => (this.active = false, reject(x))\n"],
  ],
  "index.js": [
    ["      sql.prepare = ", "x => prepare = x.replace(/[^a-z0-9$-_. ]/gi)\n"],
    [
      "      c.reserved = ",
      "() => queries.length\n        ? c.execute(queries.shift())\n        : move(c, reserved)\n",
    ],
  ],
};

const DRIVER_FILE = /\/node_modules\/postgres\/src\/(query|index)\.js$/;

/** The text of a file of the driver, with its functions behind a comma: there they are as young as what they know. */
function rejuvenate(file: string, text: string): string {
  return OLD_FUNCTIONS[file]!.reduce(
    (changed, [place, method]) => changed.replace(`\n${place}${method}`, () => `\n${place}(0, ${method.trimEnd()})\n`),
    text,
  );
}

const hooks = registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const name = DRIVER_FILE.exec(url)?.[1];
    if (name === undefined || loaded.source === undefined || loaded.source === null) return loaded;
    return { ...loaded, source: rejuvenate(`${name}.js`, loaded.source.toString()) };
  },
});
/** postgres.js, whose queries die young. */
export const { default: postgres } = await import("postgres");
hooks.deregister();
