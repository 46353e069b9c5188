import type { Worker } from 'node:worker_threads';
import type { TypedBytes } from '../../core/content/compare.ts';
import { contentKind } from '../../core/content/media-type.ts';
import { isStoreError, StoreError } from '../../core/errors.ts';
import { CONTENT_TASKS, type ContentTask } from './content-tasks.ts';
import type { WorkerAnswer, WorkerRequest } from './content-worker.ts';

/** Content up to this size, in bytes, keeps this process busy for less than a tenth of a second, whatever the task. */
const INLINE_BYTES = 16_384;
/** YAML takes the parser ten times as long as the other formats do. */
const INLINE_YAML_BYTES = 4_096;
/** How long a task may take, in milliseconds, waiting for earlier ones included. */
const DEADLINE_MS = 10_000;
/** How long a thread without a task is kept, in milliseconds. */
const IDLE_MS = 5_000;
/** The most memory of a thread, in MiB. */
const MEMORY_MIB = 256;

type Arguments<T extends ContentTask> = Parameters<(typeof CONTENT_TASKS)[T]>;
type Result<T extends ContentTask> = Awaited<ReturnType<(typeof CONTENT_TASKS)[T]>>;

/**
 * Runs a task on content: here when it is small, else in a thread that has a deadline and a memory limit, so that no content can
 * keep this process from answering.
 *
 * @param contents what the task works on
 * @throws StoreError what the task throws; CONTENT_TOO_LARGE when it takes too long or too much memory
 */
export async function runContentTask<T extends ContentTask>(
  contents: ReadonlyArray<TypedBytes | undefined>,
  task: T,
  ...args: Arguments<T>
): Promise<Result<T>> {
  if (!contents.some((content) => content !== undefined && isHeavy(content))) {
    const run = CONTENT_TASKS[task] as (...given: Arguments<T>) => Promise<Result<T>>;
    return run(...args);
  }
  thread ??= new ContentThread();
  return (await thread.run(task, args)) as Result<T>;
}

/** True for the error of a task that was given up: content that is read already can be shown in another way then. */
export function isGivenUp(error: unknown): boolean {
  return isStoreError(error, 'CONTENT_TOO_LARGE') && error.details?.['reason'] === 'work';
}

let thread: ContentThread | undefined;

function isHeavy({ bytes, mediaType }: TypedBytes): boolean {
  return bytes.length > (contentKind(mediaType) === 'yaml' ? INLINE_YAML_BYTES : INLINE_BYTES);
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: StoreError) => void;
  readonly timer: NodeJS.Timeout;
}

/** One thread, started when it is needed and ended when it is idle. Tasks run one after another. */
class ContentThread {
  readonly #waiting = new Map<number, Waiting>();
  #worker: Promise<Worker> | undefined;
  #idle: NodeJS.Timeout | undefined;
  #id = 0;

  async run(task: ContentTask, args: readonly unknown[]): Promise<unknown> {
    clearTimeout(this.#idle);
    const id = ++this.#id;
    const answered = new Promise<unknown>((resolve, reject) => {
      const timer = setTimeout(() => this.#end(tooMuchWork('time')), DEADLINE_MS);
      this.#waiting.set(id, { resolve, reject, timer });
    });
    this.#worker ??= this.#start();
    const worker = await this.#worker;
    worker.ref();
    worker.postMessage({ id, task, args } satisfies WorkerRequest);
    return answered;
  }

  async #start(): Promise<Worker> {
    const [{ Worker: Thread }, { errorOf, WORKER_MARK, WORKER_URL }] = await Promise.all([
      import('node:worker_threads'),
      import('./content-worker.ts'),
    ]);
    const worker = new Thread(WORKER_URL, {
      workerData: WORKER_MARK,
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MIB },
    });
    worker.on('message', (answer: WorkerAnswer) => {
      const waiting = this.#take(answer.id);
      if ('error' in answer) waiting?.reject(errorOf(answer));
      else waiting?.resolve(answer.result);
      if (this.#waiting.size === 0) this.#rest(worker);
    });
    // Out of memory, or a fault in the thread itself: what waits is refused, and the next task gets a new thread.
    worker.on('error', () => this.#end(tooMuchWork('memory')));
    return worker;
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    clearTimeout(waiting?.timer);
    this.#waiting.delete(id);
    return waiting;
  }

  /** An idle thread keeps no process alive. */
  #rest(worker: Worker): void {
    worker.unref();
    this.#idle = setTimeout(() => this.#end(tooMuchWork('time')), IDLE_MS).unref();
  }

  #end(error: StoreError): void {
    const worker = this.#worker;
    this.#worker = undefined;
    for (const id of [...this.#waiting.keys()]) this.#take(id)?.reject(error);
    void worker?.then((ended) => ended.terminate());
  }
}

function tooMuchWork(what: 'time' | 'memory'): StoreError {
  return new StoreError('CONTENT_TOO_LARGE', `the content takes too much ${what} to be checked`, {
    hint: 'Store it in smaller parts, or in a plainer form.',
    details: { reason: 'work' },
  });
}
