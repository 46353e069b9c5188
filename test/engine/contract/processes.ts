import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

const script = fileURLToPath(new URL('../engine-process.ts', import.meta.url));

/** Starts `engine-process.ts` on a subject's store. */
export function startProcess(remote: readonly string[], task: string, writer: string, count: number): ChildProcess {
  return spawn(process.execPath, [script, task, writer, String(count), ...remote], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Runs `engine-process.ts` to its end, and returns what was answered. */
export async function runProcess(
  remote: readonly string[],
  task: string,
  writer: string,
  count: number,
): Promise<Array<{ index: number; text: string }>> {
  const child = startProcess(remote, task, writer, count);
  const chunks: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  expect(code).toBe(0);
  const lines = Buffer.concat(chunks).toString().trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as { index: number; text: string });
}
