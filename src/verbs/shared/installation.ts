import type { CanonicalServer } from '../../clients/canonical/server.ts';
import type { PersonFolders } from '../../clients/dialects/dialect.ts';
import type { ServerEntry } from '../../clients/entry.ts';
import type { StorePaths } from '../../store/api/paths.ts';

/** The settings that verbs ask for. */
export interface InstallationSettings {
  readonly paths: StorePaths;
  /** Where the storage is, for people: a folder, or the address of a database without its password. */
  readonly storageAt: string;
  /** Where `paths.root` comes from. */
  readonly rootFrom: 'flag' | 'variable' | 'platform';
  /** The id of the store that these settings accept. */
  readonly storeId: string | undefined;
  readonly readOnly: boolean;
  /** True where keys and state may be open to a group. */
  readonly keysShared: boolean;
  /** True in the image, where storage and keys belong on a volume and the file system is no person's. */
  readonly expectVolume: boolean;
  /** Files of MCP clients that a person named, by client: absolute paths. */
  readonly targets?: Readonly<Record<string, string>>;
}

/** How a client starts the server: at most one of the two. */
export interface StartedBy {
  readonly docker?: boolean | undefined;
  readonly node?: boolean | undefined;
}

/** A server that answered a probe. */
export interface ProbedServer {
  readonly name: string;
  readonly version: string;
  /** The revision it took in each era; undefined where it refused. */
  readonly initialize?: string | undefined;
  readonly discover?: string | undefined;
  readonly tools: readonly unknown[];
  /** From its start to its first answer, in ms. */
  readonly startMs: number;
}

/** A fault of a volume, and the way out. */
export interface ForgottenVolume {
  readonly message: string;
  readonly hint: string;
  /** `warning` where the store works all the same. */
  readonly severity: 'error' | 'warning';
}

/** The installation a process runs in: its settings, its release, and what only it can try. */
export interface Installation {
  /** Version of this release. */
  readonly version: string;
  /** @throws StoreError `ARGUMENT_INVALID` naming the setting that is wrong */
  settings(): InstallationSettings;
  /** Says that storage, keys or state lie on no volume that lasts, where one is expected. */
  forgottenVolume(): ForgottenVolume | undefined;
  /** Starts a server as a host would, and says what it answered. @throws StoreError `INTERNAL` when it does not answer */
  probeServer(): Promise<string>;
  /** Returns the entry that starts this installation. @throws StoreError `ARGUMENT_INVALID` for a way that cannot work here */
  serverEntry(startedBy: StartedBy): Promise<ServerEntry>;
  /** Returns the value of a variable of this process; undefined where it is not set, or empty. */
  variable(name: string): string | undefined;
  /** As `variable`, else what the keyring of the system has. */
  secret(name: string): Promise<string | undefined>;
  /** Starts a configured server and asks for its tools. Rejects with an Error that says what went wrong. */
  probe(entry: CanonicalServer): Promise<ProbedServer>;
  /** Returns the environment of this process with further variables, for a program that is started. */
  environmentWith(variables: Readonly<Record<string, string>>): NodeJS.ProcessEnv;
  /** Where the person's programs keep their files. */
  personFolders(): PersonFolders;
}
