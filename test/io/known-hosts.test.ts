import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fingerprint, judgeHostKey, knownHostName, knownKeyTypes, parseKnownHosts } from '../../src/io/known-hosts.ts';

const [KEY, OTHER] = ['AAAAC3NzaC1lZDI1NTE5AAAAIAAA', 'AAAAC3NzaC1lZDI1NTE5AAAAIBBB'];
const key = Buffer.from(KEY, 'base64');
const judge = (text: string, name = 'pi.example', shown = key) => judgeHostKey(parseKnownHosts(text), name, shown);

describe('a host key', () => {
  it('is known when the file has it for that host', () => {
    expect(judge(`pi.example ssh-ed25519 ${KEY} a comment`)).toBe('known');
    expect(judge(`other,pi.example ssh-ed25519 ${KEY}`)).toBe('known');
    expect(judge(`*.example ssh-ed25519 ${KEY}\r\n`)).toBe('known');
  });

  it('is unknown when the file has nothing for that host', () => {
    expect(judge('')).toBe('unknown');
    expect(judge(`# pi.example ssh-ed25519 ${KEY}\nother ssh-ed25519 ${KEY}\nbroken line`)).toBe('unknown');
    expect(judge(`*.example,!pi.example ssh-ed25519 ${KEY}`)).toBe('unknown');
    expect(judge(`pixexample ssh-ed25519 ${KEY}`)).toBe('unknown');
  });

  it('has changed when the file has another one for that host', () => {
    expect(judge(`pi.example ssh-ed25519 ${OTHER}`)).toBe('changed');
  });

  it('is known when it is one of several', () => {
    expect(judge(`pi.example ssh-ed25519 ${OTHER}\npi.example ssh-ed25519 ${KEY}`)).toBe('known');
  });

  it('is refused when it is revoked, whatever else is known', () => {
    expect(judge(`pi.example ssh-ed25519 ${KEY}\n@revoked * ssh-ed25519 ${KEY}`)).toBe('revoked');
  });

  it('is not made known by a certificate authority, which is not built yet', () => {
    expect(judge(`@cert-authority * ssh-ed25519 ${KEY}`)).toBe('unknown');
  });

  it('of another port is another host', () => {
    expect(knownHostName('PI.example', 2222)).toBe('[pi.example]:2222');
    expect(judge(`[pi.example]:2222 ssh-ed25519 ${KEY}`, knownHostName('pi.example', 2222))).toBe('known');
    expect(judge(`pi.example ssh-ed25519 ${KEY}`, knownHostName('pi.example', 2222))).toBe('unknown');
  });

  it('is found by its type, so that the server can be asked for it', () => {
    const entries = parseKnownHosts(`pi.example ssh-rsa ${KEY}\npi.example ssh-ed25519 ${OTHER}`);
    expect(knownKeyTypes(entries, 'pi.example')).toEqual(['ssh-rsa', 'ssh-ed25519']);
  });

  it('is found in a file that ssh-keygen has hashed, and fingerprinted as ssh-keygen does', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tagship-known-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const [identity, file] = [join(folder, 'key'), join(folder, 'known_hosts')];
    spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', identity]);
    const [type, text = ''] = readFileSync(`${identity}.pub`, 'utf8').split(' ');
    writeFileSync(file, `[pi.example]:2222 ${type} ${text}\n`);
    expect(spawnSync('ssh-keygen', ['-H', '-f', file]).status).toBe(0);
    const hashed = readFileSync(file, 'utf8');
    expect(hashed).not.toContain('pi.example');
    const shown = Buffer.from(text, 'base64');
    expect(judge(hashed, '[pi.example]:2222', shown)).toBe('known');
    expect(judge(hashed, 'pi.example', shown)).toBe('unknown');
    const listed = spawnSync('ssh-keygen', ['-l', '-f', `${identity}.pub`]).stdout.toString();
    expect(listed).toContain(fingerprint(shown));
  });
});
