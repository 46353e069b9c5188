/**
 * The page's only script: filters the failures and reads the activity chart out under pointer and arrow keys. The page is
 * complete without it. It reads what the tables say and writes text only, never markup.
 */
export const SCRIPT = `
'use strict';
(() => {
  const find = (id) => document.getElementById(id);

  const filter = find('filter');
  if (filter) {
    const rows = [...find('failure-rows').tBodies[0].rows];
    const text = find('filter-text');
    const code = find('filter-code');
    const tool = find('filter-tool');
    const more = find('filter-more');
    let limit = 25;
    const apply = () => {
      const words = text.value.toLowerCase().split(/\\s+/).filter(Boolean);
      let shown = 0;
      for (const row of rows) {
        const content = row.textContent.toLowerCase();
        const fits =
          (code.value === '' || row.dataset.code === code.value) &&
          (tool.value === '' || row.dataset.tool === tool.value) &&
          words.every((word) => content.includes(word));
        if (fits) shown += 1;
        row.hidden = !fits || shown > limit;
      }
      find('filter-count').textContent = shown + ' of ' + rows.length;
      find('failure-rows').hidden = shown === 0;
      find('filter-none').hidden = shown > 0;
      more.textContent = 'Show all ' + shown;
      more.hidden = shown <= limit;
    };
    const showAll = () => {
      limit = Infinity;
      apply();
    };
    more.addEventListener('click', () => {
      const next = rows.filter((row) => !row.hidden).length;
      showAll();
      // The button is gone, so the keyboard goes on at the first row it brought.
      const row = rows.filter((each) => !each.hidden)[next];
      row.tabIndex = -1;
      row.focus();
    });
    addEventListener('beforeprint', () => {
      find('each').open = true;
      showAll();
    });
    for (const field of [text, code, tool]) field.addEventListener('input', apply);
    find('filter-clear').addEventListener('click', () => {
      for (const field of [text, code, tool]) field.value = '';
      apply();
      text.focus();
    });
    filter.hidden = false;
    apply();
  }

  const plot = find('plot');
  if (!plot) return;
  const cursor = find('cursor');
  const readout = find('readout');
  const rest = readout.textContent;
  const [head, ...periods] = [...find('periods').rows].map((row) => [...row.cells].map((cell) => cell.textContent));
  let at = -1;
  const show = (next) => {
    at = Math.min(periods.length - 1, Math.max(0, next));
    const [start, ...figures] = periods[at];
    readout.textContent = start + ': ' + figures.map((figure, n) => figure + ' ' + head[n + 1].toLowerCase()).join(', ');
    cursor.style.left = (at / periods.length) * 100 + '%';
    cursor.style.width = 'max(2px, ' + 100 / periods.length + '%)';
    cursor.hidden = false;
  };
  const leave = () => {
    at = -1;
    cursor.hidden = true;
    readout.textContent = rest;
  };
  if (periods.length > 0) {
    plot.addEventListener('pointermove', (event) => {
      const box = plot.getBoundingClientRect();
      show(Math.floor(((event.clientX - box.left) / box.width) * periods.length));
    });
    plot.addEventListener('pointerleave', leave);
    plot.addEventListener('blur', leave);
    plot.addEventListener('keydown', (event) => {
      const steps = { ArrowRight: at + 1, ArrowLeft: at < 0 ? periods.length - 1 : at - 1, Home: 0, End: periods.length - 1 };
      if (!(event.key in steps)) return;
      event.preventDefault();
      show(steps[event.key]);
    });
  }
})();
`;
