/** How many new files wait: a put takes two. */
const READY = 2;
/** Those that waited longer are not used, in milliseconds: other processes clear a folder of what is an hour old. */
const MAX_AGE_MS = 600_000;

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
  #ready: Array<NewFile & { readonly madeMs: number }> = [];
  #refill: NodeJS.Immediate | undefined;
  #closed = false;

  constructor(parts: { readonly make: () => NewFile; readonly drop: (file: NewFile) => void }) {
    this.#make = parts.make;
    this.#drop = parts.drop;
  }

  /** Returns a new file; others are made soon. @throws what making one throws */
  take(): NewFile {
    const file = this.#youngest() ?? this.#make();
    if (!this.#closed) this.#refill ??= setImmediate(() => this.#fill());
    return file;
  }

  /** Removes those that were not taken. */
  close(): void {
    this.#closed = true;
    clearImmediate(this.#refill);
    for (const file of this.#ready.splice(0)) this.#drop(file);
  }

  #youngest(): NewFile | undefined {
    for (let file = this.#ready.pop(); file !== undefined; file = this.#ready.pop()) {
      if (performance.now() - file.madeMs <= MAX_AGE_MS) return file;
      this.#drop(file);
    }
    return undefined;
  }

  #fill(): void {
    this.#refill = undefined;
    try {
      while (this.#ready.length < READY) this.#ready.push({ ...this.#make(), madeMs: performance.now() });
    } catch {
      // making the next one that is needed says why there is none
    }
  }
}
