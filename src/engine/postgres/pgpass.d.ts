declare module 'pgpass' {
  /** Hands over the password of the first line that fits, if there is one. */
  export = pgpass;
  function pgpass(
    connection: { host: string; port: number; user: string; database: string },
    callback: (password: string | undefined) => void,
  ): void;
}
