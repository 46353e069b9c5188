import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { Line } from './line.ts';
import type { Tables } from './tables.ts';

/** How often the log is looked at while there is a listener, and how often where notifications arrive, in milliseconds. */
const POLL_MS = 1_000;
const POLL_BESIDE_MS = 5_000;
/** How long a notification to oneself may take before none is relied on, in milliseconds. */
const PROBE_MS = 2_000;
/** Notifications are sent no more often than this, in milliseconds. */
const TELL_MS = 100;

/**
 * Hints at commits of other processes: a look at the end of the log from time to time, and sooner where notifications get
 * through. A pooler swallows them without a word, so one to oneself is tried first.
 */
export class LogWatch {
  readonly #line: Line;
  readonly #tables: Tables;
  readonly #channel: string;
  readonly #hints = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;
  #listener: pg.Client | undefined;
  #heard = false;
  /** The index after the newest commit that is known here. */
  #next = 0;
  #telling: NodeJS.Timeout | undefined;

  constructor(line: Line, tables: Tables) {
    this.#line = line;
    this.#tables = tables;
    const hash = createHash('sha256').update(`${line.address.database} ${tables.schema}`).digest('hex');
    this.#channel = `mcp_config_store_${hash.slice(0, 16)}`;
  }

  add(hint: () => void): () => void {
    const listener = () => hint(); // the same function twice is two listeners
    this.#hints.add(listener);
    if (this.#hints.size === 1) this.#begin();
    return () => {
      if (this.#hints.delete(listener) && this.#hints.size === 0) this.#end();
    };
  }

  /** Notes the index after a commit that was read or made here: nothing new is behind it. */
  saw(next: number): void {
    this.#next = Math.max(this.#next, next);
  }

  /** Notifies the others soon; no answer waits for it. */
  tell(): void {
    this.#telling ??= setTimeout(() => {
      this.#telling = undefined;
      this.#line.query(`NOTIFY ${this.#channel}`).catch(() => undefined); // they look by themselves
    }, TELL_MS).unref();
  }

  close(): void {
    clearTimeout(this.#telling);
    this.#hints.clear();
    this.#end();
  }

  #begin(): void {
    void this.#look();
    this.#again();
    void this.#listen();
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#heard = false;
    const listener = this.#listener;
    this.#listener = undefined;
    listener?.end().catch(() => undefined); // its end was the wish
  }

  #again(): void {
    this.#timer = setTimeout(
      async () => {
        await this.#look();
        if (this.#hints.size > 0) this.#again();
      },
      this.#heard ? POLL_BESIDE_MS : POLL_MS,
    ).unref();
  }

  async #look(): Promise<void> {
    try {
      const [row] = await this.#line.read(`SELECT coalesce(max(idx) + 1, 0) AS next FROM ${this.#tables.log}`);
      const next = Number(row?.['next']);
      if (next === this.#next) return;
      this.#next = next;
      this.#hint();
    } catch {
      // it cannot be looked at now: the next call that reads says why
    }
  }

  #hint(): void {
    for (const hint of [...this.#hints]) hint();
  }

  async #listen(): Promise<void> {
    try {
      const client = await this.#line.connect();
      if (this.#hints.size === 0 || this.#listener !== undefined) return void (await client.end());
      this.#listener = client;
      const probe = `probe ${process.pid} ${Math.random()}`;
      const probed = Promise.withResolvers<void>();
      client.on('notification', ({ payload }) => {
        if (payload === probe) probed.resolve();
        else if (this.#heard) this.#hint();
      });
      client.on('end', () => {
        if (this.#listener !== client) return;
        this.#listener = undefined;
        this.#heard = false; // looks go on alone
      });
      await client.query(`LISTEN ${this.#channel}`);
      const late = setTimeout(() => probed.reject(new Error('no notification arrives')), PROBE_MS);
      await client.query('SELECT pg_notify($1, $2)', [this.#channel, probe]);
      await probed.promise.finally(() => clearTimeout(late));
      this.#heard = this.#listener === client;
    } catch {
      const listener = this.#listener;
      this.#listener = undefined;
      listener?.end().catch(() => undefined); // looks go on alone
    }
  }
}
