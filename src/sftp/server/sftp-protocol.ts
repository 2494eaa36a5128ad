// Numbers of SFTP version 3 (draft-ietf-secsh-filexfer-02), the version every client speaks.

export const REQUEST = {
  init: 1,
  open: 3,
  close: 4,
  read: 5,
  write: 6,
  lstat: 7,
  fstat: 8,
  setstat: 9,
  fsetstat: 10,
  opendir: 11,
  readdir: 12,
  remove: 13,
  mkdir: 14,
  rmdir: 15,
  realpath: 16,
  stat: 17,
  rename: 18,
  readlink: 19,
  symlink: 20,
  extended: 200,
} as const;

export const ANSWER = { version: 2, status: 101, handle: 102, data: 103, name: 104, attributes: 105, extended: 201 };

export const STATUS = {
  ok: 0,
  endOfFile: 1,
  noSuchFile: 2,
  permissionDenied: 3,
  failure: 4,
  badMessage: 5,
  unsupported: 8,
} as const;
export type StatusCode = (typeof STATUS)[keyof typeof STATUS];

/** Bits of `pflags` in an open request. */
export const OPEN = { read: 0x01, write: 0x02, append: 0x04, create: 0x08, truncate: 0x10, exclusive: 0x20 };

/** Bits that say which attributes follow. */
export const ATTRIBUTE = { size: 0x01, owner: 0x02, permissions: 0x04, times: 0x08, extended: 0x80000000 };

/** As OpenSSH has it: what its client sends at most, once it has asked for our limits. */
export const MAXIMUM_PACKET_BYTES = 256 * 1024;
/** Of content in one read or write, leaving room for the rest of the packet. */
export const MAXIMUM_DATA_BYTES = MAXIMUM_PACKET_BYTES - 1024;
