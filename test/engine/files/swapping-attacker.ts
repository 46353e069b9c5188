import { mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync } from 'node:fs';

// Puts a link to a folder outside in the place of a folder, and the folder back, again and again. Says when it begins.
const [place = '', outside = '', how = '', times = '0'] = process.argv.slice(2);
process.stdout.write('begun\n');
for (let i = 0; i < Number(times); i++) {
  try {
    if (how === 'moved') renameSync(place, `${outside}/moved`);
    else renameSync(place, `${place}-aside`);
    symlinkSync(how === 'moved' ? `${outside}/moved` : outside, place);
    for (let wait = 0; wait < i % 50; wait++) mkdirSync('/', { recursive: true }); // another moment each time
    unlinkSync(place);
  } catch {
    takeAway();
  }
  for (let back = false; !back; ) {
    try {
      renameSync(how === 'moved' ? `${outside}/moved` : `${place}-aside`, place);
      back = true;
    } catch {
      takeAway();
    }
  }
}

/** Takes away what was made again at the place meanwhile; what is written into it at the same time keeps it there for now. */
function takeAway(): void {
  try {
    rmSync(place, { recursive: true, force: true });
  } catch {
    // tried again by the caller
  }
}
