import { crc32 } from 'node:zlib';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const LENGTH = 6;

/** What GitHub and npm put at the end of a token: the CRC-32 of the characters before, in base 62, six digits. */
export function base62Checksum(random: string): string {
  let digits = '';
  for (let rest = crc32(random); rest > 0; rest = Math.floor(rest / 62)) digits = DIGITS[rest % 62] + digits;
  return digits.padStart(LENGTH, '0');
}

/** Whether `body`, a token without its prefix, ends with the right checksum. */
export function hasBase62Checksum(body: string): boolean {
  return base62Checksum(body.slice(0, -LENGTH)) === body.slice(-LENGTH);
}
