import { isHexDigest } from '../../core/digest.ts';
import { DAY_MS } from '../events/day-file.ts';
import { count, list } from '../events/event-fields.ts';
import type { EventRecord } from '../events/event-line.ts';
import { cleanTool } from '../events/sanitize.ts';

/** A client's file that was seen to differ from what was deployed, and was not written since. */
export interface SeenDrift {
  readonly client: string;
  readonly time: string;
  readonly servers: number;
}

/** Facts on the care that a store got, by events. */
export interface UpkeepFacts {
  /** Time of the oldest event that was read; absent where there is none. */
  readonly oldest?: string | undefined;
  /** Time of the newest backup of the whole store among them. */
  readonly backup?: string | undefined;
  readonly drift: readonly SeenDrift[];
  /** Commits that events name, by index; some at most. */
  readonly commits: ReadonlyMap<number, string>;
}

/** A backup, and a verification, are due after this time; milliseconds. */
export const DUE_MS = 7 * DAY_MS;
/** So far back events have to be asked to know that a backup is due. */
export const UPKEEP_MS = DUE_MS + DAY_MS;

/** More clients, and commits, are not followed, so that memory has a bound. */
const MAX_CLIENTS = 100;
const MAX_COMMITS = 10_000;

/** Collects what events say of backups, drift and commits. */
export class Upkeep {
  readonly #drift = new Map<string, SeenDrift>();
  readonly #commits = new Map<number, string>();
  #oldest: string | undefined;
  #backup: string | undefined;

  add(event: EventRecord): void {
    const { time } = event;
    if (this.#oldest === undefined || time < this.#oldest) this.#oldest = time;
    switch (event['event.name']) {
      case 'backup.made':
        if (event['backup.scope'] === 'store' && time > (this.#backup ?? '')) this.#backup = time;
        break;
      case 'drift.found':
        this.#found(event);
        break;
      case 'deploy.applied':
        if (event.level === 'info') this.#drift.delete(clientOf(event));
        break;
      case 'config.committed':
        this.#committed(event);
        break;
    }
  }

  facts(): UpkeepFacts {
    return { oldest: this.#oldest, backup: this.#backup, drift: [...this.#drift.values()], commits: this.#commits };
  }

  #found(event: EventRecord): void {
    const client = clientOf(event);
    if (this.#drift.size >= MAX_CLIENTS && !this.#drift.has(client)) return;
    this.#drift.set(client, { client, time: event.time, servers: Math.max(count(event['servers']), 1) });
  }

  #committed(event: EventRecord): void {
    const [index, commit] = [event['log.index'], event['log.commit']];
    if (!Number.isSafeInteger(index) || typeof commit !== 'string' || !isHexDigest(commit)) return;
    if (list(event['config.names']).length > 0 && this.#commits.size < MAX_COMMITS)
      this.#commits.set(index as number, commit);
  }
}

function clientOf(event: EventRecord): string {
  const client = event['deploy.client'];
  return cleanTool(typeof client === 'string' ? client : '');
}
