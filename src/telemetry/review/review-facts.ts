import type { LatencyFigures } from './latency.ts';

/** The sums people look at first. */
export interface Headline {
  readonly calls: number;
  readonly failures: number;
  readonly commits: number;
  readonly refusals: number;
  /** Events that report a signature or key that does not hold, or bytes that are not what was signed. */
  readonly signatureFaults: number;
  readonly busyWaits: number;
  /** Events of level `error`. */
  readonly critical: number;
}

/** The calls of one tool. */
export interface ToolFacts extends LatencyFigures {
  readonly tool: string;
  readonly calls: number;
  readonly failures: number;
}

/** One call or failure worth naming. */
export interface Occurrence {
  readonly time: string;
  readonly event: string;
  readonly level: string;
  readonly tool?: string;
  readonly config?: string;
  readonly code?: string;
  readonly rule?: string;
  readonly path?: string;
  readonly durationMs?: number;
}

/** The changes of one config. */
export interface ConfigFacts {
  readonly name: string;
  readonly commits: number;
  readonly version: number;
  readonly index: number;
  readonly commit: string;
  readonly time: string;
}

/** One UTC day or hour. */
export interface PeriodFacts {
  /** `2026-11-20`, or `2026-11-20T13` for an hour. */
  readonly start: string;
  readonly calls: number;
  readonly failures: number;
  readonly commits: number;
  readonly refusals: number;
  /** Calls and changes that failed or were refused, each once. */
  readonly failed: number;
}

/** Failures and refusals with one code. */
export interface CodeFacts {
  /** The code; the name of the event for a warning that has none. */
  readonly code: string;
  /** False for a warning that is no failed call. */
  readonly hasCode: boolean;
  readonly count: number;
  /** True where the store refused a change for what it holds, or because another came first. */
  readonly isRefusal: boolean;
  /** True where the store itself was in trouble. */
  readonly isCritical: boolean;
  /** Time of the newest. */
  readonly last: string;
  /** The tools and commands it happened to, a few at most. */
  readonly tools: readonly string[];
}

/** Everything a review shows; lists have the most telling first, periods are in order. */
export interface ReviewFacts {
  readonly events: number;
  readonly headline: Headline;
  readonly tools: readonly ToolFacts[];
  readonly slowest: readonly Occurrence[];
  /** Newest first. */
  readonly lastFailures: readonly Occurrence[];
  readonly configs: readonly ConfigFacts[];
  readonly periods: readonly PeriodFacts[];
  /** Failures and refusals by code, the most frequent first; a refused call counts once. */
  readonly codes: readonly CodeFacts[];
  /** Codes of critical events with how often each occurred. */
  readonly criticalCodes: Readonly<Record<string, number>>;
  /** Codes of refusals, likewise. */
  readonly refusalCodes: Readonly<Record<string, number>>;
}
