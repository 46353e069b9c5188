import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { FuzzCase, Said } from './asking-process.ts';

const SCRIPT = fileURLToPath(new URL('asking-process.ts', import.meta.url));
/** The time within which every question is answered, or refused. */
const DEADLINE_MS = 15_000;
/** Cases after which the process is replaced: what it holds of closed stores is not what is measured. */
const CASES = 20;

/** How a case ended. */
export interface Outcome {
  readonly problems: readonly string[];
  /** What was changed, in words. */
  readonly changes: readonly string[];
}

/** Asks in a process of its own: one that does not answer in time is ended, and says which question it was. */
export class Asker {
  #child: ChildProcess | undefined;
  #cases = 0;
  /** The most memory a process had. */
  peakBytes = 0;
  /** The longest any question took, in milliseconds, and which. */
  slowest = { ms: 0, question: '' };

  async run(one: FuzzCase): Promise<Outcome> {
    if (++this.#cases % CASES === 0) await this.close();
    this.#child ??= fork(SCRIPT, { stdio: ['ignore', 'inherit', 'pipe', 'ipc'] });
    const child = this.#child;
    const ended = Promise.withResolvers<Outcome>();
    let question = 'prepare';
    let askedMs = performance.now();
    let timer: NodeJS.Timeout | undefined;
    let errors = '';
    const fail = (problem: string) => ended.resolve({ problems: [problem], changes: [] });
    const wait = () => {
      clearTimeout(timer);
      askedMs = performance.now();
      timer = setTimeout(() => fail(`no answer within 15 s: ${question}`), DEADLINE_MS);
    };
    const onMessage = (said: Said) => {
      const ms = performance.now() - askedMs;
      if (ms > this.slowest.ms && question !== 'prepare') this.slowest = { ms, question };
      if ('asking' in said) {
        question = said.asking;
        return wait();
      }
      this.peakBytes = Math.max(this.peakBytes, said.peakBytes);
      ended.resolve({ problems: said.done, changes: said.changes });
    };
    const onExit = (code: number | null) => fail(`the process ended with ${code} at "${question}": ${errors}`);
    child.stderr?.on('data', (chunk: Buffer) => {
      errors = `${errors}${chunk.toString()}`.slice(-4_000);
    });
    child.on('message', onMessage).on('exit', onExit);
    wait();
    child.send(one);
    const outcome = await ended.promise;
    clearTimeout(timer);
    child.off('message', onMessage).off('exit', onExit);
    child.stderr?.removeAllListeners('data');
    if (outcome.problems.length > 0) await this.close();
    return outcome;
  }

  async close(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}
