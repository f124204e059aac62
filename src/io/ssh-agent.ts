import { readFile } from 'node:fs/promises';
import ssh2, { type IdentityCallback, type OpenSSHAgent, type ParsedKey } from 'ssh2';

/** An agent that shows only those of its keys that these files, or the `.pub` files beside them, name. */
export async function agentWithOnly(socket: string, identityFiles: readonly string[]): Promise<OpenSSHAgent> {
  const named = await Promise.all(identityFiles.map(publicKeyOf));
  const isNamed = (key: object) =>
    'getPublicSSH' in key && named.some((wanted) => wanted?.equals((key as ParsedKey).getPublicSSH()));
  // Not by its name: what Node sees of a CommonJS module by name is not all of it.
  return new (class extends ssh2.OpenSSHAgent {
    override getIdentities(done: IdentityCallback<ParsedKey>): void {
      super.getIdentities((error, keys) => done(error, keys?.filter(isNamed)));
    }
  })(socket);
}

async function publicKeyOf(path: string): Promise<Buffer | undefined> {
  for (const file of [`${path}.pub`, path]) {
    const content = await readFile(file).catch(() => undefined);
    const key = content === undefined ? undefined : ssh2.utils.parseKey(content);
    const [first] = key instanceof Error || key === undefined ? [] : [key].flat();
    if (first !== undefined) return first.getPublicSSH();
  }
  return undefined;
}
