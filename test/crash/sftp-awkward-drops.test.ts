import { appendFileSync, closeSync, ftruncateSync, openSync, writeFileSync, writeSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { checkSameOutcome, waitUntil } from "./crash-scene.ts";
import {
  checkAnswers,
  dropInOrder,
  endWell,
  generateDrop,
  generateDrops,
  openSftpScene,
  readUndisturbedDrops,
} from "./sftp-scene.ts";

t.test("the same file twice within one look, and once more later, is one submission with one receipt", async (t) => {
  const scene = await openSftpScene(t);
  const fleet = await Promise.all([scene.startReady(), scene.startReady()]);
  const files = generateDrops("TWICE", 6);
  for (const file of files) {
    scene.drop(file);
    scene.drop(file);
  }
  for (const file of files) await scene.answered(file);
  const numbers = files.map((file) =>
    scene.answersTo(file).receipts.map((text) => /<submissionId>(.*?)</.exec(text)?.[1]),
  );
  for (const file of files) scene.drop(file);
  await waitUntil(() => scene.waiting().length === 0, "IN is empty");
  t.same(
    files.map((file) => [
      ...new Set(scene.answersTo(file).receipts.map((text) => /<submissionId>(.*?)</.exec(text)?.[1])),
    ]),
    numbers.map((all) => [all[0]]),
    "always the first ticket",
  );
  const [row] = await scene.owner<{ count: number }[]>`select count(*) as count from submission`;
  t.equal(row!.count, files.length);
  for (const gateway of fleet) await endWell(t, scene, gateway);
});

t.test("a file that is still being written when its GO is there is taken whole", async (t) => {
  const file = generateDrop("alpha", "GROWING", 400_000);
  const expected = await readUndisturbedDrops(t, [file]);
  const scene = await openSftpScene(t);
  const gateway = await scene.startReady();
  const name = scene.nameOf(file);
  const path = join(scene.folderOf("alpha"), "IN", name);
  writeFileSync(path, "");
  writeFileSync(path.replace("FI.", "GO."), "");
  const step = Math.ceil(file.body.length / 40);
  for (let start = 0; start < file.body.length; start += step) {
    appendFileSync(path, file.body.subarray(start, start + step));
    await sleep(60);
  }
  await checkAnswers(t, scene, [file]);
  await checkSameOutcome(t, scene.owner, expected);
  await endWell(t, scene, gateway);
});

t.test("ten thousand files that wait for their GO delay none that has it", async (t) => {
  const scene = await openSftpScene(t);
  // To list them is one step: a machine that is busy takes longer for it than the scene grants one.
  const gateway = await scene.startReady({ SFTP_TIMEOUT_MS: "60000" });
  const place = join(scene.folderOf("alpha"), "IN");
  for (let number = 10_001; number <= 20_000; number += 1) {
    writeFileSync(join(place, `FI.DICO.0403019261.20261121.${number}.S`), "waits");
  }
  const files = [generateDrop("alpha", "AMONG"), generateDrop("beta", "BESIDE")];
  for (const file of files) scene.drop(file);
  for (const file of files) {
    const { receipts, reports } = await scene.answered(file);
    t.same([receipts.length, reports.length], [1, 1]);
  }
  await waitUntil(() => scene.waiting().length === 10_000, "all but the others have left IN");
  const [row] = await scene.owner<{ count: number }[]>`select count(*) as count from submission`;
  t.equal(row!.count, files.length);
  await endWell(t, scene, gateway);
});

t.test("clients that hold a connection and say nothing keep nobody from his answers", async (t) => {
  const scene = await openSftpScene(t);
  const gateway = await scene.startReady();
  const silent: Socket[] = [];
  for (let count = 0; count < 60; count += 1) {
    const socket = connect({ port: scene.proxy.port, host: "127.0.0.1" });
    socket.on("error", () => {});
    if (count % 2 === 0) socket.write("SSH-2.0-silent\r\n");
    silent.push(socket);
  }
  const files = generateDrops("SILENT", 4);
  await dropInOrder(scene, files);
  await checkAnswers(t, scene, files);
  for (const socket of silent) socket.destroy();
  await endWell(t, scene, gateway);
});

t.test("a file larger than allowed is refused without being read", async (t) => {
  const scene = await openSftpScene(t);
  const gateway = await scene.startReady({ MAXIMUM_BYTES: "1000000000" });
  const file = generateDrop("alpha", "HUGE");
  const place = join(scene.folderOf("alpha"), "IN", scene.nameOf(file));
  // 1.2 GB that take no room on the disk.
  const handle = openSync(place, "w");
  writeSync(handle, file.body);
  ftruncateSync(handle, 1_200_000_000);
  closeSync(handle);
  writeFileSync(place.replace("FI.", "GO."), "");
  await waitUntil(() => scene.waiting().length === 0, "it has left IN");
  const { receipts } = await scene.answered(file).catch(() => scene.answersTo(file));
  t.equal(receipts.length, 1);
  t.match(receipts[0], /184/);
  await endWell(t, scene, gateway);
});
