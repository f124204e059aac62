import { type AddressInfo, connect, createServer } from 'node:net';
import ssh2 from 'ssh2';
import { onTestFinished } from 'vitest';

/** As ssh2 makes it, in the format of OpenSSH. */
export interface KeyPair {
  readonly public: string;
  readonly private: string;
}

/** ssh2 makes a key now and then that it cannot read back itself: one in some hundreds. */
export function keyPair(): KeyPair {
  const pair = ssh2.utils.generateKeyPairSync('ed25519');
  const isReadable = [pair.public, pair.private].every((key) => !(ssh2.utils.parseKey(key) instanceof Error));
  return isReadable ? pair : keyPair();
}

export interface SshServer {
  readonly port: number;
  /** Who has logged in, in order. */
  readonly users: readonly string[];
  /** Where it has connected others to: host:port. */
  readonly forwarded: readonly string[];
}

/** A real SSH server on loopback that lets in whoever has the key, connects on, and answers every script with its output. */
export async function serveSsh(
  hostKey: KeyPair,
  allowed: string,
  onClient: (client: ssh2.Connection) => void = () => {},
): Promise<SshServer> {
  const key = ssh2.utils.parseKey(allowed);
  if (key instanceof Error) throw key;
  const [users, forwarded]: [string[], string[]] = [[], []];
  const server = new ssh2.Server({ hostKeys: [hostKey.private] }, (client) => {
    client.on('authentication', (context) => {
      const isOurs = context.method === 'publickey' && context.key.data.equals(key.getPublicSSH());
      if (!isOurs) return context.reject(['publickey']);
      if (context.signature !== undefined) users.push(context.username);
      context.accept();
    });
    client.on('error', () => {});
    client.on('tcpip', (accept, _reject, { destIP, destPort }) => {
      forwarded.push(`${destIP}:${destPort}`);
      const channel = accept();
      const socket = connect(destPort, destIP);
      socket.on('error', () => channel.close());
      socket.pipe(channel).pipe(socket);
    });
    client.on('ready', () => onClient(client));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { port: (server.address() as AddressInfo).port, users, forwarded };
}

/** An agent that answers and holds no key. */
export async function emptyAgent(socket: string): Promise<string> {
  const agent = createServer((client) =>
    client.on('data', () => client.write(Buffer.from([0, 0, 0, 5, 12, 0, 0, 0, 0]))),
  );
  await new Promise<void>((resolve) => agent.listen(socket, resolve));
  onTestFinished(() => new Promise<void>((resolve) => agent.close(() => resolve())));
  return socket;
}
