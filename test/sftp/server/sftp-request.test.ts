import fc from "fast-check";
import t from "tap";
import { readPackets } from "../../../src/sftp/server/read-packets.ts";
import { MAXIMUM_PACKET_BYTES, REQUEST } from "../../../src/sftp/server/sftp-protocol.ts";
import { MalformedPacket, parseRequest } from "../../../src/sftp/server/sftp-request.ts";

async function collect(chunks: readonly Buffer[]): Promise<Buffer[]> {
  const packets: Buffer[] = [];
  async function* stream() {
    yield* chunks;
  }
  for await (const packet of readPackets(stream())) packets.push(Buffer.from(packet));
  return packets;
}

function frame(packet: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(packet.length);
  return Buffer.concat([length, packet]);
}

t.test("packets are the same however their bytes arrive", async (t) => {
  const packets = fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(packets, fc.array(fc.integer({ min: 1, max: 400 })), async (contents, cuts) => {
      const expected = contents.map((content) => Buffer.from(content));
      const bytes = Buffer.concat(expected.map(frame));
      const chunks: Buffer[] = [];
      let offset = 0;
      for (const cut of cuts) {
        chunks.push(bytes.subarray(offset, offset + cut));
        offset += cut;
      }
      chunks.push(bytes.subarray(offset));
      t.same(await collect(chunks), expected);
      if (bytes.length <= 600) t.same(await collect([...bytes].map((byte) => Buffer.from([byte]))), expected);
    }),
    { numRuns: 60 },
  );
});

t.test("a packet that is empty or too long is refused at its length", async (t) => {
  const lengthOnly = (length: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(length);
    return bytes;
  };
  for (const length of [0, MAXIMUM_PACKET_BYTES + 1, 2 ** 31, 2 ** 32 - 1]) {
    await t.rejects(collect([lengthOnly(length)]), MalformedPacket);
  }
  t.same(await collect([lengthOnly(MAXIMUM_PACKET_BYTES)]), [], "the longest is waited for");
});

t.test("any bytes are a request, or malformed, and nothing else", async () => {
  const anyPacket = fc.tuple(
    fc.constantFrom(...Object.values(REQUEST), 0, 101, 255),
    fc.uint8Array({ maxLength: 120 }),
  );
  fc.assert(
    fc.property(anyPacket, ([type, rest]) => {
      try {
        parseRequest(Buffer.from([type, ...rest]));
      } catch (error) {
        if (!(error instanceof MalformedPacket)) throw error;
      }
    }),
    { numRuns: 20_000 },
  );
});
