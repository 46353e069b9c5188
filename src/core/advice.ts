import type { SettingName } from './setting-name.ts';

/**
 * One thing that can be done now. Each adapter words it for its own reader in one exhaustive switch: the command line names
 * a command, MCP names a tool, or the command that a person has to run. So no sentence below the adapters names either.
 */
export type Advice =
  | { readonly do: 'list-configs'; readonly includeDeleted?: boolean; readonly total?: number }
  /** Ask for the page after this one. */
  | { readonly do: 'next-page' }
  | { readonly do: 'read-config'; readonly name: string; readonly version?: number }
  /** Read the rest of a long content: of a version, or of the draft. */
  | { readonly do: 'read-on'; readonly name: string; readonly version?: number | undefined; readonly offset: number }
  | { readonly do: 'read-draft'; readonly name: string }
  | { readonly do: 'list-history'; readonly name?: string }
  | { readonly do: 'compare-draft'; readonly name: string }
  | { readonly do: 'put-config'; readonly name?: string; readonly expectedVersion?: number }
  /** Store content that is too large for MCP. */
  | { readonly do: 'put-large-content'; readonly name?: string }
  | { readonly do: 'save-draft'; readonly name?: string; readonly expectedVersion?: number }
  /** With digests, exactly what was reviewed is published. */
  | {
      readonly do: 'publish-drafts';
      readonly drafts?: ReadonlyArray<{ readonly name: string; readonly digest?: string }>;
    }
  | { readonly do: 'discard-draft'; readonly name: string }
  | { readonly do: 'restore'; readonly name: string; readonly version: number }
  /** Read the newest version, merge the change into it, and send that version as the expected one. */
  | { readonly do: 'merge'; readonly name: string; readonly newest: number; readonly expectedVersion: number }
  | { readonly do: 'verify' }
  | { readonly do: 'check-health' }
  | { readonly do: 'show-status' }
  | { readonly do: 'review-telemetry' }
  | { readonly do: 'repair' }
  /** Put back, as new commits, what a branch of the log held that lost its place. */
  | { readonly do: 'recover' }
  | { readonly do: 'rebuild' }
  /** Make the first store here. */
  | { readonly do: 'make-store' }
  /** Make an empty store with a key of its own, next to the keys or the pin of another. */
  | { readonly do: 'make-new-store' }
  /** Make the tables of a store in a database, as their owner. */
  | { readonly do: 'prepare-storage' }
  /** Look at the database a store is in: what lets it be written, or not. */
  | { readonly do: 'check-storage' }
  | { readonly do: 'accept-rollback' }
  | { readonly do: 'make-backup' }
  | { readonly do: 'check-backup' }
  /** Replace the file that is in the way of a new backup. */
  | { readonly do: 'replace-backup' }
  | { readonly do: 'add-token' }
  | { readonly do: 'list-tokens' }
  | { readonly do: 'list-keys' }
  | { readonly do: 'rotate-key' }
  | { readonly do: 'revoke-key'; readonly from: number }
  | { readonly do: 'export-public-key' }
  /** Print the entry for a client's file, to be pasted by hand. */
  | { readonly do: 'print-entry' }
  /** Look at the files of MCP clients. */
  | { readonly do: 'scan-clients' }
  /** Take a client's file into the store. */
  | { readonly do: 'import-client'; readonly client: string }
  /** Plan what a config would change in the files of a client; of those that have it, where none is named. */
  | { readonly do: 'plan-deploy'; readonly name: string; readonly client?: string }
  /** Plan and carry out, putting back what was changed since. */
  | { readonly do: 'deploy'; readonly name: string; readonly client: string; readonly restore: true }
  | { readonly do: 'apply-deploy'; readonly plan: string }
  | { readonly do: 'undo-deploy'; readonly client: string }
  | { readonly do: 'set'; readonly setting: SettingName; readonly to?: string }
  | { readonly do: 'upgrade' };

/** The next step: plain sentences that name no command, no tool and no argument of one, then advice for the adapter to word. */
export interface Guidance {
  readonly hint?: string | undefined;
  readonly advice?: readonly Advice[] | undefined;
}

/** Returns guidance as one text, its advice in an adapter's words; empty when there is none. */
export function joinGuidance({ hint, advice = [] }: Guidance, word: (advice: Advice) => string): string {
  return [...(hint === undefined || hint === '' ? [] : [hint]), ...advice.map(word)].join(' ');
}
