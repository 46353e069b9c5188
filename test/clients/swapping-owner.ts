import { linkSync, mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, watch, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

// The user whose folder it is (uid 65534), against root who writes a client's file there. Arguments: how, the file, a file of root's.
const [, , how = '', file = '', precious = ''] = process.argv;
const folder = dirname(file);
const attempt = (act: () => void) => {
  try {
    act();
  } catch {
    // it is gone already, or not there yet
  }
};
process.setgroups?.([]);
process.setgid?.(65534);
process.setuid?.(65534);

/** What is done about each name that appears. */
const swap: Readonly<Record<string, (name: string) => void>> = {
  'a link': (name) => {
    unlinkSync(join(folder, name));
    symlinkSync(precious, join(folder, name));
  },
  'a hard link': (name) => {
    unlinkSync(join(folder, name));
    linkSync(precious, join(folder, name));
  },
  'a folder': (name) => {
    unlinkSync(join(folder, name));
    mkdirSync(join(folder, name));
  },
  'a file of his own': (name) => {
    unlinkSync(join(folder, name));
    writeFileSync(join(folder, name), 'his');
  },
  'the target': () => {
    unlinkSync(file);
    symlinkSync(precious, file);
  },
};
const act = swap[how];
if (act !== undefined) {
  const own = new Set([basename(file)]);
  watch(folder, (_, name) => {
    if (name === null || own.has(name)) return;
    own.add(name);
    attempt(() => act(name));
  });
}
process.stdout.write('ready\n');
// The folder itself: another takes its place, a link to root's.
for (let i = 0; how === 'the folder'; i++) {
  attempt(() => renameSync(folder, `${folder}-aside`));
  attempt(() => symlinkSync(dirname(precious), folder));
  for (let wait = 0; wait < i % 40; wait++) attempt(() => mkdirSync('/'));
  attempt(() => rmSync(folder));
  attempt(() => renameSync(`${folder}-aside`, folder));
}
