import { spawn } from 'node:child_process';
import { displayWidth } from './display-width.ts';

/** Shows a text to a person; false where that was not possible. */
type Pager = (text: string) => Promise<boolean>;

/** As git has it: what fits is printed, colours stay, and the text is there after the end. */
const LESS = { LESS: 'FRX', LESSCHARSET: 'utf-8' } as const;
/** The size of a terminal that does not know its own. */
const SCREEN_ROWS = 24;
const SCREEN_COLUMNS = 80;

/** Returns the person's pager: PAGER, else `less`; undefined where PAGER is empty or `cat`. */
export function pagerOf(environment: NodeJS.ProcessEnv): Pager | undefined {
  const command = environment['PAGER'] ?? 'less';
  if (command.trim() === '' || command.trim() === 'cat' || process.platform === 'win32') return undefined;
  return async (text) => {
    // The keyboard's signals are the pager's while it runs.
    const ignore = () => undefined;
    process.on('SIGINT', ignore);
    try {
      return await show(command, text, { ...LESS, ...environment });
    } finally {
      process.off('SIGINT', ignore);
    }
  };
}

/** Returns true for a text that a terminal shows without scrolling. */
export function fitsScreen(
  text: string,
  { columns, rows }: { readonly columns?: number; readonly rows?: number },
): boolean {
  // Colours take no room.
  const lines = text
    .replace(/\u001b\[\d+m/g, '')
    .trimEnd()
    .split('\n');
  return (
    lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(displayWidth(line) / (columns || SCREEN_COLUMNS))), 0) <
    (rows || SCREEN_ROWS)
  );
}

/** The setting is a command line, as everywhere; it gets the text on its standard input. */
function show(command: string, text: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn('/bin/sh', ['-c', command], { stdio: ['pipe', 'inherit', 'inherit'], env });
    child.once('error', () => resolve(false));
    // 126 and 127 are the shell's: there is no such program.
    child.once('exit', (code) => resolve(code !== 126 && code !== 127));
    // It may be left before all of it is read.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(text);
  });
}
