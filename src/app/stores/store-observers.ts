import type { StoreObserver } from '../../store/api/observer.ts';

/** Returns an observer that passes everything on to each of the list, those that join later too. */
export function passOnTo(observers: readonly StoreObserver[]): StoreObserver {
  const each = (report: (observer: StoreObserver) => void) => {
    for (const observer of observers) report(observer);
  };
  return {
    committed: (receipt, facts) => each((observer) => observer.committed?.(receipt, facts)),
    busy: (facts) => each((observer) => observer.busy?.(facts)),
    fault: (error) => each((observer) => observer.fault?.(error)),
    draftSaved: (draft) => each((observer) => observer.draftSaved?.(draft)),
    draftDiscarded: (name) => each((observer) => observer.draftDiscarded?.(name)),
    verified: (request, report) => each((observer) => observer.verified?.(request, report)),
  };
}
