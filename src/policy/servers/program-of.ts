import { isShowable } from '../../core/json/pointer.ts';
import { parseDockerLine } from './docker-line.ts';
import { packageArgument, runnerOf } from './mcp-programs.ts';
import type { ServerEntry } from './server-entries.ts';

/**
 * Returns what a server runs, or where it is, in a few words: `npx @scope/server@1.2`, `docker mcp/postgres`,
 * `mcp.example.com`. Never another argument, a path of the address or a user in it: each may hold a secret.
 */
export function programOf(entry: Pick<ServerEntry, 'command' | 'args' | 'url'>): string | undefined {
  const { command, args, url } = entry;
  if (command === undefined) return url === undefined ? undefined : hostOf(url);
  const program = (/[^/\\]+$/.exec(command)?.[0] ?? '').replace(/\.(?:cmd|exe)$/i, '');
  if (!isShowable(program)) return undefined;
  const runner = runnerOf(command);
  const what = runner === undefined ? parseDockerLine(entry)?.target : packageArgument(args, runner.isPython);
  return what !== undefined && isShowable(what.replace('==', '@')) ? `${program} ${what}` : program;
}

function hostOf(url: string): string | undefined {
  const host = URL.canParse(url) ? new URL(url).host : '';
  return /^[a-z0-9.:[\]-]{1,100}$/.test(host) ? host : undefined;
}
