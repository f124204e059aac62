import { verify } from 'node:crypto';
import ssh2 from 'ssh2';
import { keyTypeOf, matchesHost } from './known-hosts.ts';

/** What an OpenSSH certificate says (PROTOCOL.certkeys): an authority vouches for a host's key. */
export interface HostCertificate {
  /** The key it is about, as the host shows it without a certificate. */
  readonly key: Buffer;
  readonly principals: readonly string[];
  /** Seconds since 1970. */
  readonly validAfter: bigint;
  readonly validBefore: bigint;
}

const HOST = 2;
/** How many fields the key itself has, by its type. */
const KEY_FIELDS: Readonly<Record<string, number>> = {
  'ssh-ed25519': 1,
  'ecdsa-sha2-nistp256': 2,
  'ecdsa-sha2-nistp384': 2,
  'ecdsa-sha2-nistp521': 2,
  'ssh-rsa': 2,
};
const HASHES: Readonly<Record<string, string | undefined>> = {
  'ssh-ed25519': undefined,
  'ecdsa-sha2-nistp256': 'sha256',
  'ecdsa-sha2-nistp384': 'sha384',
  'ecdsa-sha2-nistp521': 'sha512',
  'rsa-sha2-256': 'sha256',
  'rsa-sha2-512': 'sha512',
};
/** Bytes of a number in a signature, by curve. */
const WIDTHS: Readonly<Record<string, number>> = {
  'ecdsa-sha2-nistp256': 32,
  'ecdsa-sha2-nistp384': 48,
  'ecdsa-sha2-nistp521': 66,
};

/**
 * Whether one of `authorities` vouches, by one of these certificates, for the key that `hostname` has shown.
 * @param now in milliseconds since 1970
 */
export function isVouchedFor(
  key: Buffer,
  hostname: string,
  certificates: readonly Buffer[],
  authorities: readonly Buffer[],
  now: number,
): boolean {
  const seconds = BigInt(Math.floor(now / 1000));
  return certificates.some((blob) => {
    const certificate = readCertificate(blob, authorities);
    return (
      certificate?.key.equals(key) &&
      certificate.principals.some((pattern) => matchesHost(pattern, hostname.toLowerCase())) &&
      certificate.validAfter <= seconds &&
      seconds < certificate.validBefore
    );
  });
}

/** Undefined for what is no certificate of a host, or is not signed by one of `authorities`. */
function readCertificate(blob: Buffer, authorities: readonly Buffer[]): HostCertificate | undefined {
  try {
    const fields = reader(blob);
    const type = fields.string().toString('latin1').replace('-cert-v01@openssh.com', '');
    const count = KEY_FIELDS[type];
    if (count === undefined) return undefined;
    fields.string();
    const parts = Array.from({ length: count }, () => packed(fields.string()));
    fields.number64();
    const isHost = fields.number32() === HOST;
    fields.string();
    const principals = stringsOf(fields.string()).map(String);
    const [validAfter, validBefore] = [fields.number64(), fields.number64()];
    const critical = fields.string();
    fields.string();
    fields.string();
    const authority = fields.string();
    const signed = blob.subarray(0, fields.position());
    const isSigned =
      authorities.some((known) => known.equals(authority)) && verifies(authority, signed, fields.string());
    // No critical option is defined for hosts, and one that is not understood must not be passed over.
    if (!isHost || critical.length > 0 || principals.length === 0 || !isSigned) return undefined;
    return { key: Buffer.concat([packed(Buffer.from(type)), ...parts]), principals, validAfter, validBefore };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function verifies(authority: Buffer, data: Buffer, signature: Buffer): boolean {
  const type = keyTypeOf(authority);
  const fields = reader(signature);
  const algorithm = fields.string().toString('latin1');
  const isOfKey = algorithm === type || (type === 'ssh-rsa' && algorithm.startsWith('rsa-sha2-'));
  const key = ssh2.utils.parseKey(`${type} ${authority.toString('base64')}`);
  if (!isOfKey || !(algorithm in HASHES) || key instanceof Error) return false;
  const [first] = [key].flat();
  const width = WIDTHS[type];
  const raw = fields.string();
  const plain = width === undefined ? raw : bothNumbers(raw, width);
  return (
    first !== undefined &&
    verify(HASHES[algorithm], data, { key: first.getPublicPEM(), dsaEncoding: 'ieee-p1363' }, plain)
  );
}

/** The two numbers of an ECDSA signature, each as wide as its curve. */
function bothNumbers(signature: Buffer, width: number): Buffer {
  return Buffer.concat(
    stringsOf(signature).map((number) => {
      const digits = number.subarray(Math.max(0, number.length - width));
      return Buffer.concat([Buffer.alloc(width - digits.length), digits]);
    }),
  );
}

/** @throws RangeError by every read beyond the end */
function reader(data: Buffer) {
  let at = 0;
  const take = (length: number) => {
    if (at + length > data.length) throw new RangeError('a field ends beyond the end');
    at += length;
    return data.subarray(at - length, at);
  };
  return {
    number32: () => take(4).readUInt32BE(),
    number64: () => take(8).readBigUInt64BE(),
    string: () => take(take(4).readUInt32BE()),
    position: () => at,
    isAtEnd: () => at === data.length,
  };
}

function stringsOf(data: Buffer): readonly Buffer[] {
  const fields = reader(data);
  const found: Buffer[] = [];
  while (!fields.isAtEnd()) found.push(fields.string());
  return found;
}

function packed(data: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  return Buffer.concat([length, data]);
}
