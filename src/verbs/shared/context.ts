import type { Author } from '../../core/commit/statement.ts';
import type { Store } from '../../store/api/store.ts';
import type { Telemetry } from '../../telemetry/events/telemetry.ts';
import type { Installation } from './installation.ts';

/** The surroundings of every verb. One per process for the command line, one per connection for MCP. */
export interface Context {
  /** Opens the store at first use and again after a failure; throws the StoreError that says why it cannot be opened. */
  readonly store: () => Promise<Store>;
  /** Who asks: a claim that is written into commits and drafts. */
  readonly author: () => Author;
  /** The most bytes one artifact may have: 1 MiB over MCP, 64 MiB on the command line. */
  readonly maxContentBytes: number;
  /** The decision of a person on the command line: nothing is scanned for credentials, or these places may hold one. */
  readonly allowSecrets: boolean | readonly string[];
  /** True where no verb that writes is offered: a server started read-only. */
  readonly readOnly: boolean;
  /** Beginning of the names of the configs that the caller reaches; all when absent. The store has no others for them. */
  readonly prefix?: string | undefined;
  /** True for a caller over the network: the files of MCP clients that are here are not theirs. */
  readonly isRemote?: boolean | undefined;
  /** Events of this process, and what became of them. */
  readonly telemetry: Pick<Telemetry, 'events' | 'state' | 'flush'>;
  readonly installation: Installation;
}
