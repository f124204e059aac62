import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FORMATS } from '../../../src/hooks/secrets/formats.ts';
import type { Fragment } from '../../../src/hooks/secrets/patch.ts';
import { scanFragments } from '../../../src/hooks/secrets/scan.ts';
import { plant } from '../../support/secrets/planted.ts';
import { Seeded } from '../../support/secrets/seeded.ts';

const scanFragment = (fragment: Fragment) => scanFragments([fragment])[0] ?? { findings: [], allowedLines: [] };
const seeded = new Seeded(7);
const gitlab = `glpat-${seeded.text('base62', 20)}`;
const scan = (text: string, file = 'lib/a.dart', line = 1) =>
  scanFragment({ commit: 'c', file, line, text: Buffer.from(text).toString('latin1'), first: true });
const rules = (text: string, file?: string) => scan(text, file).findings.map(({ rule }) => rule);

describe('a finding', () => {
  it('names the line it stands on, whatever the line ends', () => {
    const lines = (end: string) => ['one', 'two', `const a = '${gitlab}';`, 'four'].join(end);
    for (const end of ['\n', '\r\n']) expect(scan(lines(end), 'a', 40).findings[0]?.line).toBe(42);
  });

  it('shows what names its kind and never the secret', () => {
    for (const { text, path, kind } of plant(seeded, 2)) {
      const [finding] = scanFragment({ commit: 'c', file: path, line: 1, text, first: true }).findings;
      expect(finding, kind).toBeDefined();
      const shown = finding?.redacted.replace(/…? ?\(\d+ characters\)$/, '') ?? '';
      expect(shown.length, kind).toBeLessThanOrEqual(24);
      const random = text.match(/[A-Za-z0-9+/_-]{16,}/g)?.map((run) => run.slice(-8)) ?? [];
      for (const end of random) expect(finding?.redacted, kind).not.toContain(end);
    }
  });

  it.each([
    ['generic-api-key', 'class Api {\n  static const String uploadSecret =', seeded.text('hex', 64)],
    ['grist-api-key', 'void main() {\n  if (true) {\n    const gristApiKey =', seeded.text('hex', 40)],
  ])('is made of a value that dart format put on the line after its name: %s', (rule, before, value) => {
    for (const end of ['\n', '\r\n']) {
      const text = `${before}\n          '${value}';\n`.replaceAll('\n', end);
      expect(scan(text).findings).toMatchObject([{ rule, line: before.split('\n').length + 1 }]);
      expect(rules(text.replace(';', '; // tagship:allow'))).toEqual([]);
    }
    expect(rules(`// the secret is\n${value}\n`)).toEqual([]);
  });

  it('is made of UTF-16 text too', () => {
    const text = `name: x\r\ntoken: ${gitlab}\r\n`;
    const little = Buffer.from(`\ufeff${text}`, 'utf16le');
    const big = Buffer.from(little).swap16();
    for (const bytes of [little, big]) {
      const fragment = { commit: 'c', file: 'a.yaml', line: 1, text: bytes.toString('latin1'), first: true };
      expect(scanFragment(fragment).findings).toMatchObject([{ rule: 'gitlab-pat', line: 2 }]);
    }
  });

  it.each([
    ['letters of another script', Buffer.from('\ufeff# Пароль от сервера сборки\r\n', 'utf16le').toString('latin1')],
    ['a program', `MZ\x90\0\x03${'\x11\x12\x13abc\n'.repeat(60)}`],
  ])('is made of UTF-16 between %s', (_what, around) => {
    const wide = Buffer.from(`"token: ${gitlab}"`, 'utf16le');
    for (const bytes of [wide, Buffer.from(wide).swap16()]) {
      const text = `${around}${bytes.toString('latin1')}${around}`;
      expect(scanFragment({ commit: 'c', file: 'a', line: 1, text, first: true }).findings).toMatchObject([
        { rule: 'gitlab-pat', line: around.split('\n').length },
      ]);
    }
  });

  it('is made of a token compiled into a binary', () => {
    expect(rules(`\0\x01\x02${seeded.text('base62', 99)}\0${gitlab}\0\x03`)).toEqual(['gitlab-pat']);
  });

  it('is not made of what only looks like a password in a binary', () => {
    expect(rules(`\0\x01\x02 secret = "${seeded.text('base62', 40)}"\0`)).toEqual([]);
  });

  it('is made of a token behind an escaped line end', () => {
    expect(rules(String.raw`'TOKEN=\n${gitlab}\n'`)).toEqual(['gitlab-pat']);
  });

  it.each([
    ...['api', 'access', 'auth', 'signing', 'encryption'].flatMap((word) => [
      `${word}Key`,
      `${word}_key`,
      `${word}-key`,
    ]),
    ...['password', 'passwd', 'passphrase', 'pwd', 'clientSecret', 'token', 'credential', 'credentials'],
  ])('is made of a value that looks generated and is given to the name %s', (name) => {
    expect(rules(`${name} = "${seeded.text('hex', 40)}"`)).toEqual(['generic-api-key']);
  });

  it('is made of each of two addresses of which one begins where the other ends', () => {
    const [one, other] = [seeded.text('base62', 12), seeded.text('base62', 12)];
    const { findings } = scan(`http://me:${one}@git+ssh://me:${other}@host\n`);
    expect(findings.map(({ rule }) => rule)).toContain('basic-auth-url');
    expect(rules(`http://me:${one}@host http://me:${other}@host`)).toEqual(['basic-auth-url']);
    expect(rules(`-http://me:${one}@host`)).toEqual([]);
  });

  it('is not made of part of a longer word', () => {
    expect(rules(`x${gitlab}`)).toEqual([]);
    expect(rules(`${gitlab}${seeded.text('base62', 8)}`)).toEqual([]);
  });
});

describe('an allow comment', () => {
  it.each(['gitleaks:allow', 'tagship:allow'])('%s lets its own line pass and no other', (comment) => {
    const { findings, allowedLines } = scan(`a = '${gitlab}'; // ${comment}\nb = '${gitlab}';`);
    expect(findings.map(({ line }) => line)).toEqual([2]);
    expect(allowedLines).toEqual([1]);
  });

  it('is not seen in a longer word', () =>
    expect(rules(`a = '${gitlab}'; // tagship:allowed`)).toEqual(['gitlab-pat']));
});

describe('files that are keys as a whole', () => {
  const store = '\xfe\xed\xfe\xed\0\0\0\x02\0\x01';
  const binary = (file: string, text: string) =>
    scanFragment({ commit: 'c', file, line: 1, text, first: true }).findings.map(({ rule }) => rule);

  it.each([
    ['android/upload-keystore.jks', 'java-key-store'],
    ['android/app.keystore', 'java-key-store'],
    ['notes.bin', 'java-key-store'],
  ])('%s is a key store by its first bytes', (file, rule) => expect(binary(file, store)).toEqual([rule]));

  it.each([
    ['ios/dist.p12', 'pkcs12-file'],
    ['ios/AuthKey.p8', 'apple-private-key-file'],
    ['ios/App.mobileprovision', 'apple-provisioning-profile'],
  ])('%s is one by its name', (file, rule) => expect(binary(file, '0\x80\0\x01')).toEqual([rule]));

  it('the key store of debug builds is everybody’s', () => expect(binary('android/debug.keystore', store)).toEqual([]));
  it('a text of such a name is a note or a pointer', () =>
    expect(binary('up.jks', 'version https://git-lfs')).toEqual([]));
  it('a provisioning profile stops nothing', () => {
    const [finding] = scanFragment({
      commit: 'c',
      file: 'a.mobileprovision',
      line: 1,
      text: '\0\x01',
      first: true,
    }).findings;
    expect(finding?.severity).toBe('warn');
  });
});

describe('what is meant to be public', () => {
  it('a Firebase key is said and stops nothing', () => {
    const { findings } = scan(`"current_key": "AIza${seeded.text('url', 35)}"`, 'android/app/google-services.json');
    expect(findings.map(({ rule, severity }) => [rule, severity])).toEqual([['gcp-api-key', 'warn']]);
  });

  it('a Firebase key hides no secret beside it, as in minified JSON', () => {
    const config = { current_key: `AIza${seeded.text('url', 35)}`, client_secret: seeded.text('base62', 32) };
    expect(rules(JSON.stringify(config))).toEqual(['gcp-api-key', 'generic-api-key']);
    expect(rules(`apiKey: 'AIza${seeded.text('url', 35)}',`)).toEqual(['gcp-api-key']);
  });

  it('an encrypted or a plain private key stops, its public half does not', () => {
    const pem = (label: string) => `-----BEGIN ${label}-----\n${seeded.text('base64', 64)}\n-----END ${label}-----\n`;
    expect(rules(pem('ENCRYPTED PRIVATE KEY'))).toEqual(['private-key']);
    expect(rules(JSON.stringify({ key: pem('PRIVATE KEY') }))).toContain('private-key');
    expect(rules(pem('PUBLIC KEY'))).toEqual([]);
  });

  const keys = [
    generateKeyPairSync('rsa', { modulusLength: 1024 }),
    generateKeyPairSync('rsa', { modulusLength: 2048 }),
    ...['P-256', 'P-384', 'P-521'].map((namedCurve) => generateKeyPairSync('ec', { namedCurve })),
    generateKeyPairSync('ed25519'),
    generateKeyPairSync('x25519'),
  ].map(({ privateKey, publicKey }) => {
    const kind = privateKey.asymmetricKeyType;
    const older = kind === 'rsa' ? 'pkcs1' : kind === 'ec' ? 'sec1' : 'pkcs8';
    return {
      kind,
      private: (['pkcs8', older] as const).map((type) => String(privateKey.export({ type, format: 'pem' }))),
      public: String(publicKey.export({ type: 'spki', format: 'pem' })),
    };
  });

  it.each(keys)('a private key ($kind) put in the place of another one stops, its public half does not', (key) => {
    const body = (pem: string) => pem.split('\n').slice(1, -2).join('\n');
    for (const pem of key.private) {
      expect(rules(body(pem))).toContain('private-key');
      expect(rules(pem)).toEqual(['private-key']);
    }
    expect(rules(body(key.public))).toEqual([]);
  });

  it('a private key in base64, as in a kubeconfig, stops; a certificate in base64 does not', () => {
    const [key] = keys;
    const line = (pem = '') => `client-data: ${Buffer.from(pem).toString('base64')}`;
    for (const pem of key?.private ?? []) expect(rules(line(pem))).toEqual(['private-key']);
    const [pem = ''] = key?.private ?? [];
    const wrapped = Buffer.from(pem).toString('base64').replace(/.{76}/g, '$&\n');
    expect(rules(wrapped)).toEqual(['private-key']);
    expect(rules(line(key?.public))).toEqual([]);
    expect(rules(line(pem.replaceAll('PRIVATE KEY', 'CERTIFICATE')))).toEqual([]);
  });

  it.each(['Tr0ub4dor$&x', 'b3rg{werk}7', 'n0t*a*m4sk', '9(round)9x', 'k$$7mEq!'])(
    'an address with the password %s is found, whatever its characters mean elsewhere',
    (password) =>
      expect(rules(`DATABASE_URL=postgres://grist:${password}@db.internal/app`)).toEqual(['basic-auth-url']),
  );

  it.each([
    '$PASSWORD',
    '${password}',
    '${a.b}$c',
    '{password}',
    '{{ db_password }}',
    '$(DB_PASS)',
    '********',
    '%(pw)s',
  ])('an address with %s in the place of a password is none', (password) =>
    expect(rules(`DATABASE_URL=postgres://grist:${password}@db.internal/app`)).toEqual([]),
  );

  it('unquoted signing passwords are passwords in a properties file, and expressions in Gradle', () => {
    expect(rules('storePassword=b3rgwerk', 'android/key.properties')).toEqual(['android-signing-password']);
    expect(rules("    keyPassword 'b3rgwerk'", 'android/app/build.gradle')).toEqual(['android-signing-password']);
    expect(rules('    keyPassword = releasePassword', 'android/app/build.gradle.kts')).toEqual([]);
  });
});

describe('time grows with the length alone', () => {
  // A quantifier without an upper bound, within another, is how a pattern comes to take for ever.
  it.each(FORMATS.map((format) => [format.id, format.pattern.source]))(
    '%s: every repetition is bounded',
    (_id, source) => {
      const outsideClasses = source.replace(/\\./g, 'x').replace(/\[[^\]]*\]/g, 'x');
      expect(outsideClasses).not.toMatch(/[*+]|\{\d+,\}/);
      expect(new RegExp(source).flags).toBe('');
    },
  );

  // A pattern that goes astray does not come back within the test's time limit.
  it.each([
    'eyJ',
    'eyJa.eyJ',
    'AKIA0123456789ABCDEF ',
    `-----BEGIN ${'PRIVATE'} KEY-----`,
    'https://a:',
    'password = "',
    'secret_access_key',
    'storePassword=',
    'PuTTY-User-Key-File-3: a\n',
    'machine a login b password ',
    'cloudflare.cloudflare',
    'xoxb-1-',
    'a.b-c_d',
    '1234567890:A',
    'glpat-',
    ' ',
    'Q~',
  ])('a megabyte of %j is read', (piece) => {
    expect(scan(piece.repeat(Math.ceil((1 << 20) / piece.length))).findings.length).toBeGreaterThanOrEqual(0);
  });

  it('a secret at the end of a megabyte on one line is found', () => {
    expect(rules(`${'var a=1;'.repeat(1 << 17)}"${gitlab}"`)).toEqual(['gitlab-pat']);
  });

  it('no text makes it fail', () => {
    const words = FORMATS.flatMap(({ keywords }) => keywords);
    const piece = fc.oneof(fc.constantFrom(...words), fc.string(), fc.constantFrom('=', '"', '\n', ': ', '.'));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => scan(pieces.join('')).allowedLines.length >= 0),
    );
  });
});
