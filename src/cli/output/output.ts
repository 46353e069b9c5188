import colors from 'picocolors';
import { snakeCase } from '../../core/case.ts';
import { StoreError } from '../../core/errors.ts';
import { spellInvisible, spellJson } from '../../core/visible.ts';
import { guide } from './advice.ts';

/** Where a command writes: results on stdout, everything else on stderr. */
export interface Output {
  /** True with `--json`: results are one JSON value, errors too. */
  readonly json: boolean;
  /** True when a person is looking at stderr, so that a progress bar makes sense. */
  readonly interactive: boolean;
  readonly colors: ReturnType<typeof colors.createColors>;
  /** One result: `value` in snake_case with `--json`, the lines of `human` otherwise. */
  result(value: unknown, human: () => string | readonly string[]): Promise<void>;
  /** As `result`, on stderr: where stdout is what was asked for. */
  aside(value: unknown, human: () => readonly string[]): Promise<void>;
  /** Text on stdout. */
  text(text: string): Promise<void>;
  /** One value on stdout as a line of JSON, its members as they are. */
  jsonLine(value: unknown): Promise<void>;
  /** Exactly these bytes on stdout. */
  bytes(bytes: Uint8Array): Promise<void>;
  /** Content on stdout: exactly these bytes, but on a terminal what could steer it is spelled out, unless `raw`. */
  content(bytes: Uint8Array, raw?: boolean): Promise<void>;
  /** One line on stderr that is no failure. */
  warn(message: string): Promise<void>;
  /** One line on stderr: code, message, hint. */
  failure(error: StoreError): Promise<void>;
}

/** The streams of the process; given in tests. */
export interface OutputStreams {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/** Creates the output of one command. A reader that goes away (EPIPE) ends the writing quietly. */
export function createOutput({ stdout, stderr }: OutputStreams, json: boolean): Output {
  const toStdout = quietWriter(stdout);
  const toStderr = quietWriter(stderr);
  // The library knows NO_COLOR and dumb terminals, but also colours a pipe under CI.
  const painted = colors.isColorSupported && stdout.isTTY === true && !json;
  const shown = painted ? printableApartFromColors : spellInvisible;
  const warn = (message: string) => toStderr(`config-store: warning: ${oneLine(message)}\n`);
  return {
    json,
    interactive: stderr.isTTY === true && !json,
    colors: colors.createColors(painted),
    result: (value, human) => {
      if (json) return toStdout(`${spellJson(JSON.stringify(snakeCase(value)))}\n`);
      const lines = human();
      return toStdout(shown(`${typeof lines === 'string' ? lines : lines.join('\n')}\n`));
    },
    aside: (value, human) =>
      toStderr(`${json ? spellJson(JSON.stringify(snakeCase(value))) : spellInvisible(human().join('\n'))}\n`),
    text: (text) => toStdout(shown(text)),
    jsonLine: (value) => toStdout(`${spellJson(JSON.stringify(value))}\n`),
    bytes: toStdout,
    content: async (bytes, raw = false) => {
      if (raw || stdout.isTTY !== true) return toStdout(bytes);
      const text = Buffer.from(bytes).toString('utf8').replaceAll('\r\n', '\n');
      const safe = spellInvisible(text);
      await toStdout(safe);
      if (safe !== text) await warn('some characters are shown as escapes here; --raw, or a pipe, gives the bytes');
    },
    warn,
    failure: (error) => toStderr(json ? `${spellJson(JSON.stringify(errorValue(error)))}\n` : `${errorLine(error)}\n`),
  };
}

/** Returns `config-store: CODE: message. hint`, on one line whatever the parts hold. */
export function errorLine(error: Pick<StoreError, 'code' | 'message' | 'hint' | 'advice'>): string {
  return `config-store: ${error.code}: ${oneLine(error.message).replace(/[.:]$/, '')}. ${oneLine(guide(error))}`;
}

function errorValue(error: StoreError): unknown {
  const { code, message, details } = error;
  return { error: { code, message, hint: guide(error), ...(details && { details: snakeCase(details) }) } };
}

/** The sequences that our colours are made of; each caller made its own text printable before it painted it. */
const COLOR = /(\u001b\[(?:0|1|2|22|3[1-9]|90)m)/;

function printableApartFromColors(text: string): string {
  return text
    .split(COLOR)
    .map((part, at) => (at % 2 === 1 ? part : spellInvisible(part)))
    .join('');
}

function unwritable(error: NodeJS.ErrnoException): StoreError {
  return new StoreError(
    ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(error.code ?? '') ? 'STORE_FULL' : 'ARGUMENT_INVALID',
    `the output cannot be written (${error.code ?? error.name})`,
    {
      hint: 'Send it elsewhere; what the command had to do was done before.',
      cause: error,
    },
  );
}

function oneLine(text: string): string {
  return spellInvisible(text.replace(/\s*[\r\n]+\s*/g, ' ')).trim();
}

function quietWriter(stream: NodeJS.WriteStream): (chunk: string | Uint8Array) => Promise<void> {
  let fault: NodeJS.ErrnoException | undefined;
  // Without a listener the error event of a closed pipe would end the process with a stack trace.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    fault ??= error;
  });
  return (chunk) =>
    new Promise((resolve, reject) => {
      if (fault?.code === 'EPIPE' || chunk.length === 0) return resolve();
      stream.write(chunk, (failed) => {
        const error: NodeJS.ErrnoException | null | undefined = failed && (fault ?? failed);
        if (error && error.code !== 'EPIPE') reject(unwritable(error));
        else resolve();
      });
    });
}
