import module from 'node:module'; // by its default: a missing name would fail while loading on Node older than 22.1
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * Lets V8 keep what it compiled in the user's cache folder: about a quarter less time to the first answer. Where nothing can
 * be written (a read-only container) it goes on without. `NODE_COMPILE_CACHE` and `NODE_DISABLE_COMPILE_CACHE` win. Never in
 * `var`, which holds data only, nor in a shared temporary folder, where others could place code.
 */
export function useCompileCache(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): void {
  try {
    const folder = cacheFolder(env, platform);
    // With an empty HOME it would be the working folder's, where others could place code too.
    if (isAbsolute(folder)) module.enableCompileCache(join(folder, 'mcp-config-store', 'compiled'));
  } catch {
    // A user without a home folder (an unknown uid in a container): started without a cache.
  }
}

/** Where a program keeps what can be made again: XDG Base Directory, Caches on macOS, LOCALAPPDATA on Windows. */
export function cacheFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches');
  if (platform === 'win32') return env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local');
  const xdg = env['XDG_CACHE_HOME'];
  return xdg?.startsWith('/') === true ? xdg : join(homedir(), '.cache');
}
