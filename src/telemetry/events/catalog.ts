import type { ErrorCode } from '../../core/errors.ts';
import type { Severity } from './event-line.ts';

/** One kind of event: when it is written, how much it matters, and which fields it has in addition to the common ones. */
export interface EventEntry {
  readonly when: string;
  readonly severity: readonly Severity[];
  readonly fields: readonly string[];
}

/** The failures that mean the store itself is in trouble, not the request; events that carry one are critical. */
export const CRITICAL_CODES: readonly ErrorCode[] = [
  'CORRUPT',
  'SIGNATURE_INVALID',
  'KEY_UNTRUSTED',
  'ROLLED_BACK',
  'STORE_FOREIGN',
  'STORE_MISSING',
  'STORE_UNREADABLE',
  'STORE_UNSUPPORTED',
  'STORE_FULL',
  'STATE_UNKNOWN',
  'INTERNAL',
];

/** The failures by which the store refuses a change for what it holds; each also makes a `config.refused`. */
export const REFUSAL_CODES: readonly ErrorCode[] = [
  'SECRET_FOUND',
  'CONTENT_INVALID',
  'CONTENT_TOO_LARGE',
  'VERSION_CONFLICT',
  'PURGED',
];

const CLIENT = [
  'client.name',
  'client.version',
  'mcp.protocol.version',
  'network.transport',
  'principal',
  'traceparent',
];
const ENDED = ['outcome', 'error.type', 'duration_ms'];

/** Every event there is; docs/telemetry.md shows this table and a test compares the two. */
export const EVENT_CATALOG = {
  'server.started': { when: 'a server answered its first request', severity: ['info'], fields: ['read_only'] },
  'server.stopped': {
    when: 'a server ended that had answered one',
    severity: ['info'],
    fields: ['reason', 'drained', 'duration_ms'],
  },
  'tool.called': {
    when: 'a tool was called and answered',
    severity: ['info', 'warn', 'error'],
    fields: [
      'mcp.method.name',
      'gen_ai.operation.name',
      'gen_ai.tool.name',
      ...ENDED,
      'config.name',
      'arguments_from_text',
      'bytes_in',
      'bytes_out',
      ...CLIENT,
    ],
  },
  'resource.read': {
    when: 'a resource was read',
    severity: ['info', 'warn', 'error'],
    fields: ['mcp.method.name', 'mcp.resource.uri', ...ENDED, 'bytes_out', ...CLIENT],
  },
  'config.committed': {
    when: 'a commit was made, after it was durable',
    severity: ['info'],
    fields: ['config.names', 'config.versions', 'log.index', 'log.commit', 'key.id', 'bytes', 'duration_ms'],
  },
  'config.refused': {
    when: 'a change was refused for what it holds or because another came first',
    severity: ['warn'],
    fields: ['gen_ai.tool.name', 'error.type', 'rule', 'path', 'config.name'],
  },
  'draft.saved': {
    when: 'a draft was saved',
    severity: ['info'],
    fields: ['config.name', 'draft.revision', 'artifact.digest', 'bytes'],
  },
  'draft.discarded': { when: 'a draft was dropped', severity: ['info'], fields: ['config.name'] },
  'deploy.applied': {
    when: "a config was written into a client's file, or was left out of it",
    severity: ['info', 'warn'],
    fields: ['config.name', 'deploy.client', 'deploy.state'],
  },
  'drift.found': {
    when: "a client's file was seen to differ from what was deployed",
    severity: ['warn'],
    fields: ['deploy.client', 'servers', 'drift.kinds'],
  },
  'key.added': {
    when: 'a commit brought a key into the keyring',
    severity: ['info'],
    fields: ['key.id', 'key.role', 'log.index'],
  },
  'key.retired': { when: 'a commit ended a key', severity: ['info'], fields: ['key.id', 'log.index'] },
  'key.revoked': {
    when: 'a commit revoked a key',
    severity: ['warn'],
    fields: ['key.id', 'key.from_index', 'log.index'],
  },
  'key.protected': {
    when: 'a key file was encrypted or decrypted',
    severity: ['info'],
    fields: ['key.id', 'key.encrypted'],
  },
  'verify.finished': {
    when: 'a verification of the store or of one config ended',
    severity: ['info', 'error'],
    fields: [
      'verify.depth',
      'config.name',
      'outcome',
      'commits',
      'artifacts',
      'bytes',
      'findings',
      'finding.types',
      'duration_ms',
    ],
  },
  'backup.made': {
    when: 'a backup was written',
    severity: ['info'],
    fields: ['backup.scope', 'files', 'bytes', 'duration_ms'],
  },
  'backup.verified': {
    when: 'a backup was checked',
    severity: ['info', 'warn', 'error'],
    fields: ['backup.scope', 'outcome', 'error.type', 'duration_ms'],
  },
  'backup.restored': {
    when: 'a backup was restored',
    severity: ['info'],
    fields: ['backup.scope', 'files', 'bytes', 'duration_ms'],
  },
  'health.checked': { when: 'health was asked for', severity: ['info', 'warn'], fields: ['outcome', 'checks.failed'] },
  'store.busy': {
    when: 'a write had to wait for other processes',
    severity: ['info'],
    fields: ['attempts', 'waited_ms'],
  },
  'store.fault': {
    when: 'the store met damage, a foreign log or a failing disk',
    severity: ['warn', 'error'],
    fields: ['error.type'],
  },
} as const satisfies Record<string, EventEntry>;

export type EventName = keyof typeof EVENT_CATALOG;

/** Fields of every event, whatever its name. */
export const COMMON_FIELDS = [
  'level',
  'time',
  'service.version',
  'process.pid',
  'mcp.session.id',
  'event.name',
] as const;

/** The meaning of each field; the right column of the table in docs/telemetry.md. */
export const FIELD_MEANINGS: Readonly<Record<string, string>> = {
  level: '`info`, `warn`, or `error`: what health calls critical',
  time: 'when it happened, UTC, RFC 3339 with milliseconds',
  'service.version': 'version of the program that wrote the line',
  'process.pid': 'process that wrote it (inside a container: its own numbering)',
  'mcp.session.id': 'random id of that process, also in its log lines on stderr',
  'event.name': 'which event it is',
  'mcp.method.name': 'the MCP method: `tools/call` or `resources/read`',
  'gen_ai.operation.name': 'always `execute_tool`',
  'gen_ai.tool.name': "the tool, or the command line's command",
  'mcp.resource.uri': 'the resource; `(other)` when it is none of ours',
  'mcp.protocol.version': 'the revision of MCP the connection spoke',
  'network.transport': '`pipe`: standard input and output, or `tcp`: the network',
  principal: 'the name of the token, over the network',
  'client.name': 'what the client calls itself: a claim',
  'client.version': 'the version it claims',
  traceparent: 'W3C trace context, when the client sent one',
  outcome: '`ok`, `error` or `cancelled`',
  'error.type': 'the error code; absent when it went well',
  duration_ms: 'how long it took, milliseconds with microseconds',
  arguments_from_text:
    'how many arguments came as the JSON text of a number, boolean, list or object; absent when none did',
  bytes_in: 'size of the arguments as JSON',
  bytes_out: 'size of the answer as JSON',
  bytes: 'size of the content or the file',
  'config.name': 'the config it was about',
  'config.names': 'the configs it changed',
  'config.versions': 'their new versions, in the same order',
  'log.index': "the commit's index",
  'log.commit': 'the commit id',
  'key.id': 'the key that signed, or that it is about',
  'key.role': '`owner` or `writer`',
  'key.from_index': 'first index whose signatures are void',
  'key.encrypted': 'whether the key file is encrypted now',
  'artifact.digest': 'SHA-256 of the content, hex',
  'draft.revision': "the draft's revision",
  'deploy.client': 'the MCP client whose file it is',
  'deploy.state': 'what became of the file: `written`, `adopted`, `unchanged`, `conflict`, `refused` or `stale`',
  servers: 'how many servers differ',
  'drift.kinds': 'how they differ',
  rule: 'the rule that refused it',
  path: 'JSON Pointer of what it refused; names that could be secrets are shown as `…`',
  read_only: 'whether the tools that write are left out',
  reason: 'what ended the server',
  drained: 'whether calls in flight were answered first',
  'verify.depth': '`structure`, `signatures` or `bytes`',
  commits: 'commits checked',
  artifacts: 'artifacts checked',
  findings: 'how many findings',
  'finding.types': 'the codes among the findings',
  files: 'how many files',
  'backup.scope': '`keys` or `store`',
  'checks.failed': 'names of the criteria that failed',
  attempts: 'races lost before the write went through',
  waited_ms: 'how long it waited, milliseconds',
};
