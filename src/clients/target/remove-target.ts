import { Durable } from '../../disk/durable.ts';
import { StorageDisk } from '../../disk/storage-disk.ts';
import { targetChanged, targetFault } from './target-fault.ts';
import { isUnchanged, type TargetFile } from './target-file.ts';
import { openTargetFolder } from './target-folder.ts';

/** Removes a client's file that still is as it was read. @throws StoreError `TARGET_CHANGED`, `ARGUMENT_INVALID` */
export async function removeTarget(target: TargetFile): Promise<void> {
  const folder = openTargetFolder(target);
  try {
    if (!isUnchanged(target, folder)) throw targetChanged(target.path);
    await new Durable(new StorageDisk(folder)).remove(target.realPath);
  } catch (error) {
    throw targetFault(error, target.path, 'written');
  } finally {
    folder.close();
  }
}
