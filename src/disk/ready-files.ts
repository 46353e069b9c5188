/** How many new files wait: a put takes two. */
const READY = 2;
/** How long they wait after the last one was taken, in milliseconds: a process that is at rest leaves nothing behind. */
const REST_MS = 250;

/** A new file that nothing is written to yet. */
export interface NewFile {
  readonly fd: number;
  readonly path: string;
}

/**
 * New files of one folder, made while the process that needs them waits for the disk: on a file system in use, making one takes
 * longer than all else that a small put does there itself.
 */
export class ReadyFiles {
  readonly #make: () => NewFile;
  readonly #drop: (file: NewFile) => void;
  readonly #ready: NewFile[] = [];
  #refill: NodeJS.Immediate | undefined;
  #rest: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(parts: { readonly make: () => NewFile; readonly drop: (file: NewFile) => void }) {
    this.#make = parts.make;
    this.#drop = parts.drop;
  }

  /** Returns a new file; others are made soon. @throws what making one throws */
  take(): NewFile {
    const file = this.#ready.pop() ?? this.#make();
    if (!this.#closed) this.#refill ??= setImmediate(() => this.#fill());
    return file;
  }

  /** Removes those that were not taken. */
  close(): void {
    this.#closed = true;
    clearImmediate(this.#refill);
    this.#clear();
  }

  #fill(): void {
    this.#refill = undefined;
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => this.#clear(), REST_MS).unref();
    try {
      while (this.#ready.length < READY) this.#ready.push(this.#make());
    } catch {
      // making the next one that is needed says why there is none
    }
  }

  #clear(): void {
    clearTimeout(this.#rest);
    for (const file of this.#ready.splice(0)) this.#drop(file);
  }
}
