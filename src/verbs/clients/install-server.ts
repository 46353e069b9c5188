import { resolve } from 'node:path';
import { stdioServer } from '../../clients/canonical/server.ts';
import { toClient } from '../../clients/canonical/to-client.ts';
import { type Dialect, dialectOf } from '../../clients/dialects/index.ts';
import type { ServerEntry } from '../../clients/entry.ts';
import { findFiles } from '../../clients/find-files.ts';
import { applyInstall, type InstallPlan, mergeEntry, planInstall } from '../../clients/install-entry.ts';
import { fieldDigests } from '../../clients/ownership/field-digests.ts';
import { diffValues } from '../../core/content/diff.ts';
import { sha256Hex } from '../../core/digest.ts';
import { isStoreError, StoreError } from '../../core/errors.ts';
import { isObject } from '../../core/json/is-object.ts';
import { parsePointer } from '../../core/json/pointer.ts';
import { newId } from '../../state/deployments.ts';
import { argumentInvalid } from '../shared/argument.ts';
import type { Context } from '../shared/context.ts';
import type { StartedBy } from '../shared/installation.ts';
import { deploymentsOf, heldIn } from './deployed.ts';

/** Which client, and how it starts this server. */
export interface ServerEntryRequest extends StartedBy {
  readonly client: string;
  /** The name of the server in the client; `config-store` unless given. */
  readonly name?: string | undefined;
}

/** The same, with the file it goes into. */
export interface InstallServerRequest extends ServerEntryRequest {
  /** The client's file, where it is not in its usual place. */
  readonly file?: string | undefined;
}

/** An entry to be pasted into a client's file. */
export interface PrintedEntry {
  readonly client: string;
  readonly name: string;
  /** The member of the file's root object that holds servers, with this one in it. */
  readonly content: Readonly<Record<string, unknown>>;
}

/** The changes that installing would make; nothing is written yet. */
export interface ServerInstallPlan {
  readonly client: string;
  readonly name: string;
  readonly file: string;
  readonly change: 'added' | 'replaced' | 'none';
  /** False when the file is as wanted already. */
  readonly changes: boolean;
  /** Members of the entry that change, never their values: another program may have put them there. */
  readonly changed: readonly string[];
  readonly content: ServerEntry;
  /** Files of this client that were left alone. */
  readonly others: readonly string[];
  /** True when the file begins with a byte order mark, which is taken off. */
  readonly hadByteOrderMark: boolean;
  /** How a person makes the change take effect, as a full sentence. */
  readonly restart: string;
  /** The change itself, for {@link installServer}. */
  readonly edit: InstallPlan;
}

/** Returns the entry of this server for a client, to be pasted. @throws StoreError ARGUMENT_INVALID */
export async function printEntry(ctx: Context, request: ServerEntryRequest): Promise<PrintedEntry> {
  const { dialect, name, entry } = await entryFor(ctx, request);
  const value = mergeEntry(dialect, name, undefined, entry);
  const content = dialect.section.reduceRight<unknown>(
    (below, step) => ({ [step]: below }),
    dialect.list ? [value] : { [name]: value },
  );
  return { client: dialect.client, name, content: content as PrintedEntry['content'] };
}

/**
 * Finds what has to change in a client's file so that it starts this server.
 *
 * @throws StoreError ARGUMENT_INVALID, TARGET_UNPARSABLE
 */
export async function planServerInstall(ctx: Context, request: InstallServerRequest): Promise<ServerInstallPlan> {
  const { dialect, name, entry } = await entryFor(ctx, request);
  if (ctx.installation.settings().expectVolume && request.file === undefined)
    throw new StoreError('ARGUMENT_INVALID', `the file of ${dialect.title} is not in this container`, {
      hint: 'Mount the file and name it, or paste the entry yourself.',
      advice: [{ do: 'print-entry' }],
    });
  const found = request.file === undefined ? usualFile(dialect, ctx) : { path: resolve(request.file), others: [] };
  const plan = await planInstall(dialect, found.path, name, entry);
  return {
    client: dialect.client,
    name,
    file: plan.target.path,
    change: plan.edit.change,
    changes: plan.changes,
    changed: changedMembers(plan),
    content: entry,
    others: found.others,
    hadByteOrderMark: plan.target.hadByteOrderMark,
    restart: dialect.reload,
    edit: plan,
  };
}

/** How a client's file was written. */
export interface ServerInstalled {
  /** The copy of what the file held before; undefined when there was none. */
  readonly backup: string | undefined;
  /** True where the file could not be replaced as a whole. */
  readonly inPlace: boolean;
}

/** Carries out a plan, if the file still is as the plan saw it. @throws StoreError TARGET_CHANGED, ARGUMENT_INVALID, STORE_FULL, STATE_UNKNOWN */
export async function installServer(
  ctx: Context,
  { edit, client, name, content }: Pick<ServerInstallPlan, 'edit' | 'client' | 'name' | 'content'>,
): Promise<ServerInstalled> {
  const installed = await applyInstall(edit);
  await remember(ctx, { edit, client, name, content }, installed);
  return installed;
}

/** The installed entry is ours, and can be taken back like a deployment. Where nothing can be kept, it is installed all the same. */
async function remember(
  ctx: Context,
  { edit: { target, edit }, client, name, content }: Pick<ServerInstallPlan, 'edit' | 'client' | 'name' | 'content'>,
  { backup }: ServerInstalled,
): Promise<void> {
  try {
    const deployments = deploymentsOf(ctx);
    const dialect = dialectOf(client);
    const { owned, last } = heldIn(deployments.read(), { path: target.path }, target.bytes);
    const { fields = [] } = toClient(dialect, name, stdioServer(content.command, content.args, content.env));
    await deployments.add({
      ...{ id: newId(), time: new Date().toISOString(), phase: 'done', kind: 'deploy', client, path: target.path },
      config: last?.config ?? null,
      before: target.bytes === undefined ? null : sha256Hex(target.bytes),
      after: sha256Hex(edit.text),
      backup: backup ?? null,
      servers: { ...owned, [name]: fieldDigests(dialect, isObject(edit.after) ? edit.after : {}, fields) },
    });
  } catch (error) {
    if (!isStoreError(error)) throw error;
  }
}

function usualFile(dialect: Dialect, { installation }: Context): { path: string; others: readonly string[] } {
  const [first, ...rest] = findFiles(dialect, installation.personFolders());
  if (first === undefined) throw new Error('every client has a place for its file');
  return { path: first.path, others: [...first.others, ...rest.map(({ path }) => path)] };
}

async function entryFor(
  { installation }: Context,
  { client, name = 'config-store', docker, node }: ServerEntryRequest,
): Promise<{ dialect: Dialect; name: string; entry: ServerEntry }> {
  const dialect = dialectOf(client);
  if (dialect.readOnly !== undefined)
    throw argumentInvalid(`nothing is written for ${dialect.title}: ${dialect.readOnly}`, 'Paste the entry by hand.', {
      do: 'print-entry',
    });
  checkServerName(name);
  return { dialect, name, entry: await installation.serverEntry({ docker, node }) };
}

function changedMembers({ edit: { before, after } }: InstallPlan): string[] {
  const top = diffValues(before ?? {}, after).map(({ path }) => parsePointer(path)?.[0] ?? 'whole value');
  return top.length === 0 ? ['byte order mark'] : [...new Set(top)];
}

/** Clients put it before the names of the tools, where models take letters, digits, "_" and "-" only. */
function checkServerName(name: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(name)) return;
  throw argumentInvalid(
    `${JSON.stringify(name.slice(0, 80))} is no name for a server`,
    'Use 1 to 64 letters, digits, "_" and "-".',
  );
}
