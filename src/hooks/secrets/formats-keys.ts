import { type Format, type Match, prefixed, shaped } from './format.ts';
import { isPlaceholder, looksChosen, looksGenerated } from './likely.ts';

const RFC7468 = 'RFC 7468; openssh PROTOCOL.key; RFC 4880';
const ANDROID = 'docs.flutter.dev/deployment/android, "Reference the keystore from the app"';
/** What has its header is found, and allowed, by that. */
const KEY_HEADER = /-----BEGIN [A-Z0-9 _-]{0,60}PRIVATE KEY/;
const PRIVATE_HEADER = /^-----BEGIN [A-Z0-9 _-]{0,60}PRIVATE KEY(?: BLOCK)?-----/;
const BASE64_RUN = /[A-Za-z0-9+/=]{40}/;

/** The rule that goes by the name alone; on a line that another one knows it has nothing to add. */
export const GENERIC = 'generic-api-key';

/** Each as people write it; `key` alone stands on every other line of a Flutter app. */
const KEY_NAMES = ['api', 'access', 'auth', 'signing', 'encryption'].flatMap((word) =>
  ['', '_', '-'].map((between) => `${word}${between}key`),
);

/** Keys and passwords that are no provider's own. The generic one is the last. */
export const KEYS: readonly Format[] = [
  shaped(
    'private-key',
    'private key',
    ['private key'],
    /-----BEGIN [A-Z0-9 _-]{0,60}PRIVATE KEY(?: BLOCK)?-----(?<secret>[^-][\s\S]{0,600})/g,
    RFC7468,
    { accepts: ({ secret }) => holdsKeyMaterial(secret) },
  ),
  // Where a key takes another one's place, git shows no header as added. What each kind begins with says enough.
  shaped(
    'private-key',
    'private key',
    [
      'ibadanbgkq',
      'ibaak',
      'byqgsm49ageg',
      'mhccaqeei',
      'migkagebbd',
      'mihcagebbei',
      'mc4caqawbqydk2v',
      'b3blbnnzac1r',
    ],
    /(?<![A-Za-z0-9+/=])(?<secret>(?:MII[A-Za-z0-9+/]{3}IBA(?:DANBgkqhkiG9w0BAQEFAASC|AK[BC])|MI[GH][A-Za-z0-9+/]AgEAMB[AM]GByqGSM49AgEG|MHcCAQEEI|MIGkAgEBBD[A-D]|MIHcAgEBBEI|MC4CAQAwBQYDK2V[uw]BCIEI|b3BlbnNzaC1rZXktdjEAAAAA)[A-Za-z0-9+/]{20,4000})/g,
    'RFC 5208, RFC 8017, RFC 5915, RFC 8410; openssh PROTOCOL.key',
    { accepts: ({ secret, before }) => !KEY_HEADER.test(before) && !isPlaceholder(secret.slice(0, 64)) },
  ),
  // As Kubernetes, CI variables and the like hold one.
  shaped(
    'private-key',
    'private key in base64',
    ['ls0tls1crudjti'],
    /(?<secret>LS0tLS1CRUdJTi[A-Za-z0-9+/=]{60,4000})/g,
    'RFC 4648 of RFC 7468',
    { accepts: ({ secret }) => PRIVATE_HEADER.test(Buffer.from(secret, 'base64').toString('latin1')) },
  ),
  shaped(
    'putty-private-key',
    'PuTTY private key',
    ['putty-user-key-file-'],
    /(?<secret>PuTTY-User-Key-File-[23]: [^\n]{1,60}\r?\n[\s\S]{0,4000}?Private-Lines: \d{1,4})/g,
    'PuTTY manual, appendix C',
    { prefix: 20 },
  ),
  prefixed(
    'age-secret-key',
    'age secret key',
    'AGE-SECRET-KEY-1',
    '[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}',
    'age-encryption.org/v1',
  ),
  shaped(
    'jwt',
    'JSON web token',
    ['eyj'],
    /(?<![\w.-])(?<secret>eyJ[\w-]{10,600}\.eyJ[\w-]{10,3000}\.[\w-]{20,1000})(?![\w-])/g,
    'RFC 7519',
    { prefix: 3, accepts: ({ secret }) => isRealJwt(secret) },
  ),
  shaped(
    'android-signing-password',
    'password of the Android signing key',
    ['storepassword', 'keypassword'],
    /(?:^|\n)[ \t]{0,40}(?:store|key)Password[ \t]{0,8}(?:=[ \t]{0,8})?(?<secret>"[^"\n]{1,200}"|'[^'\n]{1,200}'|[^\s"'=()[\]{}$<>]{1,200})[ \t]{0,8}\r?(?=\n|$)/g,
    ANDROID,
    { accepts: ({ secret, whole, file }) => isSigningPassword(secret, whole, file) },
  ),
  shaped(
    'basic-auth-url',
    'password in an address',
    ['://'],
    // Looks back for the scheme: `://` is rare, so that it is found at once.
    /:\/\/(?<=(?<![A-Za-z0-9+.-])[a-z][a-z0-9+.-]{1,20}:\/\/)(?<user>[^\s:/@"'`<>${}]{0,80}):(?<secret>[^\s/@"'`<>]{5,200})@[A-Za-z0-9[]/gi,
    'RFC 3986, section 3.2.1',
    { accepts: ({ secret, whole }) => isRealUrlPassword(secret, whole) },
  ),
  shaped(
    'netrc-password',
    'password in a netrc file',
    ['machine '],
    /(?:^|\n)machine\s{1,8}\S{1,200}\s{1,8}login\s{1,8}\S{1,200}\s{1,8}password\s{1,8}(?<secret>\S{6,200})/g,
    'curl manual, .netrc',
    { accepts: ({ secret }) => looksChosen(secret) || looksGenerated(secret) },
  ),
  // dart format puts a long value on the line after its name.
  shaped(
    GENERIC,
    'secret given to a name that says so',
    ['passw', 'passphrase', 'pwd', 'secret', 'token', 'credential', ...KEY_NAMES],
    /(?:passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|auth[_-]?key|signing[_-]?key|encryption[_-]?key|credentials?)[\w-]{0,20}["'`\])]{0,3}[ \t]{0,8}(?::=|=>|[:=])[ \t]{0,8}(?:\r?\n[ \t]{1,40}(?=["']))?(?<secret>"[^"\s]{8,200}"|'[^'\s]{8,200}'|`[^`\s]{8,200}`|[^\s"'`,;(){}[\]<>]{12,200}(?=[\s,;]|$))/gi,
    'a name and a value that looks generated',
    { accepts: isGenericSecret },
  ),
];

/** A value without the quotes around it. */
export const unquoted = (value: string) => value.replace(/^(["'`])(.*)\1$/s, '$2');

/** Documentation writes the header and an ellipsis; a key has at least a line of base64, be it in a JSON string. */
function holdsKeyMaterial(following: string): boolean {
  const body = following.replace(/\\[nr]/g, '\n').split('-----')[0] ?? '';
  return BASE64_RUN.test(body) && !isPlaceholder(body.replace(/\s/g, '').slice(0, 64));
}

/** Both parts are JSON and the header names an algorithm. Supabase's `anon` keys are public; RFC and jwt.io samples are known. */
function isRealJwt(token: string): boolean {
  const [header, payload] = token.split('.').map((part) => jsonOf(part));
  if (typeof header?.alg !== 'string' || payload === undefined) return false;
  return payload.role !== 'anon' && payload.sub !== '1234567890' && payload.iss !== 'joe';
}

function jsonOf(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Unquoted values are passwords in a properties file alone; in Gradle they are expressions. */
function isSigningPassword(secret: string, whole: string, file: string): boolean {
  const value = unquoted(secret);
  const literal = value !== secret || /\.properties$/i.test(file);
  // `android` is what the Android tools give every debug key store.
  return literal && (value !== secret || whole.includes('=')) && value !== 'android' && !isWord(value);
}

function isRealUrlPassword(password: string, whole: string): boolean {
  const user = /:\/\/([^:]*):/.exec(whole)?.[1];
  return password !== user && !password.includes('://') && !isWord(password) && literalPart(password).length >= 5;
}

/** What is left of a value without what a shell, Dart, Python or a template puts in, and without a mask. */
function literalPart(value: string): string {
  return value.replace(/\$\{[^}]*\}|\$\([^)]*\)|\{\{[^}]*\}\}|\{[\w.]*\}|%\([^)]*\)s|\$[A-Za-z_]\w*|\*{2,}/g, '');
}

/** What stands for a password in examples. */
function isWord(value: string): boolean {
  return (
    isPlaceholder(value) ||
    /^(?:my|your|the|user|db|some|test|store|key)?[-_]?(?:pass(?:word|wd|phrase)?|pw|pwd|secret|token|key|user|admin|root|postgres|guest|test|demo|foo|bar|hunter2)[-_]?\d{0,3}$/i.test(
      value,
    )
  );
}

/** Names of things about secrets, and values that are code. */
const ABOUT =
  /public|regex|pattern|label|hint|error|message|title|text|controller|field|path|file|url|uri|type|name|prefix|hash|sha\d|checksum|integrity|count|length|ttl|expir|color|icon|style|format|csrf.?header/i;

function isGenericSecret({ secret, whole, before }: Match): boolean {
  const name = `${/[\w.-]*$/.exec(before.slice(-60))?.[0]}${/^[\w-]+/.exec(whole)?.[0]}`;
  const value = unquoted(secret);
  if (
    ABOUT.test(name) ||
    isWord(value) ||
    isPlaceholder(value) ||
    /^(?:(?:env|process|import|package)\b|sha\d{3}|md5|pk[._]|age1|ssh-|AAAA[BC])/.test(value)
  )
    return false;
  if (/^[\w=+/.~-]+$/.test(value) && looksGenerated(value)) return !/^[\w-]+(?:\.[A-Za-z]\w*)+$/.test(value);
  return value !== secret && /passw|pwd|passphrase/i.test(name) && looksChosen(value);
}
