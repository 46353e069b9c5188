import { resolve } from 'node:path';
import { type CopyResult, copyStore } from '../../archive/copy-store.ts';
import { openFilesEngine } from '../../engine/files/files-engine.ts';
import type { Engine } from '../../engine/port.ts';
import { PinFile } from '../../state/pin.ts';
import { StateFolder } from '../../state/state-folder.ts';
import type { Settings } from '../settings/settings.ts';
import { readStorage } from '../settings/storage-setting.ts';
import { engineOn } from './shared-store.ts';

/** A store to be copied, and how. */
export interface CopyBetween {
  /** Addresses, or folders. */
  readonly from: string;
  readonly to: string;
  readonly drafts: boolean;
  readonly move: boolean;
  readonly onProgress?: ((commits: number, total: number) => void) | undefined;
}

/** The result of a copy, and the two places. */
export interface CopiedBetween extends CopyResult {
  readonly from: string;
  readonly to: string;
}

/** Copies a store from one place to another; neither has to be the one of these settings. @throws StoreError as `copyStore` */
export async function copyBetween(settings: Settings, request: CopyBetween): Promise<CopiedBetween> {
  const [from, to] = [engineAt(request.from, settings), engineAt(request.to, settings)];
  try {
    const { drafts, move, onProgress } = request;
    const known = new PinFile(new StateFolder(settings.paths.state), settings.paths.keys).read();
    const done = await copyStore({
      from,
      to,
      drafts,
      move,
      onProgress,
      known,
      own: from.location === settings.paths.storage,
    });
    return { ...done, from: from.location, to: to.location };
  } finally {
    await from.close();
    await to.close();
  }
}

function engineAt(text: string, { databasePassword, paths }: Settings): Engine {
  const isAddress = /^[a-z][a-z0-9+.-]+:/i.test(text);
  const found = isAddress ? readStorage(text, { name: 'the address', folder: undefined, ...databasePassword }) : {};
  if (found.database !== undefined) return engineOn(found.database);
  return openFilesEngine({ storage: found.folder ?? resolve(text), gates: paths.state });
}
