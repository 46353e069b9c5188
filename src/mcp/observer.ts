import type { RequestFacts } from '../telemetry/events/events.ts';

/** The client of a connection: its claims, not proof. */
export interface ClientInfo {
  readonly name: string;
  readonly version: string;
}

/** One call of a tool, after it was answered. */
export interface ToolCallFacts extends RequestFacts {
  readonly tool: string;
  /** The config named in the arguments, when it is a valid name. */
  readonly config?: string | undefined;
  /** How many arguments came as the JSON text of what was due, and were read as that. */
  readonly argumentsFromText: number;
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

/** Called after the server did something; must not throw and must not block. */
export interface ServeObserver {
  started?(facts: { readonly readOnly: boolean; readonly version: string }): void;
  /** A client said who it is: its first request, or one of another client. */
  connected?(facts: { readonly client: ClientInfo; readonly protocolVersion: string | undefined }): void;
  toolCalled?(facts: ToolCallFacts): void;
  resourceRead?(facts: ResourceReadFacts): void;
  /** The end has come: no new request is taken, and those under way are answered. */
  draining?(facts: { readonly reason: StopReason }): void;
  stopped?(facts: { readonly reason: StopReason; readonly uptimeMs: number; readonly drained: boolean }): void;
}
