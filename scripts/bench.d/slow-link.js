// A link with a round-trip time: what goes through this proxy arrives later, in either direction. The handshake of TCP itself
// is not delayed, which favours whoever connects often.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/**
 * @param {{ address: string, port: number }} target
 * @param {number} delay milliseconds, one way
 */
export async function openSlowLink({ address, port }, delay) {
  const ends = new Set();
  const server = createServer((near) => {
    const far = connect(port, address);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ]) {
      ends.add(from);
      from.setNoDelay(true);
      from.on('data', (chunk) => setTimeout(() => to.write(chunk), delay));
      from.on('end', () => setTimeout(() => to.end(), delay));
      from.on('error', () => setTimeout(() => to.destroy(), delay));
      from.on('close', () => ends.delete(from));
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const close = () => {
    server.close();
    for (const end of ends) end.destroy();
  };
  return { port: server.address().port, close };
}
