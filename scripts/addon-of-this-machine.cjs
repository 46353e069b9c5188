// In the bundle for every platform this stands for better-sqlite3. Each require names one file, so that the bundler sees it;
// it is carried out for one platform alone.
const { readFileSync } = require('node:fs');

const BY_PLATFORM = {
  'linux-x64': () => require('better-sqlite3/linux-x64'),
  'linux-arm64': () => require('better-sqlite3/linux-arm64'),
  'linuxmusl-x64': () => require('better-sqlite3/linuxmusl-x64'),
  'linuxmusl-arm64': () => require('better-sqlite3/linuxmusl-arm64'),
  'darwin-x64': () => require('better-sqlite3/darwin-x64'),
  'darwin-arm64': () => require('better-sqlite3/darwin-arm64'),
  'win32-x64': () => require('better-sqlite3/win32-x64'),
  'win32-arm64': () => require('better-sqlite3/win32-arm64'),
};

/** The loader of this process's own libraries says which C library they are for. */
function hasMusl() {
  try {
    return /\/ld-musl-[^/\s]*\.so/.test(readFileSync('/proc/self/maps', 'latin1'));
  } catch {
    return false; // no /proc: not Linux, or a sandbox, which with musl is rare
  }
}

const platform = `${hasMusl() ? 'linuxmusl' : process.platform}-${process.arch}`;
const load = BY_PLATFORM[platform];
if (load === undefined)
  throw new Error(`there is no SQLite addon for ${platform}, only for ${Object.keys(BY_PLATFORM).join(', ')}`);
module.exports = load();
