import { createRequire } from 'node:module';
import type { Plugin } from 'esbuild';

const require = createRequire(import.meta.url);

/** Modules of Node that have more behind their names than a server's first answers need: streams, workers, Web Crypto, readline. */
const COSTLY = /^node:(?:buffer|crypto|fs|process|util)$/;

/**
 * Takes from these modules the names that are imported, and no others: `import` of one of them reads all its exports, and
 * some load further modules of Node when they are read.
 */
export function plainBuiltins(): Plugin {
  return {
    name: 'plain-builtins',
    setup(setup) {
      setup.onResolve({ filter: COSTLY }, ({ path, kind }) =>
        kind === 'import-statement' ? { path, namespace: 'plain-builtins' } : undefined,
      );
      setup.onLoad({ filter: COSTLY, namespace: 'plain-builtins' }, ({ path }) => ({
        contents: [
          `const all = process.getBuiltinModule('${path}');`,
          'export default all;',
          // Marked, so that what is not imported is dropped.
          ...Object.keys(require(path) as object)
            .filter((name) => /^[A-Za-z]\w*$/.test(name))
            .map((name) => `const ${name}_ = /* @__PURE__ */ (() => all.${name})(); export { ${name}_ as ${name} };`),
        ].join('\n'),
      }));
    },
  };
}
