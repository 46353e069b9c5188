import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { COMMAND } from '../e2e/server-process.ts';
import type { Installation } from './installation.ts';
import { SAY_PEAK } from './peak-memory.ts';

/** The time within which a command answers or ends. */
export const DEADLINE_MS = 15_000;

/** What a process left behind. */
export interface Ended {
  /** Undefined for one that did not end in time. */
  readonly code: number | null | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly peakBytes: number;
}

/** Starts the built command on an installation, its temporary files in a folder of their own. */
export function start(
  { paths, tmp }: Installation,
  args: readonly string[],
): { child: ChildProcessWithoutNullStreams; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [...SAY_PEAK, COMMAND, ...args], {
    cwd: tmp,
    env: { PATH: process.env['PATH'], HOME: tmp, TMPDIR: tmp, CONFIG_STORE_VAR: paths.root, SAY_PEAK: '1' },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  }) as unknown as ChildProcessWithoutNullStreams;
  child.stdin.on('error', () => undefined); // it may be gone before all is written
  const texts = ['', '', ''];
  for (const [i, stream] of [child.stdout, child.stderr, child.stdio[3]].entries())
    (stream as typeof child.stdout).on('data', (chunk: Buffer) => {
      texts[i] += chunk.toString('utf8');
    });
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code) =>
      resolve({ code, stdout: texts[0] ?? '', stderr: texts[1] ?? '', peakBytes: Number(texts[2]) }),
    );
  });
  return { child, ended };
}

/** Waits for the end of a process; one that does not end in time is killed. */
export async function inTime(
  child: ChildProcessWithoutNullStreams,
  ended: Promise<Ended>,
  ms = DEADLINE_MS,
): Promise<Ended> {
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill('SIGKILL');
  }, ms);
  const end = await ended;
  clearTimeout(timer);
  return late ? { ...end, code: undefined } : end;
}
