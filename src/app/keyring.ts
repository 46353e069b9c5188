import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** The name under which the keyring of the system has a value for a variable. */
const SERVICE = 'mcp-config-store';

/**
 * Returns the value that the keyring of the system has for a variable: that of macOS, or the Secret Service of a Linux desktop.
 * Undefined where there is none, or no keyring.
 */
export async function keyringValue(name: string, platform = process.platform): Promise<string | undefined> {
  const [program, ...args] =
    platform === 'darwin'
      ? ['security', 'find-generic-password', '-s', SERVICE, '-a', name, '-w']
      : ['secret-tool', 'lookup', 'service', SERVICE, 'variable', name];
  if (platform === 'win32' || program === undefined) return undefined;
  try {
    const { stdout } = await promisify(execFile)(program, args, { timeout: 30_000 });
    return stdout.replace(/\r?\n$/, '') || undefined;
  } catch {
    return undefined; // no such entry, or no such program
  }
}
