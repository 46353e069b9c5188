/**
 * Records docs/recordings/clients.cast (asciicast) and draws docs/recordings/clients.svg, from a session that it really runs on a terminal
 * of its own with the built command: import, put, plan, apply, drift, undo.
 */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { drawTerminal, type TerminalLine } from './terminal-picture.ts';

const ROOT = join(import.meta.dirname, '..');
/** The files this makes. */
export const RECORDING = join(ROOT, 'docs', 'recordings', 'clients.cast');
export const RECORDED_PICTURE = join(ROOT, 'docs', 'recordings', 'clients.svg');

const COLUMNS = 110;
const ROWS = 40;
const TITLE = 'One config of MCP servers, two clients: import, put, plan, apply, drift, undo';
/** How the folder of the session is shown. */
const HOME = '/home/ada';

/** The client's file before: with a token, and a layout of its own. */
export const BEFORE =
  '{\n\t"mcpServers": {\n\t\t"notes": { "command": "notes-mcp", "env": { "NOTES_TOKEN": "Zk7pQ2mX9rLt4VnB8wYc" } }\n\t}\n}';
const DOCS = { type: 'streamable-http', url: 'https://docs.example.com/mcp' };
const NOTES = { type: 'stdio', command: 'notes-mcp', env: { NOTES_TOKEN: `\${env:NOTES_TOKEN}` } };

/** A command, and what is typed when it asks. */
type Typed = readonly [command: string, answer?: string];
const SESSION: readonly Typed[] = [
  ['# the servers of a client are taken into the store; its token is not'],
  ['config-store clients'],
  ['config-store clients import cursor --name team/servers'],
  ['# one more server, and what that would change in two clients'],
  ['config-store put team/servers more.json'],
  ['config-store clients plan team/servers --to cursor,codex'],
  ['config-store clients apply PLAN'],
  ['# another program changes the file'],
  ['sed -i.orig s/docs.example.com/evil.example/ .cursor/mcp.json'],
  ['config-store clients show cursor'],
  ['config-store clients deploy team/servers --to cursor --restore', 'y'],
  ['# and all of it is taken back'],
  ['config-store clients undo cursor'],
  ['config-store clients undo cursor'],
  ['config-store clients undo codex'],
  ['cmp .cursor/mcp.json before.json && echo the same bytes as before'],
];

/** One step of a session that was run. */
export interface RecordedStep {
  readonly command: string;
  /** What the terminal showed, in colour; empty for a comment. */
  readonly shown: string;
  /** Seconds it took. */
  readonly took: number;
}

/** A session that was run, and what became of the client's file. */
export interface Recording {
  readonly steps: readonly RecordedStep[];
  readonly after: string;
}

/** Runs the session on a terminal, in a folder of its own. */
export async function record(main = join(ROOT, 'dist', 'main.js')): Promise<Recording> {
  const home = await mkdtemp(join(tmpdir(), 'recording-'));
  try {
    for (const folder of ['bin', '.cursor', '.codex']) await mkdir(join(home, folder));
    await symlink(main, join(home, 'bin', 'config-store'));
    for (const file of ['before.json', '.cursor/mcp.json']) await writeFile(join(home, file), BEFORE);
    await writeFile(join(home, '.codex/config.toml'), 'model = "o9"   # mine\n');
    await writeFile(join(home, 'more.json'), JSON.stringify({ mcpServers: { notes: NOTES, docs: DOCS } }));
    const steps: RecordedStep[] = [];
    let plan = '';
    for (const [given, answer] of SESSION) {
      const command = given.replace('PLAN', plan);
      const start = performance.now();
      const shown = given.startsWith('#') ? '' : await onTerminal(home, command, answer);
      steps.push({ command, shown: shown.replaceAll(home, HOME), took: (performance.now() - start) / 1_000 });
      plan = /"config-store clients apply ([0-9a-f]+)"/.exec(shown)?.[1] ?? plan;
    }
    return { steps, after: await readFile(join(home, '.cursor/mcp.json'), 'utf8') };
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** Runs a command on a terminal, by util-linux's `script`; the answer is typed when a question is there. */
async function onTerminal(home: string, command: string, answer: string | undefined): Promise<string> {
  const line = `stty cols ${COLUMNS} rows ${ROWS}; ${command}`;
  const child = spawn('script', ['-qec', line, '/dev/null'], {
    cwd: home,
    env: {
      ...{ PATH: [join(home, 'bin'), dirname(process.execPath), process.env['PATH']].join(delimiter) },
      ...{ HOME: home, TERM: 'xterm-256color', SHELL: '/bin/sh', PAGER: 'cat', CONFIG_STORE_TELEMETRY: 'off' },
      CONFIG_STORE_VAR: join(home, 'var'),
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let shown = '';
  let isTyped = answer === undefined;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
    if (isTyped || !/\?[^\n]*$/.test(stripVTControlCharacters(shown))) return;
    isTyped = true;
    child.stdin.write(`${answer}\r`);
  });
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${shown}`);
  return shown;
}

/** Returns a session as an asciicast, version 2, at a pace at which it can be read. */
export function asCast({ steps }: Recording): string {
  const events: Array<readonly [number, 'o', string]> = [];
  let time = 0.5;
  const show = (text: string, wait: number) => {
    events.push([Number(time.toFixed(3)), 'o', text]);
    time += wait;
  };
  for (const { command, shown, took } of steps) {
    show(`${command.startsWith('#') ? '' : '$ '}${command}\r\n`, Math.min(took, 0.6));
    if (shown !== '') show(shown, 1.6);
  }
  const header = { version: 2, width: COLUMNS, height: ROWS, title: TITLE };
  return `${[header, ...events].map((part) => JSON.stringify(part)).join('\n')}\n`;
}

/** Returns a session as lines of text. */
export function asLines({ steps }: Recording): TerminalLine[] {
  return steps.flatMap(({ command, shown }): TerminalLine[] => {
    if (command.startsWith('#')) return [{ text: command, kind: 'comment' }];
    const said = stripVTControlCharacters(shown).trimEnd();
    const lines = said === '' ? [] : said.split(/\r?\n/);
    return [
      { text: `$ ${command}`, kind: 'command' },
      ...lines.map((text): TerminalLine => ({ text, kind: 'output' })),
    ];
  });
}

if (import.meta.main) {
  const recording = await record();
  await writeFile(RECORDING, asCast(recording));
  await writeFile(RECORDED_PICTURE, drawTerminal(asLines(recording), TITLE));
}
