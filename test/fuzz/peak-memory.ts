import { existsSync, readFileSync, writeSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** Returns the most memory this process had, in bytes. What `getrusage` says would count the process that started it too. */
export function peakBytes(): number {
  const status = '/proc/self/status';
  const line = existsSync(status) ? /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(status, 'utf8'))?.[1] : undefined;
  return 1_024 * (line === undefined ? process.resourceUsage().maxRSS : Number(line));
}

/** Makes a Node process say at its end, on descriptor 3, how much memory it had. */
export const SAY_PEAK = ['--import', pathToFileURL(import.meta.filename).href] as const;

if (process.env['SAY_PEAK'] === '1') process.on('exit', () => writeSync(3, `${peakBytes()}\n`));
