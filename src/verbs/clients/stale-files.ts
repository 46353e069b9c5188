import { placesOf } from '../../clients/ownership/ledger.ts';
import type { Guidance } from '../../core/advice.ts';
import { isStoreError } from '../../core/errors.ts';
import type { Deployment } from '../../state/deployments.ts';
import type { Store } from '../../store/api/store.ts';
import type { Context } from '../shared/context.ts';
import { listed } from '../shared/text.ts';
import { basesOf } from './config-servers.ts';
import { deploymentsOf, heldIn } from './deployed.ts';

/**
 * Says that a change of the store has changed no client's file: which clients still have another content of the config, or a config
 * that builds on it and was written before the change, and the next step. Undefined where none has, and for callers elsewhere.
 * Never fails: it runs after a commit, whose success no later fault may hide.
 *
 * @param digest `sha256:<hex>` of the content that is the newest now; undefined where the config was deleted
 */
export async function staleFiles(
  ctx: Context,
  store: Store,
  name: string,
  digest: string | undefined,
): Promise<Guidance | undefined> {
  const deployed = deployedNow(ctx);
  const stale = deployed.filter(({ config }) => config.name === name && config.digest !== digest);
  const above = await buildOn(store, name, deployed);
  const said = [
    ...stale.map(({ client, config }) => `${client} still has version ${config.version}`),
    ...above.map(({ client, config }) => `${client} has ${config.name}, which builds on ${name}, as it was before`),
  ];
  if (said.length === 0) return undefined;
  const [own] = stale;
  const next = own === undefined ? [] : [own.config.name];
  const plans = [...new Set([...next, ...above.map(({ config }) => config.name)])];
  return {
    hint: `No client's file was changed by this: ${listed([...new Set(said)])}.`,
    advice: plans.map((config) =>
      config === name && own !== undefined && digest === undefined
        ? { do: 'undo-deploy', client: own.client }
        : { do: 'plan-deploy', name: config },
    ),
  };
}

/** Returns the writings of configs that build on a config and were made before its newest version. */
async function buildOn(store: Store, name: string, deployed: readonly Deployed[]): Promise<Deployed[]> {
  const others = deployed.filter(({ config }) => config.name !== name);
  if (others.length === 0) return [];
  try {
    const head = await store.reader.head(name);
    const before = others.filter(({ time }) => head !== undefined && time < head.time);
    const names = [...new Set(before.map(({ config }) => config.name))];
    const above = await Promise.all(
      names.map(async (config) => ((await basesOf(store, config)).has(name) ? config : '')),
    );
    return before.filter(({ config }) => above.includes(config.name));
  } catch (error) {
    if (!isStoreError(error)) throw error;
    return [];
  }
}

/** Returns guidance as one: all hints, then all advice; undefined where there is none. */
export function together(...all: ReadonlyArray<Guidance | undefined>): Guidance | undefined {
  const given = all.filter((guidance) => guidance !== undefined);
  if (given.length < 2) return given[0];
  const hints = given.flatMap(({ hint }) => (hint === undefined ? [] : [hint]));
  return { hint: hints.join(' '), advice: given.flatMap(({ advice = [] }) => advice) };
}

type Deployed = Deployment & { readonly config: NonNullable<Deployment['config']> };

/** Returns the newest writing of each file that has a config of ours. */
function deployedNow(ctx: Context): Deployed[] {
  if (ctx.isRemote === true) return [];
  try {
    const all = deploymentsOf(ctx).read();
    return placesOf(all).flatMap((place) => {
      // Whether the file is as it was left does not matter here: it is what was written.
      const { last } = heldIn(all, place, undefined);
      return last?.config ? [last as Deployed] : [];
    });
  } catch (error) {
    if (!isStoreError(error)) throw error;
    return [];
  }
}
