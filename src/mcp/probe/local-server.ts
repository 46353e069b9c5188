import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type { Reach } from './probe-server.ts';

/** A program to start. */
export interface ServerProgram {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string | undefined;
}

/** A server as a process of its own, over its standard input and output; what it writes to stderr is for no one. */
export function localServer({ command, args, env, cwd }: ServerProgram): Reach {
  const set = Object.entries(env).filter((one): one is [string, string] => one[1] !== undefined);
  const program = { command, args: [...args], env: Object.fromEntries(set), ...(cwd !== undefined && { cwd }) };
  return () => new StdioClientTransport({ ...program, stderr: 'ignore' });
}
