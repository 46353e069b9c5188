import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StoreError } from '../../core/errors.ts';
import { listNames } from '../../disk/list-names.ts';
import type { Settings } from './settings.ts';

/**
 * Refuses a var folder that holds something else and no store: a setting that names the wrong folder, such as that of a
 * project, must not put keys into it. Hidden files are the system's.
 *
 * @throws StoreError `STORE_UNSUPPORTED` that names what is in it
 */
export function refuseForeignFolder({ paths }: Pick<Settings, 'paths'>): void {
  const { root, ...folders } = paths;
  const ours = Object.values(folders).filter((path) => dirname(path) === root);
  if (ours.length === 0) return; // nothing will be made in it
  const isForeign = (name: string) =>
    !name.startsWith('.') && name !== 'lost+found' && !ours.includes(join(root, name));
  const [found] = firstNames(root, isForeign);
  if (found === undefined || holdsStore(folders)) return;
  throw new StoreError(
    'STORE_UNSUPPORTED',
    `${root} is no store, and not empty either: it holds ${JSON.stringify(found)}`,
    {
      hint: 'Nothing was written. Name an empty folder, or one that is not there yet.',
      advice: [{ do: 'set', setting: 'CONFIG_STORE_VAR' }],
      details: { path: root, found },
    },
  );
}

/** Any part of a store counts: one that lost the others is reported by what opens it. */
function holdsStore({ storage, keys, state }: Omit<Settings['paths'], 'root'>): boolean {
  const marks = [join(storage, 'format'), join(storage, 'log'), join(state, 'pin.json'), join(keys, 'pin.json')];
  return marks.some((path) => existsSync(path)) || firstNames(keys, (name) => name.endsWith('.pub.pem')).length > 0;
}

/** Returns the first name in a folder that fits, as a list of one or none; a folder that cannot be read has none. */
function firstNames(folder: string, fits: (name: string) => boolean): string[] {
  try {
    for (const name of listNames(folder)) if (fits(name)) return [name];
  } catch {
    // It is not there, or no folder, or closed to this user: what needs it reports that.
  }
  return [];
}
