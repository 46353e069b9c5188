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
    rmSync(place, { recursive: true, force: true }); // made again meanwhile
  }
  for (let back = false; !back; ) {
    try {
      renameSync(how === 'moved' ? `${outside}/moved` : `${place}-aside`, place);
      back = true;
    } catch {
      rmSync(place, { recursive: true, force: true }); // made again meanwhile, perhaps more than once
    }
  }
}
