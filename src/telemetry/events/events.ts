import type { CommitId, Digest, KeyId } from '../../core/digest.ts';
import type { ErrorCode, ErrorDetails } from '../../core/errors.ts';
import { CRITICAL_CODES, type EventName } from './catalog.ts';
import type { EventFields, Severity } from './event-line.ts';
import {
  cleanConfig,
  cleanPointer,
  cleanRevision,
  cleanRule,
  cleanText,
  cleanTool,
  cleanTraceparent,
  cleanUri,
} from './sanitize.ts';
import type { Sink } from './sink.ts';

/** Facts that every request has: who asked, in which trace, and how it ended. */
export interface RequestFacts {
  /** Claims of the client, not proof. */
  readonly client: { readonly name: string; readonly version: string };
  /** The revision the connection speaks, such as `2025-11-25`; absent before it is known. */
  readonly protocolVersion?: string | undefined;
  /** W3C trace context from the request, as the client sent it. */
  readonly traceparent?: string | undefined;
  /** The name of the token that was given; over the network only. */
  readonly principal?: string | undefined;
  /** The way the request came: `pipe` unless given. */
  readonly transport?: 'pipe' | 'tcp' | undefined;
  readonly durationMs: number;
  /** Absent when the request was served. */
  readonly code?: ErrorCode | undefined;
  /** Facts of the refusal, such as the path and the rule of a secret; never a value. */
  readonly details?: ErrorDetails | undefined;
}

/** The facts of a failure that may be recorded: never a value. */
export interface RefusalFacts {
  readonly tool: string;
  readonly code: ErrorCode;
  readonly details?: ErrorDetails | undefined;
  readonly config?: string | undefined;
}

/** Sizes of a backup; durations in milliseconds. */
export interface BackupFacts {
  readonly scope: 'keys' | 'store';
  readonly files: number;
  readonly bytes: number;
  readonly durationMs: number;
}

export type Events = ReturnType<typeof createEvents>;

/**
 * Returns one function per event, in the order of the catalogue. They take facts, not free text; what a caller chose
 * itself (a tool's name, a URI, a path) is checked for its form first. None ever throws.
 */
export function createEvents(sink: Sink) {
  const write = (name: EventName, severity: Severity, fields: EventFields, held = false) =>
    sink.write(severity, { 'event.name': name, ...fields }, held);
  return {
    serverStarted: (facts: { readOnly: boolean }) =>
      write('server.started', 'info', { read_only: facts.readOnly }, true),
    serverStopped: (facts: { reason: string; drained: boolean; uptimeMs: number }) =>
      write(
        'server.stopped',
        'info',
        { reason: cleanText(facts.reason, 20), drained: facts.drained, duration_ms: micros(facts.uptimeMs) },
        true,
      ),
    toolCalled: (
      facts: RequestFacts & {
        tool: string;
        config?: string | undefined;
        argumentsFromText?: number | undefined;
        bytesIn: number;
        bytesOut: number;
      },
    ) =>
      write('tool.called', severityOf(facts.code), {
        'mcp.method.name': 'tools/call',
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': cleanTool(facts.tool),
        ...ended(facts),
        'config.name': namedSafely(facts.config, facts.code),
        // Absent where all came as they should.
        arguments_from_text: facts.argumentsFromText || undefined,
        bytes_in: facts.bytesIn,
        bytes_out: facts.bytesOut,
        ...client(facts),
      }),
    resourceRead: (facts: RequestFacts & { uri: string; bytesOut: number }) =>
      write('resource.read', severityOf(facts.code), {
        'mcp.method.name': 'resources/read',
        'mcp.resource.uri': cleanUri(facts.uri),
        ...ended(facts),
        bytes_out: facts.bytesOut,
        ...client(facts),
      }),
    configCommitted: (facts: {
      names: readonly string[];
      versions: readonly number[];
      index: number;
      commit: CommitId;
      keyId: KeyId;
      bytes: number;
      durationMs: number;
    }) =>
      write('config.committed', 'info', {
        'config.names': facts.names,
        'config.versions': facts.versions,
        'log.index': facts.index,
        'log.commit': facts.commit,
        'key.id': facts.keyId,
        bytes: facts.bytes,
        duration_ms: micros(facts.durationMs),
      }),
    configRefused: ({ tool, code, details, config }: RefusalFacts) =>
      write('config.refused', 'warn', {
        'gen_ai.tool.name': cleanTool(tool),
        'error.type': code,
        rule: cleanRule(details?.['rule']),
        path: cleanPointer(details?.['path']),
        'config.name': namedSafely(config, code),
      }),
    draftSaved: (facts: { name: string; revision: number; digest: Digest; bytes: number }) =>
      write('draft.saved', 'info', {
        'config.name': facts.name,
        'draft.revision': facts.revision,
        'artifact.digest': facts.digest,
        bytes: facts.bytes,
      }),
    draftDiscarded: (facts: { name: string }) => write('draft.discarded', 'info', { 'config.name': facts.name }),
    deployApplied: (facts: { name: string; client: string; state: string }) =>
      write('deploy.applied', facts.state === 'written' || facts.state === 'adopted' ? 'info' : 'warn', {
        'config.name': facts.name,
        'deploy.client': cleanTool(facts.client),
        'deploy.state': cleanTool(facts.state),
      }),
    driftFound: (facts: { client: string; servers: number; kinds: readonly string[] }) =>
      write('drift.found', 'warn', {
        'deploy.client': cleanTool(facts.client),
        servers: facts.servers,
        'drift.kinds': facts.kinds.map(cleanTool),
      }),
    keyAdded: (facts: { keyId: KeyId; role: 'owner' | 'writer'; index: number }) =>
      write('key.added', 'info', { 'key.id': facts.keyId, 'key.role': facts.role, 'log.index': facts.index }),
    keyRetired: (facts: { keyId: KeyId; index: number }) =>
      write('key.retired', 'info', { 'key.id': facts.keyId, 'log.index': facts.index }),
    keyRevoked: (facts: { keyId: KeyId; fromIndex: number; index: number }) =>
      write('key.revoked', 'warn', {
        'key.id': facts.keyId,
        'key.from_index': facts.fromIndex,
        'log.index': facts.index,
      }),
    keyProtected: (facts: { keyId: KeyId; encrypted: boolean }) =>
      write('key.protected', 'info', { 'key.id': facts.keyId, 'key.encrypted': facts.encrypted }),
    verifyFinished: (facts: {
      depth: string;
      name?: string | undefined;
      ok: boolean;
      commits: number;
      artifacts: number;
      bytes: number;
      codes: readonly ErrorCode[];
      durationMs: number;
    }) =>
      write('verify.finished', facts.ok ? 'info' : 'error', {
        'verify.depth': cleanTool(facts.depth),
        'config.name': cleanConfig(facts.name),
        outcome: facts.ok ? 'ok' : 'error',
        commits: facts.commits,
        artifacts: facts.artifacts,
        bytes: facts.bytes,
        findings: facts.codes.length,
        'finding.types': [...new Set(facts.codes)],
        duration_ms: micros(facts.durationMs),
      }),
    backupMade: (facts: BackupFacts) => write('backup.made', 'info', backup(facts)),
    backupVerified: (facts: { scope: 'keys' | 'store'; durationMs: number; code?: ErrorCode | undefined }) =>
      write('backup.verified', severityOf(facts.code), {
        'backup.scope': facts.scope,
        ...ended(facts),
      }),
    backupRestored: (facts: BackupFacts) => write('backup.restored', 'info', backup(facts)),
    // Probes ask every few seconds, so an answer that all is well is no reason to begin writing.
    healthChecked: (facts: { ok: boolean; failed: readonly string[] }) =>
      write(
        'health.checked',
        facts.ok ? 'info' : 'warn',
        { outcome: facts.ok ? 'ok' : 'error', 'checks.failed': facts.failed.map((name) => cleanTool(name)) },
        facts.ok,
      ),
    storeBusy: (facts: { attempts: number; waitedMs: number }) =>
      write('store.busy', 'info', { attempts: facts.attempts, waited_ms: micros(facts.waitedMs) }),
    storeFault: (facts: { code: ErrorCode }) =>
      write('store.fault', CRITICAL_CODES.includes(facts.code) ? 'error' : 'warn', { 'error.type': facts.code }),
  };
}

/** Returns facts without a name that may not exist: such a name is free text, so it is recorded only once the call found it. */
function namedSafely(name: string | undefined, code: ErrorCode | undefined): string | undefined {
  return code === 'NOT_FOUND' || code === 'NAME_INVALID' || code === 'ARGUMENT_INVALID' || code === 'SECRET_FOUND'
    ? undefined
    : cleanConfig(name);
}

function severityOf(code: ErrorCode | undefined): Severity {
  if (code === undefined) return 'info';
  return CRITICAL_CODES.includes(code) ? 'error' : 'warn';
}

function outcome(code: ErrorCode | undefined): EventFields {
  if (code === undefined) return { outcome: 'ok' };
  return { outcome: code === 'CANCELLED' ? 'cancelled' : 'error', 'error.type': code };
}

function ended({ code, durationMs }: { code?: ErrorCode | undefined; durationMs: number }): EventFields {
  return { ...outcome(code), duration_ms: micros(durationMs) };
}

function client({ client, protocolVersion, traceparent, principal, transport = 'pipe' }: RequestFacts): EventFields {
  return {
    'client.name': cleanText(client.name),
    'client.version': cleanText(client.version),
    'mcp.protocol.version': cleanRevision(protocolVersion),
    'network.transport': transport,
    principal,
    traceparent: cleanTraceparent(traceparent),
  };
}

function backup({ scope, files, bytes, durationMs }: BackupFacts): EventFields {
  return { 'backup.scope': scope, files, bytes, duration_ms: micros(durationMs) };
}

/** Milliseconds to three places: a clock of nanoseconds would only make lines longer. */
function micros(milliseconds: number): number {
  return Math.round(milliseconds * 1_000) / 1_000;
}
