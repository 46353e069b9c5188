import { MAX_ENVELOPE_BYTES } from '../../core/commit/envelope.ts';
import type { Digest } from '../../core/digest.ts';
import { StoreError } from '../../core/errors.ts';
import { movedStore } from '../moved-store.ts';
import type { CommitLog, Entry, LogRange, PendingObject, StagedEntry } from '../port.ts';
import { breathe, type Database, MAX_ATTEMPTS, on, PATIENCE_MS } from './database.ts';
import {
  busy,
  DatabaseError,
  isPassing,
  isUnprepared,
  LineLost,
  missingBefore,
  openOutcome,
  storeFault,
} from './faults.ts';
import type { Row } from './line.ts';
import { type RangeLimit, rangeOf, rangeStatement, TAIL, tailOf, tailStatement } from './log-rows.ts';
import type { LogWatch } from './log-watch.ts';
import { movedStatement } from './tables.ts';
import { IS_BEGUN, type PostgresTurns } from './turns.ts';

/** The highest index, as in files: nine digits. */
const MAX_INDEX = 999_999_999;
/** The database's answer to a commit without an index, because the one before is another than it follows: `not_null_violation`. */
const FOLLOWS_NONE = '23502';

/**
 * The log as the table `log`. A commit happens when the statement that inserts it, its artifacts with it, is committed: the
 * primary key is the compare-and-swap between processes. An answer that was lost is settled by sending the same bytes at the
 * same index again: the key makes the second wait for the first.
 */
export class PostgresLog implements CommitLog {
  readonly #database: Database;
  readonly #watch: LogWatch;
  readonly #turns: PostgresTurns;
  /** True while a long log is read from one range to the next. */
  #isLong = false;

  constructor(database: Database, watch: LogWatch, turns: PostgresTurns) {
    this.#database = database;
    this.#watch = watch;
    this.#turns = turns;
  }

  /** Only a request can tell. */
  peek(): undefined {
    return undefined;
  }

  readRange(first: number, limit: RangeLimit): Promise<LogRange> {
    const { mirror } = this.#database;
    return on(this.#database, 'read the log', async () => {
      try {
        const range = await this.#read(first, limit);
        this.#watch.saw(first + range.envelopes.length);
        return range;
      } catch (error) {
        if (isUnprepared(error)) return { first, envelopes: [], more: false };
        if (!(error instanceof LineLost) || mirror === undefined) throw error;
        const kept = await mirror.range(first, limit);
        if (kept.envelopes.length === 0) throw error; // not a shorter log: it is not known
        return kept;
      }
    });
  }

  /** As the end of a log, which is planned more quickly, unless it turned out to be longer than that. */
  async #read(first: number, limit: RangeLimit): Promise<LogRange> {
    const { line, tables } = this.#database;
    const rows = this.#isLong ? undefined : await line.read(tailStatement(tables, first, limit.commits));
    const range =
      rows !== undefined && rows.length < TAIL
        ? tailOf(first, rows, limit)
        : rangeOf(first, await line.read(rangeStatement(tables, first, limit)));
    this.#isLong = range.envelopes.length >= TAIL;
    return range;
  }

  beyond(index: number, limit: number): Promise<readonly number[]> {
    const { mirror, line, tables } = this.#database;
    return on(this.#database, 'read the log', async () => {
      try {
        const rows = await line.read(`SELECT idx FROM ${tables.log} WHERE idx > $1 ORDER BY idx LIMIT $2`, [
          index,
          limit,
        ]);
        return rows.map(({ idx }) => Number(idx)).filter((found) => Number.isSafeInteger(found) && found > index);
      } catch (error) {
        if (isUnprepared(error)) return [];
        if (!(error instanceof LineLost) || mirror === undefined) throw error;
        return mirror.beyond(index, limit);
      }
    });
  }

  /** Nothing is sent before `publish`. */
  stage(entry: Entry): StagedEntry {
    this.#database.check();
    const ready = Promise.all(entry.artifacts.map(({ durable }) => durable)).then(() => undefined);
    ready.catch(() => undefined); // awaited by the caller, later
    return { ...entry, envelope: Buffer.from(entry.envelope), ready };
  }

  drop(): void {
    // nothing was sent yet
  }

  async publish(staged: readonly StagedEntry[]): Promise<number> {
    const [first] = staged;
    const last = staged.at(-1);
    if (first === undefined || last === undefined) return 0;
    await Promise.all(staged.map(({ ready }) => ready));
    this.#database.check();
    if (last.index > MAX_INDEX)
      throw new StoreError('STORE_FULL', 'the log has no index left', { hint: 'A new store has to be begun.' });
    const published = await this.#insert(staged);
    if (published > 0) {
      this.keep(
        first.index,
        staged.slice(0, published).map(({ envelope }) => envelope),
        [],
      );
      for (const { digest, bytes } of artifactsOf(staged.slice(0, published)))
        this.#database.mirror?.keepObject(digest, bytes);
      this.#watch.saw(first.index + published);
      this.#watch.tell();
    }
    return published;
  }

  keep(first: number, envelopes: readonly Uint8Array[], purged: readonly Digest[]): void {
    this.#database.mirror?.keep(first, envelopes, purged);
  }

  watch(hint: () => void): () => void {
    return this.#watch.add(hint);
  }

  /** Sends the entries until it is known what came of them. */
  async #insert(staged: readonly StagedEntry[]): Promise<number> {
    const { line } = this.#database;
    const first = staged[0]?.index ?? 0;
    const until = performance.now() + PATIENCE_MS;
    const confirm = once(() => {
      for (const entry of staged) entry.confirm?.();
    });
    let left = staged;
    let unanswered = false;
    for (let attempt = 1; left.length > 0; attempt++) {
      try {
        await this.#send(left, confirm);
        return left.length;
      } catch (error) {
        if (!(error instanceof LineLost || error instanceof DatabaseError)) throw error;
        // One attempt may use the time up: on a connection that is dead without a word.
        const over = attempt > 1 && (performance.now() > until || attempt >= MAX_ATTEMPTS);
        if (error instanceof LineLost) unanswered ||= error.sent;
        if (error instanceof DatabaseError && error.code === FOLLOWS_NONE && error.where === 'idx') return 0;
        if (error instanceof DatabaseError && error.code === '23505') {
          const found: unknown = await this.#taken(left, unanswered).catch((lost: unknown) => lost);
          if (found === 'ours') return left.length;
          if (typeof found === 'number') left = left.slice(0, found - first);
          unanswered &&= typeof found !== 'number'; // another process has an index of the statement, so none of it landed
          if (!over || left.length === 0) continue; // lost, and not given up
        } else if (error instanceof DatabaseError && error.code === '23503' && first > 0)
          throw missingBefore(first - 1);
        else if (error instanceof DatabaseError && !isPassing(error.code)) throw await this.#refused(error);
        if (over && unanswered) throw openOutcome(first, line.address);
        if (over) throw busy(storeFault(error, line.address, 'append to the log'));
      }
      await breathe(attempt);
    }
    return 0;
  }

  /** A store that was moved away refuses every role, and says where it is now. */
  async #refused(error: DatabaseError): Promise<unknown> {
    const { line, tables } = this.#database;
    const rows = error.code === '42501' ? await line.read(movedStatement(tables)).catch(() => []) : [];
    const to = rows[0]?.['moved_to'];
    return typeof to === 'string' ? movedStore(to) : storeFault(error, line.address, 'append to the log');
  }

  /**
   * One statement, one flush: the artifacts, and every commit that names them. It ends the turn that it was made in. Where the log
   * was not read in a turn, the first commit gets its index only where the one before is the one it follows.
   */
  async #send(staged: readonly StagedEntry[], confirm: () => void): Promise<void> {
    const { line, tables } = this.#database;
    const values: unknown[] = [];
    const place = (value: unknown) => `$${values.push(value)}`;
    const artifacts = artifactsOf(staged).map(
      ({ digest, bytes }) => `(${place(Buffer.from(digest, 'hex'))}::bytea, ${place(bytes)}::bytea)`,
    );
    const { current: turn } = this.#turns;
    const guard = turn === 'assumed' ? ` AND ${IS_BEGUN}` : '';
    const indexOf = ({ index, previous }: StagedEntry, i: number) =>
      i > 0 || previous === undefined || turn === 'locked'
        ? `${place(index)}::bigint`
        : `CASE (SELECT sha256(envelope) FROM ${tables.log} WHERE idx = ${place(index - 1)}${guard}) WHEN ${place(Buffer.from(previous, 'hex'))} THEN ${place(index)}::bigint END`;
    const entries = staged.map((entry, i) => `(${indexOf(entry, i)}, ${place(entry.envelope)}::bytea)`);
    const before = artifacts.length === 0 ? '' : `WITH stored AS (${putStatement(tables.objects, artifacts)}) `;
    const text = `${before}INSERT INTO ${tables.log} (idx, envelope) VALUES ${entries.join(', ')}`;
    if (turn === 'assumed' && staged[0]?.previous === undefined) confirm(); // nothing else holds it back, were BEGIN refused
    const finished = this.#turns.finish(text, values, confirm);
    if (finished !== undefined) return finished;
    confirm();
    await line.change(text, values);
  }

  /**
   * After a refusal: `ours` when an attempt without an answer had landed, else the lowest index another has. Equal bytes alone
   * are not ours: only a statement of this call may have brought them.
   */
  async #taken(staged: readonly StagedEntry[], unanswered: boolean): Promise<number | 'ours' | undefined> {
    const { line, tables } = this.#database;
    const [first] = staged;
    if (first === undefined) return undefined;
    const rows = await line.query(
      `SELECT idx, substring(envelope FROM 1 FOR $3) AS envelope FROM ${tables.log} WHERE idx >= $1 AND idx < $2 ORDER BY idx LIMIT 1`,
      [first.index, first.index + staged.length, MAX_ENVELOPE_BYTES + 1],
    );
    const [lowest] = rows;
    if (lowest === undefined) return undefined;
    const same = Number(lowest['idx']) === first.index && isSame(lowest, first.envelope);
    return unanswered && same ? 'ours' : Number(lowest['idx']);
  }
}

/** Stores artifacts; a row with the same bytes stays as it is, a damaged one is replaced. */
export function putStatement(objects: string, rows: readonly string[]): string {
  return `INSERT INTO ${objects} AS o (digest, bytes) VALUES ${rows.join(', ')} ON CONFLICT (digest) DO UPDATE SET bytes = EXCLUDED.bytes WHERE o.bytes IS DISTINCT FROM EXCLUDED.bytes`;
}

/** Each once, and in one order for all processes, so that none waits for another in a circle. */
function artifactsOf(staged: readonly StagedEntry[]): PendingObject[] {
  const each = new Map(staged.flatMap(({ artifacts }) => artifacts).map((artifact) => [artifact.digest, artifact]));
  return [...each.values()].sort((a, b) => (a.digest < b.digest ? -1 : 1));
}

/** Runs something at the first call alone. */
function once(work: () => void): () => void {
  let done = false;
  return () => {
    if (!done) work();
    done = true;
  };
}

function isSame({ envelope }: Row, bytes: Uint8Array): boolean {
  return envelope instanceof Uint8Array && Buffer.compare(envelope, bytes) === 0;
}
