import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import t from "tap";
import { readPeakBytes } from "../../bench/process-memory.ts";
import type { Sql } from "../../src/database/sql.ts";
import { connect } from "../sftp/drop-server.ts";
import { skipWithout } from "../sftp/installed.ts";
import { generateInput, padWithNoise } from "./crash-inputs.ts";
import { checkSameOutcome, waitUntil } from "./crash-scene.ts";
import { openOpenSshPlace } from "./sftp-places.ts";
import {
  checkAnswers,
  dropInOrder,
  endWell,
  generateDrop,
  generateDrops,
  openSftpScene,
  readUndisturbedDrops,
} from "./sftp-scene.ts";

const skip = skipWithout("sshd", "nss_wrapper");
const MEBIBYTE = 1024 ** 2;

t.test(
  "an insurer logs in at OpenSSH with the key that the gateway put there, drops and is answered",
  { skip },
  async (t) => {
    const place = await openOpenSshPlace(t);
    const file = generateDrop("alpha", "ROUND");
    const scene = await openSftpScene(t, async () => place);
    const gateway = await scene.startReady({ SFTP_KEYS_FOLDER: "/keys" });
    const certificates = dirname(scene.namedCertificates.TLS_KEY_FILE ?? "");
    const privateKey = readFileSync(join(certificates, "client-alpha-ssh-key"), "utf8");
    const line = readFileSync(join(certificates, "client-alpha-ssh-key.pub"), "utf8").split(" ")[1] ?? "?";
    await waitUntil(
      () => readFileSync(join(place.sshd.keysFolder, "client-alpha"), "utf8").includes(line),
      "the gateway has put the key there",
    );
    const insurer = await connect(t, place.sshd, "client-alpha", { ...place.sshd.accounts.alpha, privateKey });

    const name = scene.nameOf(file);
    await insurer.put(file.body, `/IN/${name}.filepart`);
    await insurer.rename(`/IN/${name}.filepart`, `/IN/${name}`);
    await insurer.put(Buffer.alloc(0), `/IN/${name.replace("FI", "GO")}`);
    const out = async () => (await insurer.list("/OUT")).map((entry) => entry.name).sort();
    await waitUntil(
      async () => (await out()).filter((one) => one.startsWith("GO.")).length === 2,
      "both answers are there",
    );
    const names = await out();
    t.match(names, [/^FO\.ACRF\./, /^FO\.NOTI\./, /^GO\.ACRF\./, /^GO\.NOTI\./]);
    for (const [index, state] of ["received", "processed"].entries()) {
      const text = String(await insurer.get(`/OUT/${names[index]}`));
      t.match(text, `<fileName>${name}</fileName>`);
      t.match(text, `<state>${state}</state>`);
    }
    t.same(await insurer.list("/IN"), []);
    for (const one of names) await insurer.delete(`/OUT/${one}`);
    t.same(await out(), []);
    await endWell(t, scene, gateway);
  },
);

t.test("connections to OpenSSH that are cut, and a gateway that is killed, lose nothing", { skip }, async (t) => {
  const files = generateDrops("OPENSSH", 10, 300_000);
  const openPlace = (t: Parameters<typeof openOpenSshPlace>[0]) => openOpenSshPlace(t);
  const expected = await readUndisturbedDrops(t, files, openPlace);
  const scene = await openSftpScene(t, openPlace);
  let gateway = await scene.startReady();
  const plans = (["reset", "stall", "halfOpen"] as const).flatMap((fault) =>
    (["client", "server"] as const).map((from, index) => ({ fault, from, afterPieces: 4 + 9 * index })),
  );
  await dropInOrder(scene, files, async (_file, index) => {
    const plan = plans[index];
    if (plan) {
      scene.proxy.plan(plan);
      await waitUntil(() => scene.proxy.isDone(), "the connection is cut");
    } else if (index === plans.length) {
      gateway.signal("SIGKILL");
      await gateway.ended;
      gateway = await scene.startReady();
    }
  });
  t.equal(scene.kills(), 1);
  await checkAnswers(t, scene, files);
  await checkSameOutcome(t, scene.owner, expected);
  await endWell(t, scene, gateway);
});

t.test("a large file comes through many changes of keys, and memory does not follow its size", { skip }, async (t) => {
  const make = (reference: string, mebibytes: number, seed: number) =>
    padWithNoise(generateInput({ insurer: "alpha", reference, records: 4_500, seed }), mebibytes * MEBIBYTE);
  const [middle, large] = [make("MIDDLE", 20, 901), make("LARGE", 110, 902)];
  const place = await openOpenSshPlace(t, ["RekeyLimit 8M", "LogLevel DEBUG1"]);
  const scene = await openSftpScene(t, async () => place);
  const gateway = await scene.startReady();
  scene.drop(middle);
  await scene.answered(middle);
  // What the background makes of the contracts takes memory of its own, as much for the one as for the other.
  await waitUntil(() => isFollowed(scene.owner), "the background has followed");
  const peakBytes = readPeakBytes(gateway.pid)!;
  const changes = () => place.sshd.log().match(/rekeying in/g)?.length ?? 0;
  const earlier = changes();
  scene.drop(large);
  await checkAnswers(t, scene, [large]);
  t.ok(changes() - earlier >= 10, "keys were changed under way");
  const grown = readPeakBytes(gateway.pid)! - peakBytes;
  const larger = large.body.length - middle.body.length;
  t.ok(grown < larger / 2, "memory does not follow the size of the file", { grown, larger });
  await endWell(t, scene, gateway);
});

/** Whether dossiers and what insurers see have taken over every contract. */
async function isFollowed(owner: Sql): Promise<boolean> {
  const [row] = await owner<{ isFollowed: boolean }[]>`
    select not exists (select from person_change) and not exists (
      select from insurer i left join projected_portfolio p using (insurer_id) left join evaluated_portfolio e using (insurer_id)
      where i.contracts_recorded_at > least(coalesce(p.contracts_recorded_at, '-infinity'),
        coalesce(e.contracts_recorded_at, '-infinity'))) as "isFollowed"`;
  return row!.isFollowed;
}
