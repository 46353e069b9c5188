import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { basename, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { Dialect, FilePlace } from '../../clients/dialects/dialect.ts';
import { DIALECTS, dialectOf } from '../../clients/dialects/index.ts';
import { findFiles, pathsOf } from '../../clients/find-files.ts';
import { type ClientFile, readClientFile } from '../../clients/section-place.ts';
import { realTarget } from '../../clients/target/real-target.ts';
import { readTarget, type TargetFile } from '../../clients/target/target-file.ts';
import { isStoreError, type StoreError } from '../../core/errors.ts';
import { argumentInvalid } from '../shared/argument.ts';
import type { Context } from '../shared/context.ts';
import { localTargets } from './local-targets.ts';

/** One file of one client. */
export interface Target {
  readonly dialect: Dialect;
  readonly path: string;
  /** Why this file and no other. */
  readonly why: string;
  /** `local`: the list that a user's file has for one project. */
  readonly scope: 'user' | 'project' | 'local';
  /** The part of the file that is meant, as a JSON Pointer, where it holds several lists of servers. */
  readonly part?: string | undefined;
  /** The project's folder as the client writes it. */
  readonly project?: string | undefined;
  readonly place: FilePlace | undefined;
  readonly exists: boolean;
  /** Other files of the same client in the same place, which are not meant. */
  readonly others: readonly string[];
  /** The folder that the file must lie in, links followed: a project comes from others. */
  readonly within?: string | undefined;
}

/** Which targets are meant; all there are when nothing is given. */
export interface TargetSelection {
  readonly clients?: readonly string[] | undefined;
  /** Files among those that are known. */
  readonly paths?: readonly string[] | undefined;
  /** A project's folder: its own files are meant then, not those of the user. */
  readonly project?: string | undefined;
}

/** Where a container has the clients' folders. */
const MOUNTED = '/targets';

/**
 * Returns the files of the clients that are meant: those that exist, and of a client that is named also the one that would be made.
 *
 * @throws StoreError ARGUMENT_INVALID for a client or a file that is not known
 */
export function findTargets({ installation }: Context, { clients, paths, project }: TargetSelection): Target[] {
  const dialects = clients === undefined ? DIALECTS : [...new Set(clients.map(dialectOf))];
  // A name that is misspelled there would be no target, without a word.
  for (const client of Object.keys(installation.settings().targets ?? {})) dialectOf(client);
  const all = dialects.flatMap((dialect) => {
    const ofUser = () => userTargets(installation, dialect);
    if (project === undefined) return ofUser();
    const folder = resolve(project);
    const local = dialect.localSection === undefined ? [] : localTargets(dialect, ofUser()[0], folder);
    return [...projectTargets(dialect, folder), ...local];
  });
  const known = clients === undefined && paths === undefined ? all.filter(({ exists }) => exists) : all;
  if (paths === undefined) return known;
  const wanted = paths.map((path) => resolve(path));
  for (const path of wanted)
    if (!all.some((target) => target.path === path))
      throw argumentInvalid(
        `${path} is no file of a client that is known here`,
        'Name one of the files that a scan lists.',
        {
          do: 'scan-clients',
        },
      );
  return all.filter(({ path }) => wanted.includes(path));
}

function userTargets(installation: Context['installation'], dialect: Dialect): Target[] {
  const { expectVolume, targets } = installation.settings();
  const named = targets?.[dialect.client];
  const of = (path: string, why: string): Target => ({
    ...{ dialect, path, why, scope: 'user', place: dialect.files[0], others: [] },
    exists: existsSync(path),
  });
  if (named !== undefined) return [of(named, 'a setting names it')];
  const folders = installation.personFolders();
  if (!expectVolume) return findFiles(dialect, folders).map((found) => ({ dialect, scope: 'user', ...found }));
  // A container's home is no person's: only folders that are mounted for a client count.
  const folder = join(MOUNTED, dialect.client);
  const [likeliest = ''] = pathsOf(dialect.files[0].paths, folders);
  return existsSync(folder) ? [of(join(folder, basename(likeliest)), 'its folder is mounted')] : [];
}

function projectTargets(dialect: Dialect, project: string): Target[] {
  const paths = dialect.projectFiles.map((file) => join(project, file));
  const there = paths.filter((path) => existsSync(path));
  const [path] = there.length > 0 ? there : paths;
  if (path === undefined) return [];
  const why = there.length > 0 ? 'it is there, in the project' : 'its usual place in a project';
  const found = { exists: there.length > 0, others: there.slice(1), within: project };
  return [{ dialect, path, why, scope: 'project', place: undefined, ...found }];
}

/** A target as it was read: its bytes, and its servers or why they cannot be read. */
export interface ReadTarget {
  readonly target: Target;
  readonly file: TargetFile | undefined;
  readonly content: ClientFile | undefined;
  readonly fault: StoreError | undefined;
}

/** Reads a target's file; what is wrong with it is part of the answer. */
export async function readTargetFile(target: Target): Promise<ReadTarget> {
  let file: TargetFile | undefined;
  try {
    file = await readTarget(target.path);
    if (target.within !== undefined && !isWithin(file.realPath, target.within)) throw outOfProject(target.path);
    const content = await readClientFile(target.dialect, file.text ?? '', target.path, target.place);
    return { target, file, content, fault: undefined };
  } catch (error) {
    if (!isStoreError(error)) throw error;
    return { target, file, content: undefined, fault: error };
  }
}

function isWithin(realPath: string, folder: string): boolean {
  const way = relative(realTarget(folder), realPath);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function outOfProject(path: string): StoreError {
  return argumentInvalid(
    `${path} is a link that leads out of the project`,
    'It was not read. A project may come from others, so only files within it are looked at: replace the link by a file.',
  );
}

/** Returns the digest that a plan is bound to: of the file's bytes, or of its servers where the client rewrites the rest all the time. */
export function fingerprint({ target, file, content }: ReadTarget): string {
  const hash = createHash('sha256');
  if (target.dialect.rewrites && content !== undefined)
    hash.update(JSON.stringify([...content.section.entries.values()].map(({ name, value }) => [name, value])));
  else hash.update(file?.bytes ?? 'no file');
  return hash.digest('hex');
}

/** Returns when a file was last written, RFC 3339; undefined where there is none. */
export function changedAt(path: string): string | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mtime.toISOString();
}
