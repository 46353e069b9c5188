import colors from 'picocolors';
import { snakeCase } from '../../core/case.ts';
import { StoreError } from '../../core/errors.ts';
import { spellInvisible } from '../../core/visible.ts';
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
  /** Text on stdout, as it is. */
  text(text: string): Promise<void>;
  /** Exactly these bytes on stdout. */
  bytes(bytes: Uint8Array): Promise<void>;
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
  return {
    json,
    interactive: stderr.isTTY === true && !json,
    // The library knows NO_COLOR and dumb terminals, but also colours a pipe under CI.
    colors: colors.createColors(colors.isColorSupported && stdout.isTTY === true && !json),
    result: (value, human) => {
      if (json) return toStdout(`${JSON.stringify(snakeCase(value))}\n`);
      const lines = human();
      return toStdout(`${typeof lines === 'string' ? lines : lines.join('\n')}\n`);
    },
    text: toStdout,
    bytes: toStdout,
    warn: (message) => toStderr(`config-store: warning: ${oneLine(message)}\n`),
    failure: (error) => toStderr(json ? `${JSON.stringify(errorValue(error))}\n` : `${errorLine(error)}\n`),
  };
}

/** Returns `config-store: CODE: message. hint`, on one line whatever the parts hold. */
export function errorLine(error: Pick<StoreError, 'code' | 'message' | 'hint' | 'advice'>): string {
  return `config-store: ${error.code}: ${oneLine(error.message).replace(/[.:]$/, '')}. ${oneLine(guide(error))}`;
}

/**
 * Returns text that is safe on a terminal: characters that could move the cursor, hide what is there or look like nothing are
 * shown as escapes. Line breaks and tabs stay.
 */
export function printable(text: string): string {
  return spellInvisible(text);
}

function errorValue(error: StoreError): unknown {
  const { code, message, details } = error;
  return { error: { code, message, hint: guide(error), ...(details && { details: snakeCase(details) }) } };
}

function unwritable(error: NodeJS.ErrnoException): StoreError {
  return new StoreError('ARGUMENT_INVALID', `the output cannot be written (${error.code ?? error.name})`, {
    hint: 'Send it elsewhere; what the command had to do was done before.',
    cause: error,
  });
}

function oneLine(text: string): string {
  return printable(text.replace(/\s*[\r\n]+\s*/g, ' ')).trim();
}

function quietWriter(stream: NodeJS.WriteStream): (chunk: string | Uint8Array) => Promise<void> {
  let gone = false;
  // Without a listener the error event of a closed pipe would end the process with a stack trace.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // The callback of the write that met any other fault reports it.
    if (error.code === 'EPIPE') gone = true;
  });
  return (chunk) =>
    new Promise((resolve, reject) => {
      if (gone || chunk.length === 0) return resolve();
      stream.write(chunk, (error) => {
        if (error && (error as NodeJS.ErrnoException).code !== 'EPIPE') reject(unwritable(error));
        else resolve();
      });
    });
}
