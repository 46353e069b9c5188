import { MAX_MESSAGE_BYTES } from '../outbound.ts';

/** The bounds of one server; sizes in bytes, times in milliseconds. */
export interface HttpLimits {
  /** The largest body of a request. */
  readonly bodyBytes: number;
  /** All bodies that are being read or served together. */
  readonly bodyBytesTogether: number;
  readonly headerBytes: number;
  readonly connections: number;
  /** Calls that are served at the same time; further ones are asked to come again. */
  readonly calls: number;
  readonly subscriptions: number;
  /** How often a stream without events says that it is there: proxies cut what is silent. */
  readonly keepAliveMs: number;
  /** How long the headers of a request may take to arrive, then all of it. */
  readonly headersMs: number;
  readonly requestMs: number;
  /** How long a connection without a request is kept: longer than a proxy keeps it. */
  readonly idleMs: number;
  /** How long a connection may move nothing at all while it is used. */
  readonly stalledMs: number;
  /** Failed authentications of one address that are answered in a second. */
  readonly failuresPerSecond: number;
}

/** The bounds as they are unless a test needs others. */
export const LIMITS: HttpLimits = {
  bodyBytes: MAX_MESSAGE_BYTES,
  bodyBytesTogether: 33_554_432,
  headerBytes: 16_384,
  connections: 1_024,
  calls: 64,
  subscriptions: 1_024,
  keepAliveMs: 15_000,
  headersMs: 10_000,
  requestMs: 30_000,
  idleMs: 75_000,
  stalledMs: 600_000,
  failuresPerSecond: 10,
};
