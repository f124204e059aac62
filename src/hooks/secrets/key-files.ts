import type { Finding } from './report.ts';

type KeyFile = Pick<Finding, 'rule' | 'what' | 'severity'>;

const KEY_STORE: KeyFile = { rule: 'java-key-store', what: 'Java key store', severity: 'block' };
const PKCS12: KeyFile = { rule: 'pkcs12-file', what: 'PKCS#12 key store', severity: 'block' };
// Signed by Apple and of no use without the key, but it names devices and certificates.
const PROFILE: KeyFile = { rule: 'apple-provisioning-profile', what: 'Apple provisioning profile', severity: 'warn' };

const BY_NAME: readonly (readonly [RegExp, KeyFile])[] = [
  [/\.(?:jks|jceks|keystore|bks|uber)$/i, KEY_STORE],
  [/\.(?:p12|pfx)$/i, PKCS12],
  [/\.p8$/i, { rule: 'apple-private-key-file', what: 'Apple private key', severity: 'block' }],
  [/\.(?:mobileprovision|provisionprofile)$/i, PROFILE],
];

/** Java's own numbers (`JKS`, `JCEKS`), and a PKCS#12 structure of version 3 (RFC 7292) in DER with a two-byte length. */
const BY_CONTENT: readonly (readonly [RegExp, KeyFile])[] = [
  [/^(?:\xfe\xed\xfe\xed|\xce\xce\xce\xce)\0\0\0[\x01\x02]/, KEY_STORE],
  [/^0\x82[\s\S]{2}\x02\x01\x030\x82/, PKCS12],
];

/** What kind of key a file is as a whole, by its first lines (one character for each byte) or its name. */
export function keyFileOf(file: string, text: string, line: number): KeyFile | undefined {
  // Every Android installation has one of these, with the same password.
  if (/(?:^|\/)debug\.keystore$/i.test(file)) return undefined;
  const byContent = line === 1 ? BY_CONTENT.find(([magic]) => magic.test(text))?.[1] : undefined;
  if (byContent !== undefined) return byContent;
  const byName = BY_NAME.find(([name]) => name.test(file))?.[1];
  // A text of that name is a note about one, a pointer to one (Git LFS), or a PEM file, which its content shows.
  return byName !== undefined && /[\x00-\x08\x0e-\x1f]/.test(text) ? byName : undefined;
}
