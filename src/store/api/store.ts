import type { Drafts } from './drafts.ts';
import type { StoreFeed } from './feed.ts';
import type { StoreKeys } from './keys.ts';
import type { StoreMaintenance } from './maintenance.ts';
import type { StoreReader } from './reader.ts';
import type { StoreState } from './state.ts';
import type { StoreWriter } from './writer.ts';

/** The only way to the log, one narrow face for each kind of use. Opening creates nothing; the first commit makes the store. */
export interface Store {
  readonly reader: StoreReader;
  readonly writer: StoreWriter;
  readonly drafts: Drafts;
  readonly keys: StoreKeys;
  readonly maintenance: StoreMaintenance;
  readonly feed: StoreFeed;
  readonly state: StoreState;
  /** Lets writes in flight end, writes the pin, closes the cache. */
  close(): Promise<void>;
}
