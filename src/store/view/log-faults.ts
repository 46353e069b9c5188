import type { StoreError } from '../../core/errors.ts';

/** Why nothing may be appended to a log. */
export class LogFaults {
  readonly #onFault: (error: StoreError) => void;
  #tail: StoreError | undefined;
  #gap: StoreError | undefined;

  /** @param onFault hears of each new fault of the log's end, once */
  constructor(onFault: (error: StoreError) => void) {
    this.#onFault = onFault;
  }

  get first(): StoreError | undefined {
    return this.#gap ?? this.#tail;
  }

  /** The entry after the newest commit, where it is none. */
  get tail(): StoreError | undefined {
    return this.#tail;
  }

  set tail(fault: StoreError | undefined) {
    if (fault !== undefined && fault.message !== this.#tail?.message) this.#onFault(fault);
    this.#tail = fault;
  }

  /** An index without an entry, with entries behind it. */
  set gap(fault: StoreError | undefined) {
    this.#gap = fault;
  }
}
