import type { Hex } from '../../../src/core/digest.ts';
import type { Engine } from '../../../src/engine/port.ts';

/** One fresh, empty, prepared store of an implementation under test. */
export interface EngineSubject {
  /** Opens the same store once more, as another installation that shares no memory with the first where it can. */
  open(): Engine;
  /** As `open`, and the answer to its next publish that takes effect is lost. */
  openLosingAnAnswer(): Engine;
  /** Replaces what is kept under an address behind the store's back. */
  damageObject(digest: Hex, bytes: Uint8Array): Promise<void>;
  /** Puts bytes at an index of the log behind the store's back. */
  placeEntry(index: number, bytes: Uint8Array): Promise<void>;
  /** Makes an artifact two days older. */
  ageObject(digest: Hex): Promise<void>;
  /** How `engine-process.ts` opens it in another process; absent for an implementation that lives in one process. */
  readonly remote?: readonly string[];
  dispose(): Promise<void>;
}

/** Makes a subject; closing what it opened is its own business. */
export type MakeSubject = () => Promise<EngineSubject>;
