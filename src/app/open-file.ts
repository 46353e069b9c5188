import { spawn } from 'node:child_process';
import { processEnvironment } from './settings/settings.ts';

/** An opener that fails does so at once; one that goes on is the browser itself. Milliseconds. */
const SETTLE_MS = 2_000;

/** Returns the program that opens a file as a person's desktop does; undefined where there is no desktop. */
export function openerOf(platform: NodeJS.Platform, environment: NodeJS.ProcessEnv): string | undefined {
  if (platform === 'darwin') return 'open';
  if (platform === 'win32') return 'explorer.exe';
  if (environment['WSL_DISTRO_NAME']) return 'wslview';
  return environment['DISPLAY'] || environment['WAYLAND_DISPLAY'] ? 'xdg-open' : undefined;
}

/** Opens a file with the opener of the platform; says whether that worked. */
export async function openFile(path: string): Promise<boolean> {
  const opener = openerOf(process.platform, processEnvironment());
  if (opener === undefined) return false;
  return new Promise((resolve) => {
    const child = spawn(opener, [path], { stdio: 'ignore', detached: true });
    const settled = (isOpen: boolean) => {
      clearTimeout(timer);
      child.unref();
      resolve(isOpen);
    };
    const timer = setTimeout(() => settled(true), SETTLE_MS);
    child.on('error', () => settled(false));
    // The one of Windows never says 0.
    child.on('exit', (code) => settled(code === 0 || process.platform === 'win32'));
  });
}
