import type { Socket } from "node:net";
import type { Logger } from "pino";
import type { AuthContext, Connection, NegotiatedAlgorithms, RejectConnection, ServerChannel, Session } from "ssh2";
import type { SeenSession } from "../../connection-tests/connection-test.ts";
import { type Credentials, checkLogin, GATEWAY_USER, isStillGood, type Login } from "./authenticate.ts";
import type { UsageBook } from "./folder-usage.ts";
import { seeSession } from "./see-session.ts";
import { serveChannel } from "./serve-channel.ts";
import type { SftpLimits } from "./sftp-limits.ts";
import { MalformedPacket } from "./sftp-request.ts";

export interface ConnectionSurroundings {
  readonly root: string;
  readonly credentials: Credentials;
  readonly usageBook: UsageBook;
  /** Makes an account's folders where they are missing. */
  readonly makeFolders: (accountName: string) => Promise<void>;
  readonly limits: SftpLimits;
  readonly log: Logger;
  /** Whether one more connection of that account may be. */
  readonly hasRoomFor: (accountName: string) => boolean;
  readonly onFailedLogin: () => void;
  /** Told which file an account writes, and by which session. */
  readonly onDrop?: (accountName: string, fileName: string, session: SeenSession) => void;
}

const GOODBYE_MS = 1000;
/** In one connection's life: the protocol layer never forgets a session that was closed before it was used. */
const SESSIONS_EVER = 10_000;
/** What may wait in memory, in either direction: more only piles up for a client that ignores windows, or does not read. */
const MAXIMUM_WAITING_BYTES = 8 * 1024 ** 2;

/** One connection, from its first byte. Whatever a client does wrong ends its own connection, and no other. */
export class SftpConnection {
  readonly #socket: Socket;
  readonly #surroundings: ConnectionSurroundings;
  readonly #ended = new AbortController();
  readonly #channels = new Set<ServerChannel>();
  readonly #running = new Set<Promise<void>>();
  #client: Connection | undefined;
  #clientVersion = "";
  #algorithms: NegotiatedAlgorithms | undefined;
  #login: Login | undefined;
  #session: SeenSession | undefined;
  #lastAnswerAt = Date.now();
  #attempts = 0;
  #openSessions = 0;
  #sessionsEver = 0;

  constructor(socket: Socket, surroundings: ConnectionSurroundings) {
    this.#socket = socket;
    this.#surroundings = surroundings;
    socket.once("close", () => {
      this.#ended.abort();
      if (!this.#login && this.#attempts > 0) surroundings.onFailedLogin();
    });
  }

  /** Who proved itself; absent until then. */
  get login(): Login | undefined {
    return this.#login;
  }

  /** When a request was last answered, or the connection made. */
  get lastAnswerAt(): number {
    return this.#lastAnswerAt;
  }

  /** From when the client has said which version of SSH it speaks. */
  attach(client: Connection, clientVersion: string): void {
    this.#client = client;
    this.#clientVersion = clientVersion;
    client.on("handshake", (algorithms) => {
      this.#algorithms ??= algorithms;
    });
    client.on("error", (err) => {
      this.#surroundings.log.debug(
        { code: "sftpConnectionFailed", err, ...this.#named() },
        "an SFTP connection failed",
      );
      this.cut();
    });
    client.on("authentication", (context) => void this.#decide(context));
    client.on("session", (accept, reject) => this.#openSession(accept, reject));
    this.#socket.on("data", () => {
      const isTooMuch = (bytes: number) => bytes > MAXIMUM_WAITING_BYTES;
      if (
        isTooMuch(this.#socket.writableLength) ||
        [...this.#channels].some((channel) => isTooMuch(channel.readableLength))
      ) {
        this.#socket.destroy();
      }
    });
  }

  /** Says goodbye, and closes the socket whether or not that is heard. */
  cut(): void {
    this.#ended.abort();
    this.#client?.end();
    setTimeout(() => this.#socket.destroy(), GOODBYE_MS).unref();
  }

  /** Cuts the connection if its key is no longer good. */
  async recheck(): Promise<void> {
    if (!this.#login || (await isStillGood(this.#login, this.#surroundings.credentials))) return;
    this.#surroundings.log.info({ code: "sftpAccessWithdrawn", ...this.#named() }, "an SFTP connection was cut");
    this.cut();
  }

  /** Waits for channels that still finish a request. */
  async settle(): Promise<void> {
    await Promise.all(this.#running);
  }

  #named(): { accountName?: string } {
    if (!this.#login) return {};
    return { accountName: this.#login.viewer.accountName ?? GATEWAY_USER };
  }

  async #decide(context: AuthContext): Promise<void> {
    const { credentials, hasRoomFor, limits, log, makeFolders } = this.#surroundings;
    try {
      const checked = await checkLogin(context, credentials);
      if (this.#ended.signal.aborted) return;
      const { viewer } = checked?.login ?? {};
      const isFull = viewer?.kind === "account" && !hasRoomFor(viewer.accountName);
      if (checked && viewer && !isFull) {
        if (checked.isProved) {
          if (viewer.kind === "account") await makeFolders(viewer.accountName);
          this.#login = checked.login;
          this.#session = this.#see(checked.login);
        }
        return context.accept();
      }
    } catch (err) {
      log.error({ code: "sftpLoginFailed", err }, "a login could not be checked");
    }
    // To ask what there is to try is no attempt.
    if (context.method !== "none") this.#attempts += 1;
    context.reject(["publickey"]);
    if (this.#attempts >= limits.loginAttempts) this.cut();
  }

  #see({ publicKey }: Login): SeenSession | undefined {
    const [algorithms, sourceAddress] = [this.#algorithms, this.#socket.remoteAddress];
    if (!algorithms || sourceAddress === undefined) return undefined;
    return seeSession({ sourceAddress, clientVersion: this.#clientVersion, algorithms, publicKey });
  }

  #openSession(accept: () => Session, reject: RejectConnection): void {
    this.#sessionsEver += 1;
    if (this.#sessionsEver > SESSIONS_EVER) {
      this.cut();
      return;
    }
    if (this.#openSessions >= this.#surroundings.limits.channels) {
      reject();
      return;
    }
    this.#openSessions += 1;
    const session = accept();
    session.once("close", () => {
      this.#openSessions -= 1;
    });
    session.on("subsystem", (acceptChannel, rejectChannel, { name }) => {
      if (name !== "sftp") {
        rejectChannel?.();
        return;
      }
      const channel = acceptChannel();
      if (!channel) return;
      // The end of the channel is what matters; it comes with every error.
      channel.on("error", () => {});
      this.#channels.add(channel);
      const task = this.#serve(channel).finally(() => this.#running.delete(task));
      this.#running.add(task);
    });
  }

  async #serve(channel: ServerChannel): Promise<void> {
    const { root, usageBook, makeFolders, limits, log, onDrop } = this.#surroundings;
    const { viewer } = this.#login!;
    const { signal } = this.#ended;
    try {
      await serveChannel(channel, {
        root,
        viewer,
        usageBook,
        makeFolders,
        maximumHandles: limits.handles,
        requestsPerSecond: limits.requestsPerSecond,
        signal,
        onAnswer: () => {
          this.#lastAnswerAt = Date.now();
        },
        onDrop: (name) => {
          if (viewer.kind === "account" && this.#session) onDrop?.(viewer.accountName, name, this.#session);
        },
        onTrouble: (err) => log.error({ code: "sftpRequestFailed", err, ...this.#named() }, "an SFTP request failed"),
      });
      if (!signal.aborted) channel.exit(0);
    } catch (err) {
      const code = err instanceof MalformedPacket ? "sftpMalformed" : "sftpChannelFailed";
      if (!signal.aborted) log.warn({ code, err, ...this.#named() }, "an SFTP channel was closed");
    } finally {
      this.#channels.delete(channel);
      channel.end();
    }
  }
}
