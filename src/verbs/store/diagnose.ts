import type { Guidance } from '../../core/advice.ts';
import { isStoreError } from '../../core/errors.ts';
import { noticeLine } from '../../core/notice.ts';
import { hasDrifted, type ScannedClient, scanClients } from '../clients/scan-clients.ts';
import type { Context } from '../shared/context.ts';
import { count, listed } from '../shared/text.ts';
import { checkHealth } from './check-health.ts';

const DAY_MS = 86_400_000;
/** How old a verification may be before another one is advised, in days. */
const VERIFY_DAYS = 30;

/** One thing that was looked at. */
export interface Diagnosed extends Guidance {
  readonly area: 'store' | 'clients' | 'habits';
  readonly name: string;
  /** `error`: it does not work; `warning`: it does, and something is to be done. */
  readonly state: 'ok' | 'warning' | 'error';
  readonly message: string;
}

/** All that was looked at. */
export interface Diagnosis {
  readonly summary: string;
  /** False when the store cannot do its work. */
  readonly ok: boolean;
  readonly version: string;
  readonly findings: readonly Diagnosed[];
}

/**
 * Looks at everything a person would ask about: whether the store works, the files of the MCP clients, and what is due. Never
 * throws for what is wrong: that is a finding. Changes nothing in the store.
 */
export async function diagnose(ctx: Context): Promise<Diagnosis> {
  const health = await checkHealth(ctx, { probeDisk: true });
  const findings: Diagnosed[] = health.checks.map(({ name, ok, severity = 'error', message, hint, advice }) => ({
    area: 'store',
    name,
    state: ok ? 'ok' : severity,
    message,
    hint,
    advice,
  }));
  findings.push(...(await clientFindings(ctx)));
  if (health.store !== undefined) findings.push(verification(health.verifiedAt), ...(await drafts(ctx)));
  const bad = findings.filter(({ state }) => state !== 'ok').length;
  return {
    summary: bad === 0 ? `all ${count(findings.length, 'check')} passed` : `${count(bad, 'thing')} to look at`,
    ok: health.ok,
    version: health.version,
    findings,
  };
}

async function clientFindings(ctx: Context): Promise<Diagnosed[]> {
  try {
    const { clients } = await scanClients(ctx, {});
    const there = clients.filter(({ state }) => state !== 'missing');
    return [known(there), ...there.flatMap(clientFinding)];
  } catch (error) {
    if (!isStoreError(error)) throw error;
    const { message, hint, advice } = error;
    return [{ area: 'clients', name: 'clients', state: 'warning', message, hint, advice }];
  }
}

/** A server of this kind is known by the name that an installation gives it. */
function known(clients: readonly ScannedClient[]): Diagnosed {
  const base = { area: 'clients', name: 'clients' } as const;
  if (clients.length === 0) return { ...base, state: 'ok', message: 'no file of an MCP client is here' };
  const using = clients.filter(({ servers }) => servers.some(({ name }) => name === 'config-store'));
  const names = [...new Set(using.map(({ title }) => title))];
  return using.length > 0
    ? { ...base, state: 'ok', message: `${listed(names)} ${names.length === 1 ? 'starts' : 'start'} this server` }
    : {
        ...base,
        state: 'warning',
        message: `none of ${count(clients.length, 'client file')} has an entry named config-store`,
        hint: 'Enter this server in a client.',
        advice: [{ do: 'scan-clients' }],
      };
}

function clientFinding({ client, title, state, path, fault, servers, next }: ScannedClient): Diagnosed[] {
  const base = { area: 'clients', name: client } as const;
  if (state !== 'ok')
    return [{ ...base, state: 'warning', message: `${title}: ${path} is ${state}: ${fault ?? ''}`, ...next }];
  const drifted = servers.filter(hasDrifted);
  if (drifted.length === 0) return [];
  const what = drifted.map(({ name, drift }) => `${name} (${drift})`);
  return [{ ...base, state: 'warning', message: `${title}: ${listed(what)} in ${path}`, ...next }];
}

function verification(at: string | undefined): Diagnosed {
  const base = { area: 'habits', name: 'verified' } as const;
  const ageDays = at === undefined ? undefined : Math.floor((Date.now() - Date.parse(at)) / DAY_MS);
  if (ageDays !== undefined && ageDays < VERIFY_DAYS)
    return {
      ...base,
      state: 'ok',
      message: `the whole store was verified ${ageDays === 0 ? 'today' : `${count(ageDays, 'day')} ago`}`,
    };
  return {
    ...base,
    state: 'warning',
    message:
      ageDays === undefined
        ? 'the whole store was never verified here'
        : `the last verification is ${count(ageDays, 'day')} old`,
    advice: [{ do: 'verify' }],
  };
}

async function drafts(ctx: Context): Promise<Diagnosed[]> {
  const base = { area: 'habits', name: 'drafts' } as const;
  try {
    const all = await (await ctx.store()).drafts.list();
    if (all.length === 0) return [];
    const names = all.map(({ name }) => name);
    return [
      {
        ...base,
        state: 'warning',
        message: `${count(all.length, 'draft')} not published: ${listed(names)}`,
        advice: [{ do: 'publish-drafts', drafts: names.map((name) => ({ name })) }],
      },
    ];
  } catch (error) {
    if (!isStoreError(error)) throw error;
    const { code, message, hint, advice } = error;
    return [{ ...base, state: 'warning', message: noticeLine({ severity: 'warning', code, message }), hint, advice }];
  }
}
