import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import ssh2, { type BaseAgent, type ParsedKey } from 'ssh2';
import { EXIT, Problem } from '../core/problem.ts';
import type { Secret } from '../core/secret.ts';
import { agentWithOnly } from './ssh-agent.ts';
import type { SshSettings } from './ssh-settings.ts';

/** What we log in with. The keys are tried first: a full agent alone can use up the tries a server allows. */
export interface SshCredentials {
  readonly privateKeys: readonly (Buffer | ParsedKey)[];
  /** Socket of the agent, or one that shows only some of its keys. */
  readonly agent: string | BaseAgent | undefined;
  /** Key files that need a passphrase first. */
  readonly locked: readonly LockedKey[];
}

export interface LockedKey {
  /** As the user writes it, for messages. */
  readonly path: string;
  readonly content: Buffer;
}

/**
 * The named identity file, or else every one of the usual files that can be used; and the agent besides, which may be
 * empty or long gone.
 * @throws Problem `identity-missing` or `identity-unusable` for a named one
 */
export async function readCredentials(
  { identityFiles, identitiesOnly, agent }: Pick<SshSettings, 'identityFiles' | 'identitiesOnly' | 'agent'>,
  named?: string,
): Promise<SshCredentials> {
  const paths = named === undefined ? identityFiles : [named];
  const read = await Promise.all(
    paths.map(async (path) => ({ path, content: await readFile(expandHome(path)).catch(orElse(named)) })),
  );
  const files = read.flatMap(({ path, content }) => (content === undefined ? [] : [{ path, content }]));
  const locked = files.filter(({ content }) => isEncrypted(content));
  const plain = files.filter((file) => !locked.includes(file));
  const usable = plain.filter(({ content }) => !(ssh2.utils.parseKey(content) instanceof Error));
  if (named !== undefined && usable.length + locked.length === 0) throw unusable(named, plain[0]?.content);
  return {
    privateKeys: usable.map(({ content }) => content),
    locked,
    agent: identitiesOnly && agent !== undefined ? await agentWithOnly(agent, paths.map(expandHome)) : agent,
  };
}

/** The key; undefined when that is not its passphrase. */
export function unlockKey({ content }: LockedKey, passphrase: Secret): ParsedKey | undefined {
  const key = ssh2.utils.parseKey(content, passphrase.reveal());
  if (key instanceof Error) return undefined;
  return Array.isArray(key) ? key[0] : key;
}

/** A usual file that is not there is none; a named one is missed. */
function orElse(named: string | undefined): (cause: Error) => undefined {
  return (cause) => {
    if (named === undefined) return undefined;
    throw new Problem({
      code: 'identity-missing',
      what: `the identity file ${named} cannot be read`,
      why: cause.message,
      fix: 'mend ssh.identity in tagship.yaml, or leave it out to use the agent',
      exit: EXIT.usage,
      cause,
    });
  };
}

function unusable(path: string, content: Buffer | undefined): Problem {
  const cause = content === undefined ? undefined : ssh2.utils.parseKey(content);
  return new Problem({
    code: 'identity-unusable',
    what: `the identity file ${path} cannot be used`,
    why: cause instanceof Error ? cause.message : 'it holds no private key',
    fix: `ssh-keygen -y -f ${path}   (it shows whether that is a private key)`,
    exit: EXIT.usage,
    cause,
  });
}

const OPENSSH = /-----BEGIN OPENSSH PRIVATE KEY-----([\sA-Za-z0-9+/=]+)-----END/;
const MAGIC = 'openssh-key-v1\0';

/** OpenSSH's own format names the cipher behind its magic; the older ones say it in their header. */
function isEncrypted(content: Buffer): boolean {
  const text = content.toString('latin1');
  const [, body] = OPENSSH.exec(text) ?? [];
  if (body === undefined) return /^(Proc-Type: 4,|-----BEGIN )ENCRYPTED/m.test(text);
  const bytes = Buffer.from(body, 'base64');
  const start = MAGIC.length + 4;
  return bytes.toString('latin1', 0, MAGIC.length) === MAGIC && bytes.toString('latin1', start, start + 4) !== 'none';
}

/** Only a leading `~/` is meant; `~user` is nobody's habit here. */
export function expandHome(path: string): string {
  return path.startsWith('~/') ? join(homedir(), path.slice(2)) : path;
}
