import { parentPort, workerData } from 'node:worker_threads';
import { type ErrorCode, type ErrorDetails, StoreError, toStoreError } from '../../core/errors.ts';
import { CONTENT_TASKS, type ContentTask } from './content-tasks.ts';

/** A thread is started with this, so that importing this file elsewhere starts nothing. */
export const WORKER_MARK = 'mcp-config-store content';
/** This file, wherever the bundler put it. */
export const WORKER_URL = new URL(import.meta.url);

/** One task for a thread. */
export interface WorkerRequest {
  readonly id: number;
  readonly task: ContentTask;
  readonly args: readonly unknown[];
}

/** The outcome of a task; errors do not keep their class between threads. */
export type WorkerAnswer =
  | { readonly id: number; readonly result: unknown }
  | {
      readonly id: number;
      readonly error: {
        readonly code: ErrorCode;
        readonly message: string;
        readonly hint: string;
        readonly details: ErrorDetails | undefined;
      };
    };

/** The error that a thread reported. */
export function errorOf({ error }: Extract<WorkerAnswer, { error: unknown }>): StoreError {
  const { code, message, hint, details } = error;
  return new StoreError(code, message, { hint, ...(details !== undefined && { details }) });
}

async function answer({ id, task, args }: WorkerRequest): Promise<WorkerAnswer> {
  try {
    const run = CONTENT_TASKS[task] as (...given: readonly unknown[]) => Promise<unknown>;
    return { id, result: await run(...args) };
  } catch (thrown) {
    const { code, message, hint, details } = toStoreError(thrown);
    return { id, error: { code, message, hint, details } };
  }
}

if (workerData === WORKER_MARK) {
  parentPort?.on('message', (request: WorkerRequest) => {
    void answer(request).then((made) => parentPort?.postMessage(made));
  });
}
