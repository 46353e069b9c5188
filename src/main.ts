#!/usr/bin/env node
import { useCompileCache } from './app/compile-cache.ts';

// Nothing else may be imported statically: on an older Node the libraries fail while loading, before any line of ours runs.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < 22 || (major === 22 && minor < 12)) {
  process.stderr.write(
    `config-store needs Node 22.12 or newer, this is ${process.versions.node}: install it from https://nodejs.org, or use the container image.\n`,
  );
  process.exitCode = 70;
} else {
  useCompileCache();
  const { run } = await import('./cli/program/run.ts');
  const code = await run(process.argv.slice(2));
  const { leaveWhenWritten } = await import('./app/leave.ts');
  leaveWhenWritten(code);
}
