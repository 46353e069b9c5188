import { randomUUID } from 'node:crypto';
import { createEvents, type Events } from './events.ts';
import { openSink, type SinkState } from './sink.ts';

/** Telemetry of one process. */
export interface Telemetry {
  readonly events: Events;
  /** Random id of this process, in its events and its log lines. */
  readonly sessionId: string;
  /** Its state; health shows this. */
  state(): SinkState;
  /** Writes what is waiting, so that readers find it. */
  flush(): Promise<void>;
  /** Writes what is waiting and closes the file. */
  close(): Promise<void>;
}

export interface TelemetryOptions {
  /** Absolute path of the telemetry folder. */
  readonly folder: string;
  readonly days: number;
  readonly enabled: boolean;
  readonly version: string;
  readonly sessionId?: string | undefined;
  /** The clock in milliseconds, for tests. */
  readonly now?: (() => number) | undefined;
}

/** Opens telemetry: nothing is loaded, made or written before the first event. */
export function openTelemetry({
  folder,
  days,
  enabled,
  version,
  sessionId = randomUUID(),
  now,
}: TelemetryOptions): Telemetry {
  const sink = openSink({
    folder,
    days,
    enabled,
    now,
    common: { 'service.version': version, 'process.pid': process.pid, 'mcp.session.id': sessionId },
  });
  return {
    events: createEvents(sink),
    sessionId,
    state: () => sink.state(),
    flush: () => sink.flush(),
    close: () => sink.close(),
  };
}
