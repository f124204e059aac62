import { Readable } from 'node:stream';
import type { Client, ClientChannel } from 'ssh2';
import { feedCommand, lineSplitter, SCRIPT_COMMAND, scriptInput } from './host-script.ts';
import type { Host, ScriptOptions, ScriptResult } from './ports.ts';
import { attach } from './ssh-attach.ts';
import type { SshHop } from './ssh-hop.ts';
import { type HopMemory, openLink, type SshLink, type SshMeans } from './ssh-link.ts';
import { linkLost } from './ssh-problems.ts';
import { unlessAborted } from './unless-aborted.ts';

/**
 * Opens the one connection that everything on this host goes over; each script is a channel of it. A connection that
 * has died is made anew by the next script.
 * @param name for messages
 * @throws Problem `host-key-unknown`, `host-key-changed`, `host-key-revoked`, `ssh-refused`, `agent-unusable` or
 * `host-unreachable`
 */
export async function openSshHost(name: string, route: readonly SshHop[], means: SshMeans): Promise<Host> {
  const memories = new Map<SshHop, HopMemory>(route.map((hop) => [hop, {}]));
  let link = await openLink(route, memories, means, undefined);
  let opening: Promise<SshLink> | undefined;
  const closing = new AbortController();
  // Nobody is asked in the middle of things.
  const later = { ...means, questions: undefined };
  /** Scripts that find the link dead at the same time share the new one. */
  const liveLink = async (signal: AbortSignal | undefined): Promise<SshLink> => {
    if (link.isOpen()) return link;
    opening ??= openLink(route, memories, later, closing.signal).finally(() => {
      opening = undefined;
    });
    link = await unlessAborted(opening, signal);
    return link;
  };
  return {
    name,
    run: async (script, options = {}) => {
      const { client } = await liveLink(options.signal);
      const input = (channel: ClientChannel) => void channel.end(scriptInput(script, options.args));
      return execute(client, name, SCRIPT_COMMAND, input, options);
    },
    feed: async (script, input, options = {}) => {
      const { client } = await liveLink(options.signal);
      const command = feedCommand(script, options.args ?? []);
      return execute(client, name, command, (channel, fail) => pour(input, channel, fail), options);
    },
    attach: async (script, options = {}) => {
      const { client } = await liveLink(options.signal);
      return attach(client, name, feedCommand(script, []), options);
    },
    close: () => {
      closing.abort();
      return link.close();
    },
  };
}

/** @param feed gives the command its standard input, or says what it failed with */
function execute(
  client: Client,
  name: string,
  command: string,
  feed: (channel: ClientChannel, fail: (error: Error) => void) => void,
  { onLine, signal }: ScriptOptions,
): Promise<ScriptResult> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    // A dead link closes no channels, only the connection as a whole.
    const lost = () => reject(linkLost(name));
    client.once('close', lost);
    client.exec(command, (error, channel) => {
      if (error !== undefined) return reject(linkLost(name, error));
      const stop = () => {
        channel.close();
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', stop, { once: true });
      collect(channel, onLine, (result) => {
        signal?.removeEventListener('abort', stop);
        client.off('close', lost);
        if (result === undefined) reject(linkLost(name));
        else resolve(result);
      });
      // It may have come while the channel was being opened.
      if (signal?.aborted) return stop();
      feed(channel, (failure) => {
        reject(failure);
        channel.close();
      });
    });
  });
}

/** Sends no faster than the other side reads, and no more once it has ended. */
function pour(input: AsyncIterable<Buffer>, channel: ClientChannel, fail: (error: Error) => void): void {
  const source = Readable.from(input);
  channel.once('close', () => source.destroy());
  source.once('error', fail).pipe(channel);
}

/** Hands over what the script said and how it ended; undefined when the channel closed without saying how. */
function collect(
  channel: ClientChannel,
  onLine: ((line: string) => void) | undefined,
  done: (result: ScriptResult | undefined) => void,
): void {
  const lines = lineSplitter(onLine ?? (() => {}));
  let stdout = '';
  let stderr = '';
  let ended: { exitCode: number | undefined } | undefined;
  channel.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    lines.push(text);
  });
  channel.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  // A script killed by a signal has no exit code, and that is an answer too.
  channel.on('exit', (code: number | null) => {
    ended = { exitCode: code ?? undefined };
  });
  channel.on('error', () => {});
  channel.on('close', () => {
    // Of a line that a dying link tore, nobody knows the rest.
    if (ended?.exitCode !== undefined) lines.end();
    done(ended === undefined ? undefined : { ...ended, stdout, stderr });
  });
}
