import type { StopReason } from './observer.ts';

/** A server that listens. */
export interface NetworkServer {
  readonly url: string;
  /** Reads the certificate again, where there is one. */
  reloadTls?(): void;
  /** Takes nothing more, lets the calls in flight end, then the streams; says whether all calls ended. */
  end(): Promise<boolean>;
  /** Ends every connection that is left. */
  close(): void;
}

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/**
 * Resolves with the signal that ends the process.
 *
 * @param onHangup called for SIGHUP, which then ends nothing
 * @param onImpatient called for a second signal
 */
export function untilSignal(onHangup: (() => void) | undefined, onImpatient: () => void): Promise<StopReason> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of SIGNALS)
      process.on(signal, () => {
        if (signal === 'SIGHUP' && onHangup !== undefined) return onHangup();
        if (asked) onImpatient();
        asked = true;
        resolve(signal);
      });
  });
}
