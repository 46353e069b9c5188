import { attempt } from '../../app/app.ts';
import { endOnSignals, leaveWhenWritten } from '../../app/leave.ts';
import { readProcessSettings } from '../../app/settings/settings.ts';
import { health } from '../commands/store/health.ts';
import { runCommand } from './run-command.ts';

// The image's HEALTHCHECK: `config-store health`, built into one file of its own. A container engine starts it again and again
// while the server runs, and most of the time of the command goes to finding and reading the parts that other commands share.

/** Checks a store in files, or asks a server on the network; a database and a wrong setting are left to the whole program. */
async function check(): Promise<number> {
  const settings = attempt(() => readProcessSettings({}));
  if (settings !== undefined && settings.database === undefined)
    return runCommand(['health'], (handle) => handle(health, { repeated: true }));
  const { run } = await import('./run.ts');
  return run(['health']);
}

endOnSignals();
void check().then(leaveWhenWritten);
