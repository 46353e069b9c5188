import type { Logger } from 'pino';
import type { Advice, Guidance } from '../../core/advice.ts';
import { StoreError, type StoreErrorOptions } from '../../core/errors.ts';
import { quietMoment } from '../../core/quiet-moment.ts';
import { dayNumber } from './day-file.ts';
import { DayWriter } from './day-writer.ts';
import { type EventFields, MAX_LINE_BYTES, type Severity } from './event-line.ts';

/** The state of telemetry in this process. */
export interface SinkState extends Guidance {
  /** `waiting`: nothing was worth writing yet. */
  readonly status: 'off' | 'waiting' | 'on' | 'failing';
  /** Events that could not be written. */
  readonly lost: number;
  /** Why it is failing. */
  readonly message?: string;
}

/** Where events go. Nothing here ever throws: a store without telemetry is still a store. */
export interface Sink {
  /**
   * Takes one event. `held` events are written only once another event is: a process that did nothing leaves no trace.
   */
  write(severity: Severity, fields: EventFields, held?: boolean): void;
  state(): SinkState;
  /** Writes what waits, for its turn or for pino to be loaded, so that readers find it. */
  flush(): Promise<void>;
  /** Writes what is still waiting and closes the file. */
  close(): Promise<void>;
}

export interface SinkOptions {
  /** Absolute path of the telemetry folder; made at the first event. */
  readonly folder: string;
  /** Daily files kept, today's among them. */
  readonly days: number;
  /** False when telemetry is switched off. */
  readonly enabled: boolean;
  /** Fields of every line of this process. */
  readonly common?: EventFields;
  /** The clock in milliseconds, for tests. */
  readonly now?: (() => number) | undefined;
  /** File that lines are appended to, for tests; the day files below `folder` otherwise. */
  readonly file?: Pick<DayWriter, 'append' | 'close'> | undefined;
}

/** After a failure the folder is tried again this much later, not at every event; milliseconds. */
const RETRY_MS = 5_000;
const MAX_WAITING = 1_000;

interface Waiting {
  readonly severity: Severity;
  readonly fields: EventFields;
  readonly timeMs: number;
}

/** Opens the sink. Touches no file and loads nothing before the first event that is worth writing. */
export function openSink(options: SinkOptions): Sink {
  return options.enabled
    ? new FileSink(options)
    : {
        write: () => undefined,
        state: () => ({ status: 'off', lost: 0 }),
        flush: async () => undefined,
        close: async () => undefined,
      };
}

/**
 * Events are written after the answers of the turn in which they happened, those of one turn together: so no answer waits for
 * them, and many calls in flight share a write.
 */
class FileSink implements Sink {
  readonly #options: SinkOptions;
  readonly #file: Pick<DayWriter, 'append' | 'close'>;
  readonly #now: () => number;
  #logger: Logger | undefined;
  #loading: Promise<void> | undefined;
  /** Ends the wait before loading. */
  #hurry: () => void = () => undefined;
  #waiting: Waiting[] = [];
  #soon: NodeJS.Immediate | undefined;
  /** The time of the event that pino makes a line of. */
  #time = '';
  #lines: string[] = [];
  #written = false;
  #closed = false;
  #lost = 0;
  #failure: { readonly error: NodeJS.ErrnoException; readonly retryAtMs: number } | undefined;

  constructor(options: SinkOptions) {
    this.#options = options;
    this.#file = options.file ?? new DayWriter(options.folder, options.days);
    this.#now = options.now ?? Date.now;
  }

  write(severity: Severity, fields: EventFields, held = false): void {
    if (this.#logger !== undefined && this.#waiting.length >= MAX_WAITING) this.#writeWaiting();
    if (this.#closed || this.#waiting.length >= MAX_WAITING) {
      this.#lost++;
      return;
    }
    this.#waiting.push({ severity, fields, timeMs: this.#now() });
    if (this.#logger !== undefined) this.#soon ??= setImmediate(() => this.#writeWaiting());
    else if (!held) this.#loading ??= this.#afterAnswers().then(() => this.#load());
    if (this.#waiting.length >= MAX_WAITING / 2) this.#hurry();
  }

  state(): SinkState {
    this.#writeWaiting();
    if (this.#failure === undefined) return { status: this.#written ? 'on' : 'waiting', lost: this.#lost };
    return { status: 'failing', lost: this.#lost, ...explain(this.#failure.error, this.#options.folder) };
  }

  async flush(): Promise<void> {
    this.#hurry();
    await this.#loading;
    this.#writeWaiting();
  }

  async close(): Promise<void> {
    await this.flush();
    this.#closed = true;
    this.#waiting = [];
    this.#file.close();
  }

  #afterAnswers(): Promise<void> {
    return new Promise((resolve) => {
      this.#hurry = resolve;
      void quietMoment().then(resolve); // pino takes longer to load than an answer
    });
  }

  async #load(): Promise<void> {
    try {
      // Through the default export: a bundled chunk of a CommonJS module has no other.
      const { pino } = (await import('pino')).default;
      this.#logger = pino(
        {
          base: { ...this.#options.common },
          formatters: { level: (level) => ({ level }) },
          timestamp: () => `,"time":"${this.#time}"`,
        },
        { write: (line) => void this.#lines.push(line) },
      );
    } catch (error) {
      this.#fail(error as NodeJS.ErrnoException, this.#waiting.splice(0).length, this.#now());
    }
    this.#writeWaiting();
  }

  #writeWaiting(): void {
    clearImmediate(this.#soon);
    this.#soon = undefined;
    if (this.#logger === undefined) return;
    const events = this.#waiting;
    this.#waiting = [];
    for (const [i, { severity, fields, timeMs }] of events.entries()) {
      this.#time = new Date(timeMs).toISOString();
      this.#logger[severity](fields);
      const following = events[i + 1];
      if (following === undefined || dayNumber(following.timeMs) !== dayNumber(timeMs)) this.#append(timeMs);
    }
  }

  /** Appends the lines of one day. */
  #append(timeMs: number): void {
    const lines = this.#lines.filter(
      (line) => line.length <= MAX_LINE_BYTES && Buffer.byteLength(line) <= MAX_LINE_BYTES,
    );
    this.#lost += this.#lines.length - lines.length;
    this.#lines = [];
    if (lines.length === 0) return;
    if (this.#failure !== undefined && timeMs < this.#failure.retryAtMs) {
      this.#lost += lines.length;
      return;
    }
    try {
      this.#file.append(lines.join(''), timeMs);
      this.#written = true;
      this.#failure = undefined;
    } catch (error) {
      this.#fail(error as NodeJS.ErrnoException, lines.length, timeMs);
    }
  }

  #fail(error: NodeJS.ErrnoException, lost: number, nowMs: number): void {
    this.#lost += lost;
    this.#failure = { error, retryAtMs: nowMs + RETRY_MS };
  }
}

/** Advice on a folder, which for this one is another setting. */
export function ofTelemetry(advice: readonly Advice[]): readonly Advice[] {
  return advice.map((one) =>
    one.do === 'set' && one.setting === 'CONFIG_STORE_VAR' ? { ...one, setting: 'CONFIG_STORE_TELEMETRY_DIR' } : one,
  );
}

function explain(
  error: NodeJS.ErrnoException,
  folder: string,
): { message: string } & Pick<StoreErrorOptions, 'hint' | 'advice'> {
  const { code, name } = error;
  if (error instanceof StoreError)
    return {
      message: `telemetry cannot be written: ${error.message}`,
      hint: error.hint,
      advice: ofTelemetry(error.advice),
    };
  const message = `telemetry cannot be written to ${folder} (${code ?? name})`;
  const goWithout = { do: 'set', setting: 'CONFIG_STORE_TELEMETRY', to: 'off' } as const;
  switch (code) {
    case undefined:
      return { message, hint: 'Nothing in the store is affected. Report it, or go without.', advice: [goWithout] };
    case 'ENOSPC':
    case 'EDQUOT':
      return {
        message,
        hint: 'Free some space, or keep fewer days.',
        advice: [{ do: 'set', setting: 'CONFIG_STORE_TELEMETRY_DAYS' }],
      };
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return { message, hint: 'Give this user write access to that folder, or go without.', advice: [goWithout] };
    default:
      return {
        message,
        hint: 'Make it a folder this user can write to, name another, or go without.',
        advice: [{ do: 'set', setting: 'CONFIG_STORE_TELEMETRY_DIR' }, goWithout],
      };
  }
}
