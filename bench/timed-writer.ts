import { once } from 'node:events';
import { timed } from './calls.ts';

/**
 * Runs one of several processes that write at the same time: puts once and says `ready`; when it hears of the start, puts for so
 * many seconds that are not counted, then for those that are, and prints the milliseconds of each and the processor's for all.
 */
export async function writeTimed(put: (n: number) => Promise<unknown>, warmUp: string, seconds: string): Promise<void> {
  await put(0);
  process.stdout.write('ready\n');
  await once(process.stdin, 'data');
  await putFor(put, Number(warmUp) * 1_000);
  const before = process.cpuUsage();
  const taken = await putFor(put, Number(seconds) * 1_000);
  const { user, system } = process.cpuUsage(before);
  const result = JSON.stringify({ taken, cpuMs: (user + system) / 1_000 });
  await new Promise((resolve) => process.stdout.write(`${result}\n`, resolve)); // more than a pipe holds
}

async function putFor(put: (n: number) => Promise<unknown>, ms: number): Promise<number[]> {
  const until = performance.now() + ms;
  const taken: number[] = [];
  while (performance.now() < until) taken.push(await timed(() => put(taken.length)));
  return taken;
}
