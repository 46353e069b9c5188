import { lstatSync, readlinkSync, realpathSync, type Stats, statSync } from 'node:fs';
import { dirname, isAbsolute, join, parse, resolve, sep } from 'node:path';
import { StoreError } from '../../core/errors.ts';

/** More links than that are a circle, as the system sees it. */
const MAX_LINKS = 40;

/**
 * Follows a path link by link, as far as there is something. Links are a person's own, and stay links; but another user's
 * must not choose which file root writes.
 *
 * @param euid the effective user, given in tests
 * @returns the path without links
 * @throws StoreError `ARGUMENT_INVALID` for a link to nothing, and, as root, for a link of another user or one that leads
 * into a folder that others can write; the file system's own error when a folder cannot be searched
 */
export function realTarget(path: string, euid = process.geteuid?.()): string {
  if (euid === undefined) return realOnWindows(path);
  const { root } = parse(path);
  const links: string[] = [];
  const left = resolve(path).slice(root.length).split(sep);
  let at = root;
  for (let name = left.shift(); name !== undefined; name = left.shift()) {
    if (name === '' || name === '.') continue;
    if (name === '..') {
      at = dirname(at);
      continue;
    }
    const next = join(at, name);
    const stats = lstatSync(next, { throwIfNoEntry: false });
    if (stats === undefined) {
      if (links.length > 0) refuseLinkToNothing(path, links);
      at = join(next, ...left);
      break;
    }
    if (!stats.isSymbolicLink()) {
      at = next;
      continue;
    }
    if (euid === 0) refuseLinkOfOthers(path, next, stats);
    links.push(next);
    if (links.length > MAX_LINKS) throw unfit(path, 'leads in a circle of links', 'Fix or remove the links.');
    const to = readlinkSync(next);
    left.unshift(...to.split(sep));
    if (isAbsolute(to)) at = root;
  }
  if (euid === 0 && links.length > 0) refuseOpenFolder(path, dirname(at));
  return at;
}

/** Only the file may be missing, or its folders; a link to nothing is a mistake of its owner, and is not filled. */
function refuseLinkToNothing(path: string, links: readonly string[]): void {
  if (links.every((link) => statSync(link, { throwIfNoEntry: false }) !== undefined)) return;
  throw unfit(path, 'is a link to a file that is not there', 'Fix or remove the link, then run the command again.');
}

function refuseLinkOfOthers(path: string, link: string, { uid }: Stats): void {
  if (uid === 0) return;
  throw unfit(
    path,
    `leads through the link ${link}, which belongs to uid ${uid}`,
    'Root follows no link of another user. Run this as that user, or name the file itself.',
  );
}

function refuseOpenFolder(path: string, folder: string): void {
  const stats = lstatSync(folder, { throwIfNoEntry: false });
  if (stats === undefined || (stats.uid === 0 && (stats.mode & 0o022) === 0)) return;
  throw unfit(
    path,
    `leads through a link into ${folder}, which others can write`,
    'Root follows no link there. Name the file itself.',
  );
}

function realOnWindows(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) refuseLinkToNothing(path, [path]);
  return path;
}

function unfit(path: string, what: string, hint: string): StoreError {
  return new StoreError('ARGUMENT_INVALID', `${path} ${what}`, { hint, details: { file: path } });
}
