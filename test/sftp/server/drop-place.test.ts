import fc from "fast-check";
import t from "tap";
import { pathOf } from "../../../src/sftp/server/account-folders.ts";
import { findPlace, isAllowed, renderPath, type Viewer } from "../../../src/sftp/server/drop-place.ts";

const ALPHA: Viewer = { kind: "account", accountName: "alpha" };
const GATEWAY: Viewer = { kind: "gateway" };

t.test("whatever path is asked for, an account's place is its own, and inside of the root", async (t) => {
  const piece = fc.oneof(
    fc.constantFrom("..", ".", "", "IN", "OUT", "beta", "alpha", "~", "..\\", "\0", "%2e%2e", "...", "in"),
    fc.string({ maxLength: 8, unit: "binary" }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 10 }), fc.boolean(), (pieces, isAbsolute) => {
      const place = findPlace(ALPHA, `${isAbsolute ? "/" : ""}${pieces.join("/")}`);
      if (!place) return;
      t.equal(Reflect.get(place, "accountName"), "alpha");
      t.match(pathOf("/root", place), /^\/root\/alpha(\/(IN|OUT)(\/(?!\.{1,2}$)[^/\0]+)?)?$/u);
    }),
    { numRuns: 500 },
  );
});

t.test("the gateway's places are those of accounts", async (t) => {
  t.same(findPlace(GATEWAY, "/"), { kind: "root" });
  t.same(findPlace(GATEWAY, "alpha/IN/x"), { kind: "file", accountName: "alpha", folder: "IN", name: "x" });
  for (const path of ["/Alpha", "/.hidden", "/alpha/other", "/alpha/IN/a/b", `/${"a".repeat(33)}`]) {
    t.equal(findPlace(GATEWAY, path), undefined, path);
  }
});

t.test("paths are told without dots", async (t) => {
  t.equal(renderPath(""), "/");
  t.equal(renderPath("."), "/");
  t.equal(renderPath("IN/../OUT/./x/"), "/OUT/x");
  t.equal(renderPath("/../../.."), "/");
});

t.test("rights: IN is written, OUT is read, by the account; both by the gateway", async (t) => {
  const rights = (viewer: Viewer) =>
    (["IN", "OUT"] as const).flatMap((folder) =>
      (["read", "write", "rename", "remove"] as const)
        .filter((act) => isAllowed(viewer, folder, act))
        .map((act) => `${folder} ${act}`),
    );
  t.same(rights(ALPHA), ["IN write", "IN rename", "IN remove", "OUT read", "OUT remove"]);
  t.equal(rights(GATEWAY).length, 8);
});
