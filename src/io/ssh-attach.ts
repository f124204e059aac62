import type { Client } from 'ssh2';
import type { AttachOptions } from './ports.ts';
import { linkLost } from './ssh-problems.ts';

/** Runs a command of a host on this process's own streams; with `tty` in a terminal there that is as large as the one here. */
export function attach(
  client: Client,
  name: string,
  command: string,
  { tty = false, signal }: AttachOptions,
): Promise<number | undefined> {
  const { stdin, stdout, stderr, env } = process;
  const size = () => ({ rows: stdout.rows ?? 24, cols: stdout.columns ?? 80, width: 0, height: 0 });
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const lost = () => reject(linkLost(name));
    client.once('close', lost);
    client.exec(command, tty ? { pty: { term: env.TERM ?? 'xterm', ...size() } } : {}, (error, channel) => {
      if (error !== undefined) return reject(linkLost(name, error));
      let ended: { readonly code: number | undefined } | undefined;
      const resize = () => channel.setWindow(size().rows, size().cols, 0, 0);
      const leave = () => {
        signal?.removeEventListener('abort', stop);
        client.off('close', lost);
        stdin.unpipe(channel);
        if (tty) stdin.setRawMode(false);
        stdout.off('resize', resize);
        // Else this process waits for keys.
        stdin.pause();
      };
      // The other side closes a channel when the command has ended, and not when it is asked to.
      const stop = () => {
        channel.close();
        leave();
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', stop, { once: true });
      // Keys go there one by one, Ctrl-C among them.
      if (tty) stdin.setRawMode(true);
      if (tty) stdout.on('resize', resize);
      stdin.pipe(channel);
      channel.pipe(stdout, { end: false });
      channel.stderr.pipe(stderr, { end: false });
      channel.on('error', () => {});
      channel.on('exit', (code: number | null) => {
        ended = { code: code ?? undefined };
      });
      channel.on('close', () => {
        leave();
        if (ended === undefined) reject(linkLost(name));
        else resolve(ended.code);
      });
      // It may have come while the channel was being opened.
      if (signal?.aborted) stop();
    });
  });
}
