import { isExample, isPlaceholder, literalPart } from './placeholder.ts';
import { isRandomRun } from './randomness.ts';

const URL_CREDENTIALS =
  /\b[a-z][a-z0-9+.-]{1,30}:\/\/([^\s/?#:@"'<>`]{0,200}):((?:(?!:\/\/)[^\s"'<>`]){1,200}?)@(?=[\w[{$%.-])/gi;
/** How drivers of Go write it: `user:password@tcp(host:3306)/name`. */
const DRIVER_CREDENTIALS = /(?<![\w/])([\w.-]{1,64}):([^\s@:"'/]{1,200})@(?:tcp|udp|unix)\(/g;
/** A port, and the path after it: `http://localhost:3000/@scope`. */
const PORT = /^\d{1,5}(?:[/?#]|$)/;

/** A token in the place of the user: `https://TOKEN@host/repository.git`. */
const USER_TOKEN = /\b[a-z][a-z0-9+.-]{1,30}:\/\/([\w.~+%=-]{20,200})@(?=[\w[{$%.-])/gi;
/** Passwords in the authority of a URL; where the URL begins, in code units. Placeholders and the words of documentation are left out. */
export function findUrlCredentials(text: string): number[] {
  const found: number[] = [];
  for (const match of [...text.matchAll(URL_CREDENTIALS), ...text.matchAll(DRIVER_CREDENTIALS)]) {
    const [, user = '', password = ''] = match;
    const literal = literalPart(password);
    if (literal === '' || PORT.test(password) || isPlaceholder(literal)) continue;
    // The same word twice is what examples and local databases have.
    if (literal.toLowerCase() === user.toLowerCase()) continue;
    found.push(match.index);
  }
  for (const { 1: user = '', index } of text.matchAll(USER_TOKEN)) {
    const literal = literalPart(user);
    // The public key of a Sentry DSN is hexadecimal.
    if (isRandomRun(literal) && !/^[0-9a-f]+$/.test(literal) && !isPlaceholder(literal) && !isExample(literal))
      found.push(index);
  }
  return found;
}
