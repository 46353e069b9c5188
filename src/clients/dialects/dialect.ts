import type { EntryFormat } from '../../core/patch/patch-entry.ts';

/** Where a person's folders are: absolute paths. Those that are optional hold only where the machine names them otherwise. */
export interface PersonFolders {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  /** `%APPDATA%`, Windows only. */
  readonly appData?: string | undefined;
  /** `%LOCALAPPDATA%`, Windows only. */
  readonly localAppData?: string | undefined;
  /** `$XDG_CONFIG_HOME`. */
  readonly configHome?: string | undefined;
  /** Variables by which clients are led to another folder: `CODEX_HOME` and the like. */
  readonly variables?: Readonly<Record<string, string | undefined>> | undefined;
}

/**
 * Paths a file may have, likeliest first. They begin with `~` (home), `AS` (`~/Library/Application Support`), `XDG`
 * (`$XDG_CONFIG_HOME` or `~/.config`), `RO` (`%APPDATA%`), `LO` (`%LOCALAPPDATA%`) or `$NAME`, a variable that must be set. A
 * `*` stands for any one name.
 */
export type Paths =
  | readonly string[]
  | { readonly mac: readonly string[]; readonly linux: readonly string[]; readonly windows: readonly string[] };

/** One file of a client: the first of its paths that is there is used. */
export interface FilePlace {
  readonly paths: Paths;
  /** The program that reads it, where a client has several. */
  readonly note?: string;
  /** True for a file that is looked at and never written. */
  readonly readOnly?: true;
  /** Of several paths that exist, the one written last; the first unless given. */
  readonly prefers?: 'newest';
  /** Where it differs from the client's other files. */
  readonly format?: EntryFormat;
  readonly section?: readonly string[];
  readonly list?: boolean;
}

/** How an entry says its transport; the member may be missing. */
export interface TypeMember {
  /** The value that is written; absent where nothing is. */
  readonly writes?: string;
  /** The values that are understood. */
  readonly reads: readonly string[];
}

/** A local server in a client's words. */
export interface StdioForm {
  readonly type?: TypeMember;
  /** `list`: program and arguments are one list. */
  readonly command: 'command' | 'cmd' | 'list';
  readonly env: 'env' | 'envs' | 'environment';
  /** The list of names of variables that are passed on from the environment. */
  readonly envNames?: 'env_vars' | 'env_keys';
  readonly cwd?: 'cwd' | 'working_directory';
}

/** A remote server in a client's words. */
export interface RemoteForm {
  readonly type?: TypeMember;
  /** The members that hold the address: the first is written, the others are read too and kept. */
  readonly url: readonly [string, ...string[]];
  /** Where headers are, written first; the others are read too. */
  readonly headers: readonly [string, ...string[]];
  /** The member that takes the name of the variable that holds the bearer token. */
  readonly bearerName?: string;
  /** The member that takes names of variables for headers. */
  readonly headerNames?: string;
  /** The list of names of variables that headers and address refer to. */
  readonly variableNames?: 'env_keys';
}

/** The parts of an entry in which a reference to a variable may stand. */
export type VariablePlace = 'command' | 'args' | 'env' | 'url' | 'headers' | 'cwd';

/** How a client refers to environment variables. */
export interface VariableForm {
  /** With NAME for the name. */
  readonly written: string;
  readonly where: readonly VariablePlace[];
  /** True where any other `$` in a text is expanded by a shell. */
  readonly shell?: true;
}

/** The differences between clients in the file that lists their servers: data, from which docs/clients.md is made too. */
export interface Dialect {
  /** Its name here, as in the first segment of a config's name. */
  readonly client: string;
  /** Its name, as people know it. */
  readonly title: string;
  /** Its user files: each that exists is a target; where none does, the first may be made. */
  readonly files: readonly [FilePlace, ...FilePlace[]];
  /** Its files in a project, relative to the project's folder. */
  readonly projectFiles: readonly string[];
  /** The members of its first user file that lead to the servers it has for one project; `{project}` stands for its folder. */
  readonly localSection?: readonly string[];
  /** `json` is strict: a comment or a byte order mark makes the client drop the whole file. */
  readonly format: EntryFormat;
  /** The members that lead to the servers. */
  readonly section: readonly [string, ...string[]];
  /** True where servers are a list, each with its `name`. */
  readonly list?: true;
  /** Another form of the same client's file: taken where its section is there. */
  readonly otherForm?: { readonly section: readonly [string, string]; readonly title: string };
  readonly stdio: StdioForm;
  readonly http?: RemoteForm;
  readonly sse?: RemoteForm;
  /** The member that says the transport: `type` unless given. */
  readonly typeMember?: 'type' | 'transport';
  readonly variables?: VariableForm;
  /** Members without which the client drops an entry; `{name}` stands for the server's name. */
  readonly required?: { readonly all: Members; readonly remote?: Members };
  /** The member that switches a server off, and the value that does. */
  readonly off?: { readonly member: 'disabled' | 'enabled'; readonly when: boolean };
  /** Members that belong to the person: kept, never written unless the config names them. */
  readonly kept: readonly string[];
  /** Values of the type member that mean something else than an MCP server. */
  readonly foreignTypes?: readonly string[];
  /** Names of servers that the client keeps for itself. */
  readonly reservedNames?: readonly string[];
  readonly limits?: { readonly servers?: number; readonly variables?: number };
  /** True where the client rewrites other parts of the file all the time: a plan then holds the servers alone. */
  readonly rewrites?: true;
  /** True for programs started from a dock or a menu, which do not see what a shell exports. */
  readonly desktop?: true;
  /** True for a folder `FILE.lock` that is held while the file is written. */
  readonly locks?: true;
  /** Why it is only looked at; absent for clients that are written. */
  readonly readOnly?: string;
  /** The step that makes a change take effect, as a full sentence. */
  readonly reload: string;
  /** Elsewhere, a list that keeps a server off after its entry has gone. */
  readonly offList?: string;
  /** The members of the same file that lead to lists of names: servers that are kept off, and those that alone are let on. */
  readonly silences?: { readonly excluded?: readonly string[]; readonly allowed?: readonly string[] };
  /** The list of what the client asks a person for: entries refer to it as `${input:ID}`. */
  readonly questions?: { readonly section: string };
  /** The list of variables that alone are expanded: the member, and the file, of its command line, and its name in the app. */
  readonly approvals?: { readonly path: string; readonly member: string; readonly inApp: string };
  /** Sentences on what surprises. */
  readonly quirks: readonly string[];
}

type Members = Readonly<Record<string, string | boolean>>;
