import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';

/** Each puts something else in the place of a plain, small file; `plain` is the path of a sound one for a link to lead to. */
export const WRONG_FILES: Readonly<Record<string, (path: string, plain: string) => void>> = {
  'a link': (path, plain) => symlinkSync(plain, path),
  'a link to nothing': (path) => symlinkSync(`${path}-nowhere`, path),
  'a link to a device': (path) => symlinkSync('/dev/zero', path),
  'a FIFO': (path) => {
    execFileSync('mkfifo', [path]);
  },
  'a folder': (path) => mkdirSync(path),
  'a file of 1 GiB': (path) => {
    writeFileSync(path, '');
    truncateSync(path, 1_073_741_824);
  },
};
