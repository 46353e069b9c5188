import { join } from 'node:path';
import { isObject } from '../core/json/is-object.ts';
import { Durable } from '../disk/durable.ts';
import { listNames } from '../disk/list-names.ts';
import { findFile } from './state-file.ts';
import type { StateFolder } from './state-folder.ts';

/** How long a plan can be carried out: one hour, in ms. */
export const PLAN_LIFE_MS = 3_600_000;

/** A plan as it is kept: what was asked for and digests of what it saw, never a value. */
export interface KeptPlan<Request = unknown> {
  readonly id: string;
  /** RFC 3339, UTC. */
  readonly time: string;
  readonly request: Request;
  /** Digests of the config and of those it builds on. */
  readonly layers: readonly string[];
  readonly targets: ReadonlyArray<{
    readonly client: string;
    readonly path: string;
    /** Of the file, or of its servers. */
    readonly fingerprint: string;
    /** Of what would change. */
    readonly changes: string;
  }>;
}

/** `state/plans/`: one file a plan, 0600; those that are too old are removed when another is made. */
export class Plans {
  readonly #folder: StateFolder;
  readonly #path: string;
  readonly #disk: Durable;

  constructor(folder: StateFolder, disk: Durable = new Durable()) {
    this.#folder = folder;
    this.#path = join(folder.path, 'plans');
    this.#disk = disk;
  }

  /** Keeps a plan. @throws StoreError STORE_UNREADABLE, STORE_READONLY, STORE_FULL */
  async keep(plan: KeptPlan): Promise<void> {
    const unwritable = this.#folder.writable();
    if (unwritable !== undefined) throw unwritable;
    await this.#folder.make();
    await this.#disk.makeFolder(this.#path);
    for (const name of listNames(this.#path)) {
      const id = name.replace(/\.json$/, '');
      const old = this.find(id);
      if (old === undefined || Date.now() - Date.parse(old.time) > PLAN_LIFE_MS)
        await this.#disk.remove(join(this.#path, name));
    }
    const bytes = Buffer.from(`${JSON.stringify(plan)}\n`);
    await this.#disk.writeFile(this.#path, this.#file(plan.id), bytes, 0o600);
  }

  /** Returns a plan by its id; undefined when there is none. @throws StoreError STORE_UNREADABLE when its folder cannot be believed */
  find(id: string): KeptPlan | undefined {
    const flaw = this.#folder.flaw();
    if (flaw !== undefined) throw flaw;
    if (!/^[0-9a-f]{16}$/.test(id)) return undefined;
    const { text } = findFile(this.#file(id));
    if (text === undefined) return undefined;
    try {
      const value: unknown = JSON.parse(text);
      return isPlan(value) && value.id === id ? value : undefined;
    } catch {
      return undefined; // torn or another's: it is no plan
    }
  }

  /** Removes a plan that was carried out. */
  async drop(id: string): Promise<void> {
    await this.#disk.remove(this.#file(id));
  }

  #file(id: string): string {
    return join(this.#path, `${id}.json`);
  }
}

function isPlan(value: unknown): value is KeptPlan {
  if (!isObject(value) || !isObject(value['request'])) return false;
  const { id, time, layers, targets } = value;
  return areTexts([id, time]) && areTexts(layers) && Array.isArray(targets) && targets.every(isPlannedTarget);
}

function isPlannedTarget(value: unknown): boolean {
  return isObject(value) && areTexts([value['client'], value['path'], value['fingerprint'], value['changes']]);
}

function areTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
