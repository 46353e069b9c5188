import type { Hex } from '../../core/digest.ts';
import type { Pin, PinFile } from '../../state/pin.ts';
import type { CommitRecord } from '../commits/commit-record.ts';

/** How often the pin is written at most, in milliseconds. */
const INTERVAL_MS = 1_000;

/** Keeps the pin near the newest commit that is durable, outside the way of the answers. */
export class PinKeeper {
  readonly #file: PinFile;
  readonly #onWarning: (warning: string) => void;
  #next: Pin | undefined;
  #noted: Hex | undefined;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(file: PinFile, onWarning: (warning: string) => void) {
    this.#file = file;
    this.#onWarning = onWarning;
  }

  /** Notes a durable commit; it is in the pin a second later at the latest. */
  note({ index, id, statement }: CommitRecord): void {
    if (this.#noted === id || (this.#next !== undefined && this.#next.index >= index)) return;
    this.#noted = id;
    this.#next = { store: statement.store, index, commit: id };
    this.#timer ??= setTimeout(() => void this.flush(), INTERVAL_MS).unref();
  }

  /** Writes what was noted now. Never throws: a store whose pin cannot be written still works, and says so. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const pin = this.#next;
    this.#next = undefined;
    if (pin !== undefined) {
      this.#writing = this.#writing
        .then(() => this.#file.raise(pin))
        .catch((error: unknown) =>
          this.#onWarning(
            `the pin cannot be written (${error instanceof Error ? error.message : String(error)}); a rollback would not be seen here`,
          ),
        );
    }
    return this.#writing;
  }
}
