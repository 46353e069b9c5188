import { isUtf8 } from 'node:buffer';
import picocolors from 'picocolors';
import { snakeCase } from '../../core/case.ts';
import { StoreError } from '../../core/errors.ts';
import { spellInvisible, spellJson } from '../../core/visible.ts';
import { guide } from './advice.ts';
import { fitsScreen } from './pager.ts';
import { type Colors, createPainter } from './paint.ts';
import { quietWriter } from './quiet-writer.ts';
import { formatTime } from './table.ts';

/** Columns of a terminal whose width is not known. */
const USUAL_COLUMNS = 80;

/** Where a command writes: results on stdout, everything else on stderr. */
export interface Output {
  /** True with `--json`: results are one JSON value, errors too. */
  readonly json: boolean;
  /** True when a person is looking at stderr, so that a progress bar makes sense. */
  readonly interactive: boolean;
  readonly colors: Colors;
  /** Columns of the terminal that stdout is; undefined where it is none. */
  readonly width: number | undefined;
  /** Columns that lines of prose are broken at: the width, or that of a usual terminal. */
  readonly columns: number;
  /** Formats an RFC 3339 time for people: on this machine's clock, or in UTC where that was asked for. */
  time(time: string): string;
  /** One result: `value` in snake_case with `--json`, the lines of `human` otherwise; long ones in the person's pager where asked. */
  result(value: unknown, human: () => string | readonly string[], options?: { readonly paged?: true }): Promise<void>;
  /** As `result`, on stderr: where stdout is what was asked for. */
  aside(value: unknown, human: () => readonly string[]): Promise<void>;
  /** Text on stdout. */
  text(text: string): Promise<void>;
  /** One value on stdout as a line of JSON, its members as they are. */
  jsonLine(value: unknown): Promise<void>;
  /** Exactly these bytes on stdout. */
  bytes(bytes: Uint8Array): Promise<void>;
  /**
   * Content on stdout: exactly these bytes, but on a terminal what could steer it is spelled out, unless `raw`.
   *
   * @throws StoreError `ARGUMENT_INVALID` for content that is no text, on a terminal
   */
  content(bytes: Uint8Array, options?: ContentOptions): Promise<void>;
  /** True once the reader of stdout has gone away, so that more would be written for no one. */
  readerGone(): boolean;
  /** One line on stderr that is no failure. */
  warn(message: string): Promise<void>;
  /** One line on stderr that is no warning either. */
  notice(message: string): Promise<void>;
  /** One line on stderr: code, message, hint. */
  failure(error: StoreError): Promise<void>;
  /** Shows what is kept for the pager. To be called last: the person leaves it when they like. */
  finish(): Promise<void>;
}

/** The wishes of the person. */
export interface OutputOptions {
  readonly utc?: boolean | undefined;
  readonly pager?: ((text: string) => Promise<boolean>) | undefined;
}

/** How content is printed. */
export interface ContentOptions {
  readonly raw?: boolean | undefined;
  /** True where the command has `--out`. */
  readonly orOut?: boolean | undefined;
}

/** The streams of the process; given in tests. */
export interface OutputStreams {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/** Creates the output of one command. A reader that goes away (EPIPE) ends the writing quietly. */
export function createOutput(
  { stdout, stderr }: OutputStreams,
  json: boolean,
  { utc = false, pager }: OutputOptions = {},
): Output {
  const toStdout = quietWriter(stdout);
  const toStderr = quietWriter(stderr);
  // The library knows NO_COLOR and dumb terminals, but also colours a pipe under CI.
  const isTerminal = stdout.isTTY === true;
  // A terminal that does not know its size has none.
  const width = (isTerminal && stdout.columns) || undefined;
  const painted = picocolors.isColorSupported && isTerminal && !json;
  let toPage = '';
  const { colors, printable: shown } = createPainter(painted);
  const warn = (message: string) => toStderr(`config-store: warning: ${oneLine(message)}\n`);
  return {
    json,
    interactive: stderr.isTTY === true && !json,
    colors,
    width,
    columns: width ?? USUAL_COLUMNS,
    time: (time) => formatTime(time, utc ? 'utc' : 'local'),
    result: async (value, human, { paged = false }: { readonly paged?: boolean } = {}) => {
      if (json) return toStdout(`${spellJson(JSON.stringify(snakeCase(value)))}\n`);
      const lines = human();
      const text = shown(`${typeof lines === 'string' ? lines : lines.join('\n')}\n`);
      if (paged && isTerminal && pager !== undefined) toPage += text;
      else await toStdout(text);
    },
    aside: (value, human) =>
      toStderr(`${json ? spellJson(JSON.stringify(snakeCase(value))) : spellInvisible(human().join('\n'))}\n`),
    text: (text) => toStdout(shown(text)),
    jsonLine: (value) => toStdout(`${spellJson(JSON.stringify(value))}\n`),
    bytes: toStdout,
    content: async (bytes, { raw = false, orOut = false } = {}) => {
      if (raw || stdout.isTTY !== true) return toStdout(bytes);
      if (!isText(bytes)) throw notForTerminal(bytes, orOut);
      const text = Buffer.from(bytes).toString('utf8').replaceAll('\r\n', '\n');
      const safe = spellInvisible(text);
      await toStdout(safe);
      if (safe !== text) await warn('some characters are shown as escapes here; --raw, or a pipe, gives the bytes');
    },
    readerGone: toStdout.isClosed,
    warn,
    notice: (message) => toStderr(`config-store: ${oneLine(message)}\n`),
    finish: async () => {
      const text = toPage;
      toPage = '';
      if (text === '') return;
      const isShown = !fitsScreen(text, stdout) && pager !== undefined && (await pager(text));
      if (!isShown) await toStdout(text);
    },
    failure: (error) => toStderr(json ? `${spellJson(JSON.stringify(errorValue(error)))}\n` : `${errorLine(error)}\n`),
  };
}

function isText(bytes: Uint8Array): boolean {
  return isUtf8(bytes) && !bytes.includes(0);
}

function notForTerminal(bytes: Uint8Array, orOut: boolean): StoreError {
  return new StoreError('ARGUMENT_INVALID', `the content is ${bytes.length} bytes that are no text`, {
    hint: `${orOut ? 'Write it to a file with --out FILE, or send' : 'Send'} it to a file or a program; --raw prints it on the terminal all the same.`,
  });
}

/** Returns `config-store: CODE: message. hint`, on one line whatever the parts hold. */
export function errorLine(error: Pick<StoreError, 'code' | 'message' | 'hint' | 'advice'>): string {
  const what = error.code === 'CANCELLED' ? 'Cancelled; ' : `${error.code}: `;
  return `config-store: ${what}${oneLine(error.message).replace(/[.:]$/, '')}. ${oneLine(guide(error))}`.trimEnd();
}

function errorValue(error: StoreError): unknown {
  const { code, message, details } = error;
  return { error: { code, message, hint: guide(error), ...(details && { details: snakeCase(details) }) } };
}

function oneLine(text: string): string {
  return spellInvisible(text.replace(/\s*[\r\n]+\s*/g, ' ')).trim();
}
