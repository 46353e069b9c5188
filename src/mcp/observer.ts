import type { ErrorCode, ErrorDetails } from '../core/errors.ts';

/** Who speaks to the server: claims of the client, not proof. */
export interface ClientInfo {
  readonly name: string;
  readonly version: string;
}

/** What every told fact of a request has in common. */
export interface RequestFacts {
  readonly client: ClientInfo;
  /** The revision the connection speaks, such as `2025-11-25`; absent before it is known. */
  readonly protocolVersion?: string | undefined;
  /** W3C trace context from the request's `_meta`, as the client sent it. */
  readonly traceparent?: string | undefined;
  readonly durationMs: number;
  /** Absent when the request was served. */
  readonly code?: ErrorCode | undefined;
  /** Facts of the refusal, such as the path and the rule of a secret; never a value. */
  readonly details?: ErrorDetails | undefined;
}

/** One call of a tool, after it was answered. */
export interface ToolCallFacts extends RequestFacts {
  readonly tool: string;
  /** The config named in the arguments, when it is a valid name. */
  readonly config?: string | undefined;
  /** Size of the arguments and of the result as JSON, in bytes. */
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** One read of a resource, after it was answered. */
export interface ResourceReadFacts extends RequestFacts {
  readonly uri: string;
  readonly bytesOut: number;
}

/** Why the server stopped. */
export type StopReason = 'stdin' | 'stdout' | 'SIGTERM' | 'SIGINT' | 'SIGHUP';

/** Told what the server did, after it was done; must not throw and must not block. */
export interface ServeObserver {
  started?(facts: { readonly readOnly: boolean; readonly version: string }): void;
  toolCalled?(facts: ToolCallFacts): void;
  resourceRead?(facts: ResourceReadFacts): void;
  stopped?(facts: { readonly reason: StopReason; readonly uptimeMs: number; readonly drained: boolean }): void;
}
