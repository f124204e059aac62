/** Judgements on a value: whether somebody wrote it to stand for a secret, or a generator made it. Pure. */

/** What people write where a credential goes. Four letters would stand in a random one too often. */
const STAND_INS =
  /example|sample|dummy|placeholder|change.?me|replace|redacted|your.?(?:key|token|secret|password|api)|insert|not.?a.?real|x{5}|\*{3}|\.{3}|0{8}|1234567|abcdefg|<[^>]{0,99}>|\$\{|\{\{|%[({]|\$\(/i;

/** Whether a value is a placeholder. Give it without the prefix of its kind. */
export function isPlaceholder(value: string): boolean {
  return STAND_INS.test(value) || new Set(value).size < Math.min(5, value.length / 2) || isRepeated(value);
}

/** `abcabcabc`: the same few characters over and over. */
function isRepeated(value: string): boolean {
  return value.length >= 12 && [1, 2, 3, 4].some((period) => value.slice(period) === value.slice(0, -period));
}

/** Shannon entropy in bits per character. */
function entropy(value: string): number {
  const counts = new Map<string, number>();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / value.length) * Math.log2(count / value.length);
  return bits;
}

/** Whether letters and digits are mixed as a generator mixes them, and not as in `auth_token_v2` or `sha256sum`. */
export function looksGenerated(value: string): boolean {
  if (value.length < 16 || entropy(value) < 3.2 || isPlaceholder(value)) return false;
  const changes = value.match(/[A-Za-z](?=\d)|\d(?=[A-Za-z])|[a-z](?=[A-Z])/g)?.length ?? 0;
  return /\d/.test(value) && /[A-Za-z]/.test(value) && changes >= Math.max(4, value.length / 10);
}

/** Whether somebody chose it as a password: at least three kinds of characters of which one is a digit, not code. */
export function looksChosen(value: string): boolean {
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((kind) => kind.test(value)).length;
  return value.length >= 8 && kinds >= 3 && /\d/.test(value) && !CODE.test(value);
}

/** Patterns, paths, addresses, calls and interpolations. */
const CODE =
  /[\\()[\]{}<>|]|^[./~^#]|^\w+:\/\/|\$[A-Za-z{]|^\d+(?:\.\d+)+|\.(?:dart|json|ya?ml|txt|md|html|png|svg|js|ts)$|^[\w-]+(?:\.[A-Za-z_]\w*)+$|^[\w-]+(?:\/[\w.-]+)+$/;
