import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isVouchedFor } from '../../src/io/host-certificate.ts';
import { authoritiesFor, parseKnownHosts } from '../../src/io/known-hosts.ts';

const folder = mkdtempSync(join(tmpdir(), 'tagship-certificate-'));
afterAll(() => rmSync(folder, { recursive: true }));

const keygen = (...args: readonly string[]) => execFileSync('ssh-keygen', ['-q', ...args], { cwd: folder });
const blob = (file: string) => Buffer.from(readFileSync(join(folder, file), 'utf8').split(' ')[1] ?? '', 'base64');

/** Makes a key pair; its public key. */
function key(name: string, ...kind: readonly string[]): Buffer {
  keygen(...kind, '-N', '', '-f', name);
  return blob(`${name}.pub`);
}

/** A certificate of the key `host`, by the authority `ca`. */
function certify(ca: string, ...options: readonly string[]): Buffer {
  keygen('-s', ca, '-I', 'of a test', ...options, 'host.pub');
  return blob('host-cert.pub');
}

const [NOW, DAY] = [Date.now(), 24 * 3_600_000];

describe('a certificate of a host', () => {
  let [host, other, ca]: Buffer[] = [];
  const vouches = (certificate: Buffer, { shown = host, name = 'pi.example', authorities = [ca], now = NOW } = {}) =>
    isVouchedFor(shown as Buffer, name, [certificate], authorities as Buffer[], now);

  beforeAll(() => {
    [host, other, ca] = [key('host', '-t', 'ed25519'), key('other', '-t', 'ed25519'), key('ca', '-t', 'ed25519')];
  });

  it('vouches for its key, by all its names, for as long as it is valid', () => {
    const certificate = certify('ca', '-h', '-n', 'pi.example,*.lan', '-V', '-1d:+1d');
    expect(vouches(certificate)).toBe(true);
    expect(vouches(certificate, { name: 'PI.example' })).toBe(true);
    expect(vouches(certificate, { name: 'kitchen.lan' })).toBe(true);
    expect(vouches(certificate, { name: 'pi.example.org' })).toBe(false);
    expect(vouches(certificate, { now: NOW - 2 * DAY })).toBe(false);
    expect(vouches(certificate, { now: NOW + 2 * DAY })).toBe(false);
    expect(vouches(certificate, { shown: other })).toBe(false);
    expect(vouches(certificate, { authorities: [other] })).toBe(false);
  });

  it('vouches for nothing when it is a user’s, names nobody, or was tampered with', () => {
    expect(vouches(certify('ca', '-n', 'pi.example'))).toBe(false);
    expect(vouches(certify('ca', '-h'))).toBe(false);
    const certificate = certify('ca', '-h', '-n', 'pi.example');
    for (let at = 0; at < certificate.length; at += 1) {
      const tampered = Buffer.from(certificate);
      tampered.writeUInt8(tampered.readUInt8(at) ^ 1, at);
      expect(vouches(tampered), `byte ${at}`).toBe(false);
      expect(vouches(certificate.subarray(0, at))).toBe(false);
    }
  });

  it.each([
    ['ecdsa', '-b', '256'],
    ['ecdsa', '-b', '384'],
    ['ecdsa', '-b', '521'],
    ['rsa', '-b', '2048'],
  ])('may be signed by an authority with a key of kind %s %s %s, and be of such a key', (type, ...bits) => {
    const name = `ca-${type}${bits.join('')}`;
    const authority = key(name, '-t', type, ...bits);
    expect(vouches(certify(name, '-h', '-n', 'pi.example'), { authorities: [authority] })).toBe(true);
    keygen('-s', 'ca', '-I', 'x', '-h', '-n', 'pi.example', `${name}.pub`);
    expect(vouches(blob(`${name}-cert.pub`), { shown: authority })).toBe(true);
  });

  it('may be by whom known_hosts says, unless they were revoked', () => {
    const line = `*.example ssh-ed25519 ${blob('ca.pub').toString('base64')}\n`;
    const authorities = (text: string, name = 'pi.example') => authoritiesFor(parseKnownHosts(text), name);
    expect(authorities(`@cert-authority ${line}`)).toEqual([ca]);
    expect(authorities(`@cert-authority ${line}`, 'pi.other')).toEqual([]);
    expect(authorities(line)).toEqual([]);
    expect(authorities(`@cert-authority ${line}@revoked ${line}`)).toEqual([]);
  });
});
