import { isObject } from '../../../core/json/is-object.ts';
import { isShowable } from '../../../core/json/pointer.ts';
import { programOf } from '../../../policy/servers/program-of.ts';
import { readServers, type ServerEntry } from '../../../policy/servers/server-entries.ts';

/** How the MCP servers of one content differ from those of another, by name. */
export interface ServerChanges {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Those that run another program, or are reached at another address. */
  readonly reprogrammed: readonly string[];
  readonly changed: readonly string[];
  /** Programs and addresses that are new in the content: `npx @scope/server@1.2`. */
  readonly programs: readonly string[];
}

/** Compares the servers of two contents; undefined where neither names any. @param before undefined where there was nothing */
export function serverChanges(before: unknown, after: unknown): ServerChanges | undefined {
  const [old, now] = [serversOf(before), serversOf(after)];
  if (old.size + now.size === 0) return undefined;
  const kept = [...now].flatMap(([name, entry]) => {
    const was = old.get(name);
    return was === undefined || was.text === entry.text ? [] : [{ name, isReprogrammed: was.runs !== entry.runs }];
  });
  const known = new Set([...old.values()].map(({ program }) => program));
  const programs = [...now.values()].flatMap(({ program }) => (program === undefined ? [] : [program]));
  return {
    added: [...now.keys()].filter((name) => !old.has(name)).map(shown),
    removed: [...old.keys()].filter((name) => !now.has(name)).map(shown),
    reprogrammed: kept.filter(({ isReprogrammed }) => isReprogrammed).map(({ name }) => shown(name)),
    changed: kept.filter(({ isReprogrammed }) => !isReprogrammed).map(({ name }) => shown(name)),
    programs: [...new Set(programs)].filter((program) => !known.has(program)),
  };
}

interface Compared {
  readonly program: string | undefined;
  /** The members that decide which program runs, or which server answers. */
  readonly runs: string;
  readonly text: string;
}

function serversOf(value: unknown): Map<string, Compared> {
  const table = readServers(value);
  if (table === undefined || !isObject(value)) return new Map();
  const entries = value[table.member];
  const raw = Array.isArray(entries)
    ? entries.filter((entry) => isObject(entry))
    : Object.values(isObject(entries) ? entries : {}).filter((entry) => isObject(entry));
  return new Map(table.servers.map((server, at) => [server.name, compared(server, raw[at])]));
}

function compared(server: ServerEntry, raw: unknown): Compared {
  const { command, args, url } = server;
  return { program: programOf(server), runs: JSON.stringify([command, args, url]), text: JSON.stringify(raw) ?? '' };
}

/** A name of a content's own choosing is shown only where it can be no secret. */
function shown(name: string): string {
  return isShowable(name) ? name : '…';
}
