/** Something of a server that a client's file cannot hold. */
export interface Loss {
  readonly code: 'TRANSPORT_UNSUPPORTED' | 'VARIABLE_UNSUPPORTED' | 'FIELD_UNSUPPORTED' | 'NAME_UNSUPPORTED';
  readonly client: string;
  readonly server: string;
  /** The member, such as `env.TOKEN`; empty for the server as a whole. */
  readonly field: string;
  readonly message: string;
  /** True where the server as a whole is left out. */
  readonly whole: boolean;
}
