import { realpathSync } from 'node:fs';
import { valueAt } from '../../clients/canonical/from-client.ts';
import type { Dialect } from '../../clients/dialects/dialect.ts';
import { MAX_CLIENT_FILE_BYTES } from '../../clients/target/target-file.ts';
import { isObject } from '../../core/json/is-object.ts';
import { formatPointer } from '../../core/json/pointer.ts';
import { readRegularFile } from '../../disk/opened-file.ts';
import type { Target } from './targets.ts';

/** Returns the list of servers that a user's file has for one project, as a target of its own; none where the client has no such list. */
export function localTargets({ localSection }: Dialect, user: Target | undefined, folder: string): Target[] {
  if (localSection === undefined || user === undefined) return [];
  const data = user.exists ? jsonIn(user.path) : undefined;
  const project = spelledFolder(valueAt(data, localSection.slice(0, localSection.indexOf('{project}'))), folder);
  const section = inProject(localSection, project);
  return [
    {
      ...{ dialect: user.dialect, path: user.path, scope: 'local', part: formatPointer(section), project, others: [] },
      why: 'it has servers of its own for this project',
      place: { paths: [], section },
      exists: isObject(valueAt(data, section)),
    },
  ];
}

/** Returns the members that lead to something of one project. */
export function inProject(members: readonly string[], project: string): string[] {
  return members.map((member) => (member === '{project}' ? project : member));
}

/** A client may know the folder by the path without links, and on Windows with slashes. */
function spelledFolder(known: unknown, folder: string): string {
  const spellings = [folder, realOf(folder), folder.replaceAll('\\', '/'), realOf(folder).replaceAll('\\', '/')];
  return spellings.find((path) => isObject(known) && Object.hasOwn(known, path)) ?? realOf(folder);
}

function realOf(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder; // not there: nothing of it can be known
  }
}

/** Returns the data of a JSON file; undefined for one that cannot be read, which is said where that matters. */
export function jsonIn(path: string): unknown {
  try {
    return JSON.parse(Buffer.from(readRegularFile(path, MAX_CLIENT_FILE_BYTES) ?? []).toString('utf8'));
  } catch {
    return undefined;
  }
}
