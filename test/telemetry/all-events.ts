import type { EventName } from '../../src/telemetry/events/catalog.ts';
import type { Events } from '../../src/telemetry/events/events.ts';

const digest = 'ab'.repeat(32);
const request = {
  client: { name: 'claude-ai', version: '0.1.0' },
  principal: 'ana',
  protocolVersion: '2025-11-25',
  traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`,
  durationMs: 1.5,
};

/** Every event once, with every fact it can take; failures, so that `error.type` is there. */
export const ALL_EVENTS: Readonly<Record<EventName, (events: Events) => void>> = {
  'server.started': (events) => events.serverStarted({ readOnly: false }),
  'server.stopped': (events) => events.serverStopped({ reason: 'stdin', drained: true, uptimeMs: 1 }),
  'tool.called': (events) =>
    events.toolCalled({
      ...request,
      tool: 'put_config',
      config: 'a/b',
      code: 'VERSION_CONFLICT',
      argumentsFromText: 1,
      bytesIn: 1,
      bytesOut: 2,
    }),
  'resource.read': (events) => events.resourceRead({ ...request, uri: 'config://a/b@2', code: 'CORRUPT', bytesOut: 2 }),
  'config.committed': (events) =>
    events.configCommitted({
      names: ['a/b'],
      versions: [1],
      index: 0,
      commit: digest,
      keyId: digest,
      bytes: 3,
      durationMs: 1,
    }),
  'config.refused': (events) =>
    events.configRefused({
      tool: 'put_config',
      code: 'CONTENT_INVALID',
      details: { rule: 'mcp-servers', path: '/mcpServers' },
      config: 'a/b',
    }),
  'draft.saved': (events) => events.draftSaved({ name: 'a/b', revision: 1, digest, bytes: 3 }),
  'draft.discarded': (events) => events.draftDiscarded({ name: 'a/b' }),
  'deploy.applied': (events) => events.deployApplied({ name: 'a/b', client: 'cursor', state: 'written' }),
  'drift.found': (events) => events.driftFound({ client: 'cursor', servers: 2, kinds: ['missing'] }),
  'key.added': (events) => events.keyAdded({ keyId: digest, role: 'owner', index: 0 }),
  'key.retired': (events) => events.keyRetired({ keyId: digest, index: 1 }),
  'key.revoked': (events) => events.keyRevoked({ keyId: digest, fromIndex: 3, index: 4 }),
  'key.protected': (events) => events.keyProtected({ keyId: digest, encrypted: true }),
  'verify.finished': (events) =>
    events.verifyFinished({
      depth: 'bytes',
      name: 'a/b',
      ok: false,
      commits: 1,
      artifacts: 1,
      bytes: 1,
      codes: ['CORRUPT'],
      durationMs: 1,
    }),
  'backup.made': (events) => events.backupMade({ scope: 'keys', files: 1, bytes: 1, durationMs: 1 }),
  'backup.verified': (events) => events.backupVerified({ scope: 'store', durationMs: 1, code: 'CORRUPT' }),
  'backup.restored': (events) => events.backupRestored({ scope: 'store', files: 1, bytes: 1, durationMs: 1 }),
  'health.checked': (events) => events.healthChecked({ ok: false, failed: ['disk'] }),
  'store.busy': (events) => events.storeBusy({ attempts: 2, waitedMs: 5 }),
  'store.fault': (events) => events.storeFault({ code: 'CORRUPT' }),
};
