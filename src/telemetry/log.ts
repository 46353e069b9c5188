import { isatty } from 'node:tty';
import type { Logger } from 'pino';
import { quietMoment } from '../core/quiet-moment.ts';
import { spellInvisible } from '../core/visible.ts';
import { LOG_LEVELS, type LogLevel } from './log-level.ts';

/** The fields of a log line: names, codes, numbers. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** The operational log: for operators of the process, not for reviewers (those read the events). Never throws. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  /** `error` is logged by name, code and stack only: a message may quote content. */
  error(message: string, error?: unknown, fields?: LogFields): void;
  /** Writes the lines that wait for pino to be loaded. */
  flush(): Promise<void>;
}

export interface LogOptions {
  readonly level: LogLevel;
  /** In the process's events too. */
  readonly sessionId: string;
  /** Where lines go; stderr by default. One call is one line. */
  readonly write?: ((line: string) => void) | undefined;
  /** Readable lines instead of JSON; by default when stderr is a terminal. */
  readonly pretty?: boolean | undefined;
}

type Method = 'debug' | 'info' | 'warn' | 'error';

/** Opens the log. pino is loaded with the first line that is severe enough to be written. */
export function openLog({ level, sessionId, write = writeToStderr, pretty = isatty(2) }: LogOptions): Log {
  let logger: Pick<Logger, Method> | undefined;
  let loading: Promise<void> | undefined;
  let isWaiting = false;
  /** When the line that is written now was given, RFC 3339. */
  let time = '';
  const waiting: Array<{ method: Method; time: string; message: string; fields: LogFields }> = [];
  const load = async () => {
    // Through the default export: a bundled chunk of a CommonJS module has no other.
    const { pino } = (await import('pino')).default;
    const readable = pretty
      ? (await import('pino-pretty')).default.prettyFactory({ colorize: true, ignore: 'mcp.session.id' })
      : undefined;
    logger = pino(
      {
        level,
        base: { 'mcp.session.id': sessionId },
        timestamp: () => `,"time":"${time}"`,
        formatters: { level: (label) => ({ level: label }) },
      },
      { write: (line) => write(readable === undefined ? line : readable(line)) },
    );
    for (const line of waiting.splice(0)) {
      time = line.time;
      logger[line.method](line.fields, line.message);
    }
  };
  const startLoading = () => {
    loading ??= load();
    // Lines that cannot be formatted are still worth more than none.
    loading.catch(() => {
      for (const { method, message, fields, ...rest } of waiting.splice(0))
        write(`${JSON.stringify({ level: method, ...rest, ...fields, msg: message })}\n`);
    });
    return loading;
  };
  const log = (method: Method, given: string, facts: LogFields) => {
    if (LOG_LEVELS.indexOf(method) < LOG_LEVELS.indexOf(level)) return;
    // A fact may be another program's text, and stderr a terminal.
    const message = spellInvisible(given);
    const fields = Object.fromEntries(
      Object.entries(facts).map(([name, value]) => [name, typeof value === 'string' ? spellInvisible(value) : value]),
    );
    const now = new Date().toISOString();
    if (logger !== undefined) {
      time = now;
      return logger[method](fields, message);
    }
    waiting.push({ method, time: now, message, fields });
    if (method === 'warn' || method === 'error') void startLoading().catch(() => undefined);
    else if (!isWaiting) {
      isWaiting = true;
      // Lines that report nothing wrong wait: pino takes longer to load than an answer.
      void quietMoment()
        .then(startLoading)
        .catch(() => undefined);
    }
  };
  return {
    debug: (message, fields = {}) => log('debug', message, fields),
    info: (message, fields = {}) => log('info', message, fields),
    warn: (message, fields = {}) => log('warn', message, fields),
    error: (message, error, fields = {}) => log('error', message, { ...fields, ...describe(error) }),
    flush: async () => {
      if (waiting.length > 0 || loading !== undefined) await startLoading().catch(() => undefined);
    },
  };
}

/** Returns name, code and the frames of the stack: the first lines of a stack repeat the message. */
function describe(error: unknown): LogFields {
  if (!(error instanceof Error)) return {};
  const { code } = error as NodeJS.ErrnoException;
  const frames = error.stack
    ?.split('\n')
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.trim())
    .join(' | ');
  return {
    error: error.name,
    ...(typeof code === 'string' ? { code } : {}),
    ...(frames === undefined ? {} : { stack: frames }),
  };
}

function writeToStderr(line: string): void {
  process.stderr.write(line);
}
