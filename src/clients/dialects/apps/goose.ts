import type { Dialect } from '../dialect.ts';

/** goose: YAML, entries need more than a command, and malformed ones are lost at its next save. */
export const goose: Dialect = {
  client: 'goose',
  title: 'goose',
  files: [
    {
      paths: {
        mac: ['$GOOSE_PATH_ROOT/config/config.yaml', 'XDG/goose/config.yaml'],
        linux: ['$GOOSE_PATH_ROOT/config/config.yaml', 'XDG/goose/config.yaml'],
        windows: ['$GOOSE_PATH_ROOT/config/config.yaml', 'RO/Block/goose/config/config.yaml'],
      },
    },
  ],
  projectFiles: [],
  format: 'yaml',
  section: ['extensions'],
  stdio: {
    type: { writes: 'stdio', reads: ['stdio'] },
    command: 'cmd',
    env: 'envs',
    envNames: 'env_keys',
  },
  http: {
    type: { writes: 'streamable_http', reads: ['streamable_http'] },
    url: ['uri'],
    headers: ['headers'],
    variableNames: 'env_keys',
  },
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the form that the file has.
  variables: { written: '${NAME}', where: ['url', 'headers'] },
  required: { all: { name: '{name}', enabled: true }, remote: { description: '{name}' } },
  off: { member: 'enabled', when: false },
  kept: ['timeout', 'available_tools', 'bundled', 'description', 'display_name'],
  foreignTypes: ['builtin', 'platform', 'frontend', 'inline_python'],
  desktop: true,
  reload: 'Restart goose.',
  quirks: [
    'Without enabled, name, cmd and args (description for remote servers) an entry is skipped, and lost at its next save.',
    'It prints the whole file again when it saves: comments are lost.',
    'A file that it cannot parse is replaced by its own copy config.yaml.bak, or a fresh one.',
    'Values of env_keys come from the environment, the keyring or secrets.yaml; envs holds values in clear.',
    'Servers over SSE are no longer supported; names such as PATH, LD_PRELOAD and NODE_OPTIONS are refused.',
  ],
};
