import { fstatSync } from 'node:fs';
import { attempt, createApp } from '../../../app/app.ts';
import { leave } from '../../../app/leave.ts';
import { inTurn, serverLog } from '../../../app/server-log.ts';
import { type SettingFlags, type Settings, unknownSettings } from '../../../app/settings.ts';
import { version } from '../../../app/version.ts';
import { serve as serveMcp } from '../../../mcp/serve.ts';
import { serveObserver } from '../../../telemetry/events/observers.ts';
import { openLog } from '../../../telemetry/log.ts';
import type { CommandDefinition } from '../../program/command.ts';

/** `config-store serve`: what an MCP host starts. */
export const serve: CommandDefinition<SettingFlags> = {
  options: [{ flags: '--read-only', meaning: 'offer no tool that writes' }],
  examples: ['config-store serve', 'config-store serve --read-only --var ~/configs'],
  notes: 'It is the default when standard input is not a terminal, and ends with its input.',
  endsItself: true,
  run: async (_environment, flags) => startServer(flags),
};

/**
 * Serves MCP until the client goes away, then ends the process. Always starts: what is wrong with the settings or the store
 * is every tool's answer, so that the person in front of the client learns it.
 */
export async function startServer(flags: SettingFlags): Promise<never> {
  const lines = serverLog(() => log);
  const { settings, telemetry, context, closeStore } = createApp({ flags, via: 'mcp', log: lines });
  const read = attempt(settings);
  const log = openLog({ level: read?.logLevel ?? 'warn', sessionId: telemetry.sessionId });
  await warnOfTrouble(read);
  const exitCode = await serveMcp({
    context,
    close: closeStore,
    observer: inTurn(lines.server, serveObserver(telemetry.events)),
    // A StoreError around a fault says only where it was caught.
    onFault: (error) => log.error('unexpected fault', error.cause ?? error),
    warm: async () => {
      const { loadSigner } = await import('../../../keys/ed25519.ts');
      (await loadSigner()).warm();
    },
    readOnly: read?.readOnly ?? false,
    version,
    onOverdue: () => void leave(0),
  });
  await telemetry.close();
  await log.flush();
  // Nothing that a library left open may keep a process whose client is gone.
  return leave(exitCode);
}

/** Says on stderr, which hosts show or keep, what a person who starts it by hand or in a container did not mean. */
async function warnOfTrouble(settings: Settings | undefined): Promise<void> {
  const unheard = !process.stdin.isTTY && fstatSync(0).isCharacterDevice();
  const unknown = unknownSettings();
  if (!unheard && !settings?.expectVolume && unknown.length === 0) return;
  const { createOutput } = await import('../../output/output.ts');
  const { forgottenVolume } = await import('../../../app/forgotten-volume.ts');
  const { warn } = createOutput(process, false);
  const forgotten = settings && forgottenVolume(settings);
  if (forgotten !== undefined) await warn(`${forgotten.message}. ${forgotten.hint}`);
  for (const message of unknown) await warn(message);
  if (unheard)
    await warn(
      'standard input is empty, so there is no client to serve. With Docker, -i keeps it open: docker run -i …',
    );
}
