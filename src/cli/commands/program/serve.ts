import { fstatSync } from 'node:fs';
import { type App, attempt, createApp } from '../../../app/app.ts';
import { leave } from '../../../app/leave.ts';
import { inTurn, type ServerLog, serverLog } from '../../../app/server-log.ts';
import { asksForNetwork, type SettingFlags, type Settings, unknownSettings } from '../../../app/settings/settings.ts';
import { keepHeapSmall } from '../../../app/small-heap.ts';
import { version } from '../../../app/version.ts';
import { StoreError, toStoreError } from '../../../core/errors.ts';
import { serve as serveMcp } from '../../../mcp/serve.ts';
import { serveObserver } from '../../../telemetry/events/observers.ts';
import { type Log, openLog } from '../../../telemetry/log.ts';
import type { CommandDefinition } from '../../program/command.ts';

/** `config-store serve`: what an MCP host starts, or a server for the network. */
export const serve: CommandDefinition<SettingFlags> = {
  options: [
    { flags: '--read-only', meaning: 'offer no tool that writes' },
    { flags: '--http <[host:]port>', meaning: 'listen for HTTP there; on this machine alone without a host' },
    { flags: '--tcp <[host:]port>', meaning: 'listen for lines of JSON there, in clear' },
    {
      flags: '--tcp-scope <scope>',
      completes: ['read', 'write'],
      meaning: 'what those without a token may do there: read or write',
    },
    { flags: '--allowed-host <host>', meaning: 'host name that requests may be for; can be repeated', repeats: true },
    { flags: '--allowed-origin <origin>', meaning: 'web pages that may use it; can be repeated', repeats: true },
    { flags: '--metrics', meaning: 'serve /metrics for Prometheus' },
    { flags: '--tls-cert <file>', completes: 'files', meaning: 'PEM file of the certificate and its chain' },
    { flags: '--tls-key <file>', completes: 'files', meaning: 'PEM file of its private key' },
  ],
  examples: [
    'config-store serve',
    'config-store serve --read-only --var ~/configs',
    'config-store serve --http 3000',
    'config-store serve --http 0.0.0.0:3000 --metrics',
    'config-store serve --tcp 0.0.0.0:8002 --tcp-scope read',
  ],
  notes:
    'It is the default when standard input is not a terminal, and ends with its input. With --http or --tcp it ends with SIGTERM or Control-C; beyond this machine it needs a token ("config-store tokens add"). See docs/http.md.',
  endsItself: true,
  run: async (_environment, flags) => startServer(flags),
};

/**
 * Serves MCP until the client goes away, or over HTTP until a signal, then ends the process. On standard input and output it
 * always starts: what is wrong with the settings or the store is every tool's answer, so that the person in front of the client
 * learns it. A network server has no one in front of it: wrong settings end it, with code 78.
 */
export async function startServer(flags: SettingFlags): Promise<never> {
  const overNetwork = asksForNetwork(flags);
  if (!overNetwork) keepHeapSmall();
  const lines = serverLog(() => log);
  const app = createApp({ flags, via: 'mcp', log: lines });
  const { settings, telemetry, context, closeStore } = app;
  const read = attempt(settings);
  const log = openLog({ level: read?.logLevel ?? 'warn', sessionId: telemetry.sessionId });
  await warnOfTrouble(read, !overNetwork);
  // A StoreError around a fault says only where it was caught.
  const onFault = (error: Error) => log.error('unexpected fault', error.cause ?? error);
  const observer = inTurn(lines.server, serveObserver(telemetry.events));
  const exitCode = overNetwork
    ? await serveNetwork(app, observer, onFault)
    : await serveMcp({
        context,
        close: closeStore,
        observer,
        onFault,
        warm,
        readOnly: read?.readOnly ?? false,
        version,
        onOverdue: () => void leave(0),
      });
  return end(app, log, exitCode);
}

async function end({ telemetry }: App, log: Log, exitCode: number): Promise<never> {
  await telemetry.close();
  await log.flush();
  // Nothing that a library left open may keep a process whose client is gone.
  return leave(exitCode);
}

async function serveNetwork(app: App, observer: ServerLog['server'], onFault: (error: Error) => void): Promise<number> {
  const { createOutput } = await import('../../output/output.ts');
  const output = createOutput(process, false);
  try {
    const { serveNetwork: serveAll } = await import('../../../app/serve-network.ts');
    const { guide } = await import('../../output/advice.ts');
    return await serveAll({
      app,
      guide,
      observer,
      onFault,
      warm,
      onListening: (url, tokenRequired) =>
        void output.notice(`listening on ${url}${tokenRequired ? '' : ', without a token'}`),
      onImpatient: () => void leave(0),
    });
  } catch (error) {
    const { wordAdvice } = await import('../../output/advice.ts');
    const { code, message, hint, advice, cause } = toStoreError(error);
    await output.failure(new StoreError(code, message, { hint }));
    for (const step of advice) await output.notice(wordAdvice(step));
    if (code === 'INTERNAL') onFault(new Error('the server could not start', { cause }));
    return 78;
  }
}

async function warm(): Promise<void> {
  const { loadSigner } = await import('../../../keys/ed25519.ts');
  (await loadSigner()).warm();
}

/** A person who starts it on a terminal sees nothing otherwise, and no prompt comes back. */
async function sayWhatItIs(): Promise<void> {
  const { createOutput } = await import('../../output/output.ts');
  await createOutput(process, false).notice(
    'serving MCP on standard input and output: an MCP client starts this by itself and talks to it in JSON. Ctrl-C or Ctrl-D stops it; "config-store install CLIENT" enters it in a client, "config-store --help" lists the commands for people.',
  );
}

/** Says on stderr, which hosts show or keep, what a person who starts it by hand or in a container did not mean. */
async function warnOfTrouble(settings: Settings | undefined, readsInput: boolean): Promise<void> {
  const unheard = readsInput && !process.stdin.isTTY && fstatSync(0).isCharacterDevice();
  const unknown = unknownSettings();
  const isByHand = readsInput && process.stdin.isTTY;
  if (isByHand) await sayWhatItIs();
  if (!unheard && !settings?.expectVolume && unknown.length === 0) return;
  const { createOutput } = await import('../../output/output.ts');
  const { forgottenVolume } = await import('../../../app/settings/forgotten-volume.ts');
  const { warn } = createOutput(process, false);
  const forgotten = settings && forgottenVolume(settings);
  if (forgotten !== undefined) await warn(`${forgotten.message}. ${forgotten.hint}`);
  for (const message of unknown) await warn(message);
  if (unheard)
    await warn(
      'standard input is empty, so there is no client to serve. With Docker, -i keeps it open: docker run -i …',
    );
}
