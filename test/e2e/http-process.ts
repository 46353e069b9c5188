import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { COMMAND } from './server-process.ts';

/** The bundle as a network server of its own process. */
export interface HttpProcess {
  readonly url: string;
  readonly child: ChildProcess;
  readonly exited: Promise<[number | null, NodeJS.Signals | null]>;
  stderr(): string;
}

/** Starts it, and waits until it listens. `main` is what is run: the bundle, or the sources. */
export async function startHttpProcess(
  folder: string,
  flags: readonly string[] = [],
  settings: Readonly<Record<string, string>> = {},
  main = COMMAND,
): Promise<HttpProcess> {
  const child = spawn(process.execPath, [main, 'serve', '--http', '0', '--var', folder, ...flags], {
    env: { ...process.env, CONFIG_STORE_TELEMETRY: 'off', ...settings },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const exited = once(child, 'exit') as HttpProcess['exited'];
  let text = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const [, found] = /listening on (\S+?),?(?:\s|$)/.exec(text) ?? [];
      if (found !== undefined) resolve(found);
    });
    void exited.then(() => reject(new Error(`it did not start: ${text}`)));
  });
  return { url, child, exited, stderr: () => text };
}

/** Runs a command of the bundle on the same folder; what it printed. */
export function command(folder: string, ...args: readonly string[]): string {
  return execFileSync(process.execPath, [COMMAND, ...args, '--var', folder], {
    encoding: 'utf8',
    stdio: 'pipe',
  }).trim();
}
