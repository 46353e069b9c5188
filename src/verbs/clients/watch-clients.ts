import { watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Context } from '../shared/context.ts';
import { hasDrifted, type ScannedClient, scanClients } from './scan-clients.ts';
import { findTargets } from './targets.ts';

/** A client may write its file several times in a row, in ms. */
const SETTLE_MS = 400;

/**
 * Watches the folders of clients' files, and says after each change which of them differ from what was deployed, once for each
 * difference. Changes nothing. Ends when it is aborted.
 *
 * @throws StoreError as `scanClients`
 */
export async function watchClients(
  ctx: Context,
  {
    client,
    project,
    signal,
  }: { readonly client?: string | undefined; readonly project?: string | undefined; readonly signal: AbortSignal },
  found: (client: ScannedClient) => Promise<void>,
): Promise<void> {
  const targets = findTargets(ctx, { clients: client === undefined ? undefined : [client], project });
  const names = new Map<string, Set<string>>();
  for (const { path, exists } of targets) {
    if (!exists) continue;
    const known = names.get(dirname(path)) ?? new Set();
    names.set(dirname(path), known.add(basename(path)));
  }
  const said = new Map<string, string>();
  let timer: NodeJS.Timeout | undefined;
  let running = report();
  await running;
  // A folder is watched, and not its file: a file that is replaced would be lost from sight.
  const watchers = [...names].map(([folder, files]) =>
    watch(folder, (_, name) => {
      if (name !== null && !files.has(name)) return;
      // Not begun again at each write: a client that writes all the time would never be looked at.
      timer ??= setTimeout(() => {
        timer = undefined;
        running = running.then(report, report);
      }, SETTLE_MS);
    }),
  );
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  clearTimeout(timer);
  for (const watcher of watchers) watcher.close();
  await running;

  async function report(): Promise<void> {
    const { clients } = await scanClients(ctx, { client, project });
    for (const scanned of clients) {
      const drifted = scanned.servers.filter(hasDrifted);
      const state = JSON.stringify(drifted.map(({ name, drift }) => [name, drift]));
      if (said.get(scanned.path) === state) continue;
      said.set(scanned.path, state);
      if (drifted.length === 0) continue;
      const kinds = [...new Set(drifted.flatMap(({ drift }) => drift ?? []))];
      ctx.telemetry.events.driftFound({ client: scanned.client, servers: drifted.length, kinds });
      await found(scanned);
    }
  }
}
