import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Plugin } from 'esbuild';

/** Modules that the first answers of a server need, with all they import. The protocol's SDK is not among them: commands load the core too. */
const CORE = [
  'cli/program/run.ts',
  'app/app.ts',
  'app/server-log.ts',
  'app/stores/local-store.ts',
  'app/settings/forgotten-volume.ts',
  'telemetry/log.ts',
  'verbs/configs/get-config.ts',
  'verbs/configs/list-configs.ts',
  'verbs/configs/put-config.ts',
  'policy/policy.ts',
  'policy/secrets/secrets.ts',
];

/** Runs before the core is loaded, so that V8's compile cache is there for it. */
const BEFORE = 'main.ts';

const NAME = 'the-core-of-the-bundle';

/**
 * Puts the modules of the first answers into one chunk. esbuild puts two modules into one chunk only where the same parts
 * need both, which made ninety of them; resolving and linking each took a third of a server's start. So each part
 * that is loaded later is said to need the whole core, which is there by then anyway.
 *
 * @param sources the folder of the sources
 */
export function oneCore(sources: string): Plugin {
  return {
    name: 'one-core',
    setup(setup) {
      const later = loadedLater(sources);
      setup.onResolve({ filter: new RegExp(`^${NAME}$`) }, () => ({ path: NAME, namespace: NAME }));
      setup.onLoad({ filter: /.*/, namespace: NAME }, () => ({
        contents: CORE.map((path) => `import ${JSON.stringify(join(sources, path))};\n`).join(''),
        resolveDir: sources,
      }));
      setup.onLoad({ filter: /\.ts$/ }, ({ path }) =>
        later.has(path) ? { contents: `${readFileSync(path, 'utf8')}\nimport '${NAME}';\n`, loader: 'ts' } : undefined,
      );
    },
  };
}

/** Returns the absolute paths of the modules that are imported by a call of `import`. */
function loadedLater(sources: string): Set<string> {
  const later = new Set<string>();
  for (const entry of readdirSync(sources, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.ts')) continue;
    const path = join(entry.parentPath, entry.name);
    for (const [, target = ''] of readFileSync(path, 'utf8').matchAll(/\bimport\(\s*'(\.[^']+\.ts)'\s*\)/g))
      later.add(resolve(dirname(path), target));
  }
  for (const [, target = ''] of readFileSync(join(sources, BEFORE), 'utf8').matchAll(
    /^import .* from '(\.[^']+\.ts)';$/gm,
  ))
    later.delete(resolve(sources, target));
  return later;
}
