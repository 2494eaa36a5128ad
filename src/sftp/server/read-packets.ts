import { MAXIMUM_PACKET_BYTES } from "./sftp-protocol.ts";
import { MalformedPacket } from "./sftp-request.ts";

/** Cuts a channel's bytes into packets, without their lengths. Throws MalformedPacket for one that is empty or too long. */
export async function* readPackets(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const length = Buffer.alloc(4);
  let lengthBytes = 0;
  let packet: Buffer | undefined;
  let packetBytes = 0;
  for await (const chunk of chunks) {
    let offset = 0;
    while (offset < chunk.length) {
      if (lengthBytes < 4) {
        length[lengthBytes++] = chunk[offset++]!;
        continue;
      }
      const expected = checkLength(length.readUInt32BE(0));
      if (packet === undefined && chunk.length - offset >= expected) {
        yield chunk.subarray(offset, offset + expected);
        offset += expected;
      } else {
        packet ??= Buffer.allocUnsafe(expected);
        const taken = chunk.copy(packet, packetBytes, offset, offset + expected - packetBytes);
        offset += taken;
        packetBytes += taken;
        if (packetBytes < expected) continue;
        yield packet;
        packet = undefined;
        packetBytes = 0;
      }
      lengthBytes = 0;
    }
    // Before memory is set aside for it, so that a wrong length costs nothing.
    if (lengthBytes === 4) checkLength(length.readUInt32BE(0));
  }
}

function checkLength(bytes: number): number {
  if (bytes > 0 && bytes <= MAXIMUM_PACKET_BYTES) return bytes;
  throw new MalformedPacket("a packet is empty or too long");
}
