import fc from 'fast-check';

/** A JSON text in some person's formatting, and where in it the value of our own entry stands, if it has one. */
export interface Sample {
  readonly text: string;
  readonly own: { readonly start: number; readonly end: number } | undefined;
}

/** Stands for any text of white space that JSON allows between two tokens. */
const SPACE = Symbol('space');
const OWN_START = Symbol('own entry starts');
const OWN_END = Symbol('own entry ends');
type Token = string | symbol;

/** Any JSON object as text: members in any order, white space of any kind, with or without servers, and our entry among them. */
export function objectTexts(key: string, name: string): fc.Arbitrary<Sample> {
  const keys = fc.string({ unit: 'binary', maxLength: 5 }).filter((text) => text !== key && text !== name);
  const members = fc.dictionary(keys, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 });
  const own = fc.oneof(
    fc.record({ command: fc.string(), args: fc.array(fc.string()), env: fc.dictionary(keys, fc.string()) }),
    fc.jsonValue({ maxDepth: 2 }),
  );
  const servers = fc.tuple(members, fc.option(own, { nil: undefined }), fc.nat(4));
  return fc
    .tuple(members, fc.option(servers, { nil: undefined }), fc.nat(4), formattings())
    .map(([others, listed, at, format]) => {
      const body = listed && [
        SPACE,
        ...objectTokens(
          Object.entries(listed[0]).map(([member, value]) => [member, valueTokens(value)]),
          listed[1] === undefined ? undefined : [name, [OWN_START, ...valueTokens(listed[1]), OWN_END]],
          listed[2],
        ),
      ];
      const root = objectTokens(
        Object.entries(others).map(([member, value]) => [member, valueTokens(value)]),
        body && [key, body],
        at,
      );
      return print([SPACE, ...root, SPACE], format);
    });
}

type Format = () => string;

/** One line without a space, a printer's usual form, or anything at all; each with any kind of line break. */
function formattings(): fc.Arbitrary<readonly string[]> {
  const space = fc.string({ unit: fc.constantFrom(' ', '\t', '\n', '\r\n', '\r'), maxLength: 3 });
  return fc.oneof(
    fc.constant(['']),
    fc.constant([' ']),
    fc.constantFrom('\n', '\r\n').map((eol) => [`${eol}    `]),
    fc.array(space, { minLength: 1, maxLength: 40 }),
  );
}

function objectTokens(
  members: Array<readonly [string, Token[]]>,
  special: readonly [string, Token[]] | undefined,
  at: number,
): Token[] {
  const all = [...members];
  if (special !== undefined) all.splice(Math.min(at, all.length), 0, special);
  const inside = all.flatMap(([member, value], i) => [
    ...(i === 0 ? [] : [',']),
    ...[SPACE, JSON.stringify(member), SPACE, ':', SPACE, ...value, SPACE],
  ]);
  return ['{', ...(inside.length === 0 ? [SPACE] : inside), '}'];
}

function valueTokens(value: unknown): Token[] {
  if (Array.isArray(value)) {
    const inside = value.flatMap((item, i) => [...(i === 0 ? [] : [',']), SPACE, ...valueTokens(item), SPACE]);
    return ['[', ...inside, ']'];
  }
  if (typeof value === 'object' && value !== null)
    return objectTokens(
      Object.entries(value).map(([member, inner]) => [member, valueTokens(inner)]),
      undefined,
      0,
    );
  return [JSON.stringify(value)];
}

function print(tokens: readonly Token[], spaces: readonly string[]): Sample {
  let text = '';
  let turn = 0;
  const next: Format = () => spaces[turn++ % spaces.length] ?? '';
  let start: number | undefined;
  let end = 0;
  for (const token of tokens) {
    if (token === OWN_START) start = text.length;
    else if (token === OWN_END) end = text.length;
    else text += token === SPACE ? next() : (token as string);
  }
  return { text, own: start === undefined ? undefined : { start, end } };
}
