import { isStoreError } from '../../../core/errors.ts';
import { isShowable, parsePointer } from '../../../core/json/pointer.ts';
import type { AttentionItem } from '../../../telemetry/review/look-facts.ts';
import type { Occurrence } from '../../../telemetry/review/review-facts.ts';
import { hasDrifted, scanClients } from '../../clients/scan-clients.ts';
import { findTargets, readTargetFile } from '../../clients/targets.ts';
import type { Context } from '../../shared/context.ts';

/** Looks at the files of MCP clients on this machine: which differ from what was deployed. Says nothing where it cannot look. */
export async function driftNow(ctx: Context): Promise<AttentionItem[]> {
  try {
    const { clients } = await scanClients(ctx, {});
    return clients.flatMap(({ title, servers, next }) => {
      const drifted = servers.filter(hasDrifted);
      if (drifted.length === 0) return [];
      const details = drifted.map(({ name, drift = 'changed' }) => `${shown(name)}: ${IN_WORDS[drift]}`);
      return [{ severity: 'warning' as const, title: `${title}'s file is not as it was deployed`, details, ...next }];
    });
  } catch (error) {
    // A folder of state that is not believed: then nothing is known of what was deployed.
    if (isStoreError(error)) return [];
    throw error;
  }
}

const IN_WORDS = {
  missing: 'is gone',
  changed: 'was changed',
  'other-program': 'runs another program',
  undone: 'is back as it was before',
  foreign: 'is not from the store',
} as const;

/**
 * Finds credentials that the store refused and that still stand, in clear, in a client's file: at the same place of the same server.
 */
export async function refusedStillThere(
  ctx: Context,
  refusals: readonly Occurrence[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const places = new Set(
    refusals.flatMap(({ code, path }) => (code === 'SECRET_FOUND' ? (refusedPlace(path) ?? []) : [])),
  );
  const found = new Map<string, string[]>();
  if (places.size === 0) return found;
  const { findSecretsInValue } = await import('../../../policy/secrets/secrets.ts');
  for (const target of findTargets(ctx, {})) {
    const { content } = await readTargetFile(target);
    for (const { name, value } of content?.section.entries.values() ?? []) {
      const secrets = await findSecretsInValue(value);
      for (const { path, suspicion } of secrets) {
        const place = placeOf(name, parsePointer(path)?.at(-1));
        if (suspicion === 'possible' || !places.has(place)) continue;
        found.set(target.dialect.title, [...(found.get(target.dialect.title) ?? []), place]);
      }
    }
  }
  return found;
}

/** Returns the place that a refusal names, where it is in a server: below the member that holds the servers. */
function refusedPlace(pointer: string | undefined): string | undefined {
  const tokens = parsePointer(pointer ?? '') ?? [];
  return tokens.length < 4 ? undefined : placeOf(tokens[1] ?? '', tokens.at(-1));
}

/** Returns a place as server and member: clients name what lies between differently. */
function placeOf(server: string, member = ''): string {
  return `${shown(server)}: ${shown(member)}`;
}

function shown(name: string): string {
  return isShowable(name) ? name : '…';
}
