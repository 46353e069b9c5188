import { effective, type ListPlace } from '../../clients/ownership/ledger.ts';
import { sha256Hex } from '../../core/digest.ts';
import { type Deployment, Deployments } from '../../state/deployments.ts';
import { StateFolder } from '../../state/state-folder.ts';
import type { Context } from '../shared/context.ts';

/** Returns this installation's memory of what it wrote into clients' files. */
export function deploymentsOf({ installation }: Context): Deployments {
  return new Deployments(new StateFolder(installation.settings().paths.state));
}

/** The servers that are ours in a file, by the newest writing that holds. */
export interface Held {
  /** Undefined where nothing was ever written, or all of it was undone. */
  readonly last: Deployment | undefined;
  /** All writings that hold, oldest first. */
  readonly stack: readonly Deployment[];
  readonly owned: Deployment['servers'];
  /** True where the file is as it was before our last writing: the client brought its own copy back. */
  readonly undone: boolean;
}

/** Returns what is ours in a file, or in the part of it that is meant. */
export function heldIn(all: readonly Deployment[], place: ListPlace, bytes: Uint8Array | undefined): Held {
  const stack = effective(all, place, bytes);
  const last = stack.at(-1);
  const now = bytes === undefined ? null : sha256Hex(bytes);
  return {
    last,
    stack,
    owned: last?.servers ?? {},
    undone: last !== undefined && last.before !== last.after && last.before === now,
  };
}
