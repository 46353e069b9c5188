/** Where a person's folders are: absolute paths. The last three hold only where the machine names them otherwise. */
export interface PersonFolders {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  /** `%APPDATA%`, Windows only. */
  readonly appData?: string | undefined;
  /** `%LOCALAPPDATA%`, Windows only. */
  readonly localAppData?: string | undefined;
  /** `$XDG_CONFIG_HOME`, Linux only. */
  readonly configHome?: string | undefined;
}

/** The differences between clients in the file that lists their servers. */
export interface Dialect {
  /** Its name here, as in the first segment of a config's name. */
  readonly client: string;
  /** Its name, as people know it. */
  readonly title: string;
  /** `json` is strict: a comment or a byte order mark makes the client drop the whole file. */
  readonly format: 'json';
  /** The member of the file's root object that holds the servers. */
  readonly key: string;
  /** Paths its file may have, likeliest first: which one is used differs by version and by how it was installed. */
  files(folders: PersonFolders): readonly [string, ...string[]];
  /** The step that makes a change take effect, as a full sentence. */
  readonly restart: string;
}
