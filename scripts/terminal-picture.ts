const FONT_SIZE = 13;
const LINE_HEIGHT = 19;
const COLUMN = 7.83; // of a monospace font of that size
const MARGIN = 18;

/** One line of a session. */
export interface TerminalLine {
  readonly text: string;
  readonly kind: 'comment' | 'command' | 'output';
}

/** Returns a session at a terminal as SVG. */
export function drawTerminal(lines: readonly TerminalLine[], title: string): string {
  const columns = Math.max(...lines.map(({ text }) => text.length));
  const width = Math.ceil(2 * MARGIN + columns * COLUMN);
  const height = 2 * MARGIN + lines.length * LINE_HEIGHT;
  const drawn = lines.map((line, at) => {
    const y = MARGIN + (at + 0.75) * LINE_HEIGHT;
    return `  <text x="${MARGIN}" y="${y}" class="${styleOf(line)}" xml:space="preserve">${asText(line.text)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
  <title>${title}</title>
  <style>
    text { font: ${FONT_SIZE}px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #d0d7de }
    .comment { fill: #8b949e } .command { fill: #ffffff; font-weight: 600 } .change { fill: #e3b341 } .good { fill: #56d364 }
  </style>
  <rect width="100%" height="100%" rx="8" fill="#161b22"/>
${drawn.join('\n')}
</svg>
`;
}

function styleOf({ text, kind }: TerminalLine): string {
  if (kind !== 'output') return kind;
  if (/^ {2}[~+-] /.test(text)) return 'change';
  return text.startsWith('Signature Verified') ? 'good' : 'output';
}

function asText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
