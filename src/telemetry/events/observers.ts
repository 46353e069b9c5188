import type { KeyChange } from '../../core/commit/statement.ts';
import type { CommitId, Digest, KeyId } from '../../core/digest.ts';
import type { ErrorCode, StoreError } from '../../core/errors.ts';
import { REFUSAL_CODES } from './catalog.ts';
import type { Events, RefusalFacts, RequestFacts } from './events.ts';

/** A commit as the store reports it, in the shape of `StoreObserver` in store/api/observer.ts. */
interface CommitFacts {
  readonly names: readonly string[];
  readonly versions: readonly number[];
  readonly bytes: number;
  readonly durationMs: number;
  /** Changes of keys that the commit makes. */
  readonly keys: readonly KeyChange[];
}

interface DraftFacts {
  readonly name: string;
  readonly revision: number;
  readonly digest: Digest;
  readonly bytes: Uint8Array;
}

interface VerifyFacts {
  readonly request: {
    readonly name?: string | undefined;
    readonly depth?: 'structure' | 'signatures' | 'bytes' | undefined;
  };
  readonly report: {
    readonly ok: boolean;
    readonly checked: { readonly commits: number; readonly artifacts: number; readonly bytes: number };
    readonly findings: ReadonlyArray<
      { readonly severity: 'error'; readonly code: ErrorCode } | { readonly severity: 'warning' }
    >;
    readonly seconds: number;
  };
}

/** Turns what happens inside the store into events; fits `StoreObserver` of store/api/observer.ts. */
export function storeObserver(events: Events) {
  return {
    committed: (
      receipt: { readonly index: number; readonly commit: CommitId; readonly keyId: KeyId },
      { keys, ...facts }: CommitFacts,
    ) => {
      const { index, commit, keyId } = receipt;
      events.configCommitted({ ...facts, index, commit, keyId });
      for (const key of keys) keyChanged(events, key, index);
    },
    busy: (facts: { readonly attempts: number; readonly waitedMs: number }) => events.storeBusy(facts),
    fault: (error: StoreError) => events.storeFault(error),
    draftSaved: ({ name, revision, digest, bytes }: DraftFacts) =>
      events.draftSaved({ name, revision, digest, bytes: bytes.length }),
    draftDiscarded: (name: string) => events.draftDiscarded({ name }),
    verified: (request: VerifyFacts['request'], { ok, checked, findings, seconds }: VerifyFacts['report']) =>
      events.verifyFinished({
        depth: request.depth ?? 'bytes',
        name: request.name,
        ok,
        ...checked,
        codes: findings.flatMap((finding) => (finding.severity === 'error' ? [finding.code] : [])),
        durationMs: seconds * 1_000,
      }),
  };
}

function keyChanged(events: Events, key: KeyChange, index: number): void {
  if (key.action === 'add') events.keyAdded({ keyId: key.keyId, role: key.role, index });
  if (key.action === 'retire') events.keyRetired({ keyId: key.keyId, index });
  if (key.action === 'revoke') events.keyRevoked({ keyId: key.keyId, fromIndex: key.fromIndex, index });
}

/** Turns what the MCP server did into events; fits `ServeObserver` of mcp/observer.ts. */
export function serveObserver(events: Events) {
  return {
    started: (facts: { readonly readOnly: boolean }) => events.serverStarted(facts),
    toolCalled: (
      facts: RequestFacts & {
        tool: string;
        config?: string | undefined;
        argumentsFromText?: number | undefined;
        bytesIn: number;
        bytesOut: number;
      },
    ) => {
      events.toolCalled(facts);
      refused(events, facts);
    },
    resourceRead: (facts: RequestFacts & { uri: string; bytesOut: number }) => events.resourceRead(facts),
    stopped: (facts: { readonly reason: string; readonly uptimeMs: number; readonly drained: boolean }) =>
      events.serverStopped(facts),
  };
}

/** Records a failure as a refusal when it is one; for adapters that have no event of their own for a call. */
export function refused(
  events: Events,
  { tool, code, details, config }: Omit<RefusalFacts, 'code'> & { readonly code?: RefusalFacts['code'] | undefined },
): void {
  if (code !== undefined && REFUSAL_CODES.includes(code)) events.configRefused({ tool, code, details, config });
}
