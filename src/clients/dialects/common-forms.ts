import type { RemoteForm, StdioForm, VariableForm, VariablePlace } from './dialect.ts';

/** `command`, `args`, `env`: what most clients have. */
export const STDIO: StdioForm = { command: 'command', env: 'env' };
/** The same with `type: stdio`, which may be missing. */
export const TYPED_STDIO: StdioForm = { ...STDIO, type: { writes: 'stdio', reads: ['stdio', 'local'] } };
/** A remote server without a type: `url` and `headers`. */
export const HTTP: RemoteForm = {
  url: ['url'],
  headers: ['headers'],
  type: { reads: ['http', 'streamable-http', 'streamableHttp'] },
};
/** A remote server with `type: http`. */
export const TYPED_HTTP: RemoteForm = {
  ...HTTP,
  type: { writes: 'http', reads: ['http', 'streamable-http', 'streamableHttp'] },
};
/** A remote server with `type: sse`. */
export const TYPED_SSE: RemoteForm = { ...HTTP, type: { writes: 'sse', reads: ['sse'] } };

/** Every part of an entry. */
export const EVERYWHERE: readonly VariablePlace[] = ['command', 'args', 'env', 'url', 'headers', 'cwd'];
// biome-ignore-start lint/suspicious/noTemplateCurlyInString: the forms that files have.
/** `${env:X}` in every part. */
export const ENV_REFERENCES: VariableForm = { written: '${env:NAME}', where: EVERYWHERE };
/** `${X}` in every part. */
export const SHELL_REFERENCES: VariableForm = { written: '${NAME}', where: EVERYWHERE };
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: as above.
