import type { SettingName } from './setting-name.ts';

/**
 * One thing that can be done now. Each adapter words it for its own reader in one exhaustive switch: the command line names
 * a command, MCP names a tool, or the command that the person has to run. So no sentence below the adapters names either.
 */
export type Advice =
  | { readonly do: 'list-configs'; readonly includeDeleted?: boolean; readonly total?: number }
  | { readonly do: 'read-config'; readonly name: string; readonly version?: number }
  | { readonly do: 'read-draft'; readonly name: string }
  | { readonly do: 'list-history'; readonly name: string }
  | { readonly do: 'compare-draft'; readonly name: string }
  | { readonly do: 'put-config'; readonly name?: string; readonly expectedVersion?: number }
  | { readonly do: 'save-draft'; readonly name?: string; readonly expectedVersion?: number }
  | { readonly do: 'publish-drafts'; readonly names?: readonly string[] }
  | { readonly do: 'discard-draft'; readonly name: string }
  | { readonly do: 'restore'; readonly name: string; readonly version: number }
  /** Read the newest version, merge the change into it, and send that version as the expected one. */
  | { readonly do: 'merge'; readonly name: string; readonly newest: number; readonly expectedVersion: number }
  | { readonly do: 'verify' }
  | { readonly do: 'check-health' }
  | { readonly do: 'show-status' }
  | { readonly do: 'repair' }
  | { readonly do: 'rebuild' }
  | { readonly do: 'make-new-store' }
  | { readonly do: 'accept-rollback' }
  | { readonly do: 'list-keys' }
  | { readonly do: 'rotate-key' }
  | { readonly do: 'set'; readonly setting: SettingName; readonly to?: string }
  | { readonly do: 'upgrade' };
