import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { FAULTS } from "../sftp/fault-proxy.ts";
import type { InputFile } from "./crash-inputs.ts";
import { waitUntil } from "./crash-scene.ts";
import { checkAnswers, dropAmong, endWell, generateDrops, openSftpScene } from "./sftp-scene.ts";

t.test("a connection cut at any place, in any way, loses nothing", async (t) => {
  const plans = FAULTS.flatMap((fault) =>
    (["client", "server"] as const).flatMap((from) =>
      [1, 4, 9, 16, 30].map((afterPieces) => ({ fault, from, afterPieces })),
    ),
  );
  let carriedOut = 0;
  await dropAmong(t, generateDrops("CUT", plans.length, 300_000), async (scene, index) => {
    scene.proxy.plan(plans[index]);
    await waitUntil(() => scene.proxy.isDone(), "the connection is cut");
    carriedOut += 1;
  });
  t.equal(carriedOut, plans.length);
});

t.test("a server that restarts, and one that stays away for a while, loses nothing", async (t) => {
  await dropAmong(t, generateDrops("RESTART", 12), async (scene, index) => {
    if (index % 3 !== 2) return;
    await scene.stopServer();
    await sleep(index % 2 === 0 ? 0 : 1_500);
    await scene.startServer();
  });
});

t.test("a server with another host key is told nothing, operators are, and the right one is found again", async (t) => {
  const scene = await openSftpScene(t);
  const gateway = await scene.startReady();
  const [first, second] = generateDrops("HOSTKEY", 2) as [InputFile, InputFile];
  scene.drop(first);
  await scene.answered(first);
  await scene.stopServer();
  await scene.startServer({ otherHostKey: true });
  scene.drop(second);
  const alarms = () => scene.owner<{ code: string; details: object }[]>`select code, details from alarm`;
  await waitUntil(async () => (await alarms()).length > 0, "an alarm is raised");
  t.match(await alarms(), [{ code: "sftpHostKeyUnknown", details: { host: "127.0.0.1", port: scene.proxy.port } }]);
  await sleep(500);
  t.same(scene.answersTo(second), { receipts: [], reports: [] });
  t.ok(scene.waiting().includes(scene.nameOf(second)));
  await scene.stopServer();
  await scene.startServer();
  await checkAnswers(t, scene, [first, second]);
  await endWell(t, scene, gateway);
});
