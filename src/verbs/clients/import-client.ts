import { fromClient } from '../../clients/canonical/from-client.ts';
import { questionsIn, reference } from '../../clients/canonical/references.ts';
import type { CanonicalServer } from '../../clients/canonical/server.ts';
import type { Guidance } from '../../core/advice.ts';
import { StoreError } from '../../core/errors.ts';
import { parsePointer } from '../../core/json/pointer.ts';
import type { Receipt } from '../../core/receipt.ts';
import { putConfig } from '../configs/put-config.ts';
import type { Context } from '../shared/context.ts';
import { count } from '../shared/text.ts';
import { findTargets, readTargetFile } from './targets.ts';

/** Which client's file is taken in, and under which name. */
export interface ImportClientRequest {
  readonly client: string;
  /** One of its files, where it has several. */
  readonly path?: string | undefined;
  readonly project?: string | undefined;
  /** `<client>/default` unless given. */
  readonly name?: string | undefined;
  readonly message?: string | undefined;
  readonly expectedVersion?: number | undefined;
}

/** A value in clear that was not stored: a reference to a variable is in its place. */
export interface RefusedValue {
  readonly server: string;
  /** The member, such as `env.TOKEN`. */
  readonly field: string;
  readonly rule: string;
  /** The variable that the store refers to instead. */
  readonly variable: string;
}

/** Something of the file that has no place in the store. */
export interface LeftOut {
  readonly server: string;
  readonly what: string;
}

/** The outcome of an import. */
export interface ImportClientResult {
  readonly summary: string;
  readonly next?: Guidance | undefined;
  readonly name: string;
  readonly version?: number | undefined;
  readonly created: boolean;
  readonly path: string;
  readonly receipt?: Receipt | undefined;
  readonly refused: readonly RefusedValue[];
  readonly leftOut: readonly LeftOut[];
}

/**
 * Takes the servers of a client's file into the store, in canonical words. The file itself is not touched; credentials in clear are
 * not stored, and a reference takes their place.
 *
 * @throws StoreError NOT_FOUND, TARGET_UNPARSABLE, TARGET_UNSUPPORTED, CONTENT_INVALID, and as `putConfig`
 */
export async function importClient(ctx: Context, request: ImportClientRequest): Promise<ImportClientResult> {
  const { client, path, project } = request;
  const targets = findTargets(ctx, { clients: [client], paths: path === undefined ? undefined : [path], project });
  const target = targets.find(({ exists }) => exists);
  if (target === undefined)
    throw new StoreError('NOT_FOUND', `no file of ${client} was found`, {
      hint: `It would be ${targets.map((candidate) => candidate.path).join(', ') || 'in a folder that is mounted'}.`,
      advice: [{ do: 'scan-clients' }],
    });
  const { content, fault } = await readTargetFile(target);
  if (content === undefined) throw fault ?? new Error('a file that was not read has a fault');
  const servers = new Map<string, CanonicalServer>();
  const leftOut: LeftOut[] = [];
  for (const { name, value } of content.section.entries.values()) {
    const read = fromClient(target.dialect, value);
    if (read.server === undefined) leftOut.push({ server: name, what: read.why ?? 'it is no server' });
    else servers.set(name, read.server);
    for (const id of target.dialect.questions === undefined ? [] : questionsIn(JSON.stringify(value)))
      leftOut.push({
        server: name,
        what: `the input ${JSON.stringify(id)} is asked for by the client: it stays in its file`,
      });
    for (const member of read.leftOut) leftOut.push({ server: name, what: `${member} has no place in the store` });
  }
  if (servers.size === 0)
    throw new StoreError('NOT_FOUND', `${target.path} has no MCP server`, { hint: 'There is nothing to import.' });
  const { value, refused } = await withoutSecrets(servers);
  const name = request.name ?? `${target.dialect.client}/default`;
  const put = await putConfig(ctx, {
    name,
    json: value,
    message: request.message ?? `import of ${target.dialect.title}`,
    expectedVersion: request.expectedVersion,
  });
  return {
    summary: `${put.created ? `Imported ${count(servers.size, 'server')} of ${target.dialect.title} as ${name} version ${put.version}` : `${name} holds this already (version ${put.version})`}${refused.length === 0 ? '' : `; ${count(refused.length, 'value')} in clear left out`}`,
    next: { advice: [{ do: 'plan-deploy', name, client: target.dialect.client }] },
    name,
    version: put.version,
    created: put.created,
    path: target.path,
    receipt: put.receipt,
    refused,
    leftOut,
  };
}

type Document = { mcpServers: Record<string, unknown> };

/** Puts references where credentials are, until none is found. */
async function withoutSecrets(
  servers: ReadonlyMap<string, CanonicalServer>,
): Promise<{ value: Document; refused: RefusedValue[] }> {
  const { findSecretsInValue } = await import('../../policy/secrets/secrets.ts');
  const value: Document = { mcpServers: structuredClone(Object.fromEntries(servers)) };
  const refused: RefusedValue[] = [];
  for (let round = 0; round < 3; round++) {
    const found = (await findSecretsInValue(value)).filter(({ suspicion }) => suspicion !== 'possible');
    if (found.length === 0) break;
    for (const { path, rule, variable } of found) {
      const [, server = '', ...member] = parsePointer(path) ?? [];
      const replaced = replaceAt(value, parsePointer(path) ?? [], variable);
      if (replaced !== undefined) refused.push({ server, field: member.join('.'), rule, variable: replaced });
    }
  }
  return { value, refused };
}

/** The beginnings of a value that say what it is, and are no part of it; a variable of the environment has none. */
const BEGINNINGS: Readonly<Record<string, RegExp>> = {
  args: /^(?:--?[\w-]+=)?(?:(?:(?:proxy-)?authorization|x-[\w-]+|[\w-]+-(?:key|token|auth)):[ ]*)?(?:(?:bearer|basic|token) )?/i,
  headers: /^(?:bearer|basic|token|apikey) /i,
};

/** Puts a reference in the place of a text, behind what says what it is: `--token=`, `Bearer `. */
function replaceAt(document: unknown, path: readonly string[], suggested: string): string | undefined {
  const parent = path
    .slice(0, -1)
    .reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], document);
  const last = path.at(-1);
  if (typeof parent !== 'object' || parent === null || last === undefined) return undefined;
  const members = parent as Record<string, unknown>;
  const text = members[last];
  if (typeof text !== 'string') return undefined;
  const [, server = '', group] = path;
  // A variable has the name it has; anything else is named after its server.
  const variable =
    group === 'env'
      ? last.replace(/\W/g, '_')
      : `${server}_${suggested === 'NAME' ? 'TOKEN' : suggested}`
          .toUpperCase()
          .replace(/\W+/g, '_')
          .replace(/^\d/, '_$&');
  const [before = ''] = BEGINNINGS[group ?? '']?.exec(text) ?? [];
  members[last] = `${before}${reference(variable)}`;
  return variable;
}
