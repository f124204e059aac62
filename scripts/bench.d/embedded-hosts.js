// Hosts for a benchmark of whoever leads them: real SSH servers in this process that answer the scripts of a deployment as a
// host would, with some seconds of work that burden nobody. Started as a program of its own: NUMBER SECONDS FOLDER. Writes the keys into FOLDER and
// prints the ports, then serves until it is killed.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ssh2 from 'ssh2';

const COMMIT = { old: 'a'.repeat(40), new: 'b'.repeat(40) };
const CONTAINER = {
  id: 'c1',
  name: '/app-web-1',
  service: 'web',
  oneOff: 'False',
  imageName: 'app-web',
  imageId: 'sha256:old',
  state: 'running',
  exitCode: 0,
  health: null,
  startedAt: '2026-01-01T00:00:00Z',
  restarts: 0,
};
const LOOK = {
  tools: 'git\ndocker\nflock\ncurl\ntimeout\nsetsid',
  user: 'pi',
  folder: 'yes',
  top: '/opt/app',
  here: '/opt/app',
  'git-dir': '/opt/app/.git',
  writable: 'yes',
  head: COMMIT.old,
  'tags-here': 'v0.1.0',
  origin: 'git@example.com:app.git',
  'remote-tags': `${COMMIT.old}\trefs/tags/v0.1.0\n${COMMIT.new}\trefs/tags/v0.2.0`,
  docker: '26.1.5',
  'compose-v2': '2.26.1',
  containers: JSON.stringify(CONTAINER),
  complete: 'yes',
};
const lookAnswer = Object.entries(LOOK)
  .map(([name, value]) => `${name}\n ${value.replaceAll('\n', '\n ')}\n`)
  .join('');

/** A host: its runs by folder, each a log that grows by itself and whoever reads along. */
class EmbeddedHost {
  #runs = new Map();

  constructor(milliseconds) {
    this.milliseconds = milliseconds;
  }

  answer(args, script, channel) {
    const [first, second, word] = args;
    const end = (text = '') => {
      channel.write(text);
      channel.exit(0);
      channel.end();
    };
    if (args.length === 3 && first === 'deploy') return end(lookAnswer);
    if (args.length === 0 && script.includes('/runner.sh')) {
      const [, folder] = /mkdir -p (\S+)/.exec(script);
      const [, list] = /'([^']*)' *>\S+\/forward\.list/.exec(script);
      this.#begin(folder, list);
      return end('started\n');
    }
    const run = this.#runs.get(first);
    if (run === undefined) return end();
    if (args.length === 3) {
      run.word(second, word);
      return end(`${word}\n`);
    }
    return this.#follow(run, Number(second), channel, end);
  }

  #begin(folder, list) {
    const steps = list.split('\n').flatMap((line) => /^\d+-(\S+)\.sh /.exec(line)?.[1] ?? []);
    const work = steps.filter((step) => step !== 'hold' && step !== 'keep').length;
    const run = { log: [], readers: new Set(), words: new Map() };
    run.word = (gate, word) => run.words.get(gate)?.(word) ?? run.words.set(gate, word);
    this.#runs.set(folder, run);
    const log = (event) => {
      run.log.push(`= ${JSON.stringify(event)}\n`);
      for (const reader of run.readers) reader();
    };
    const carryOut = async () => {
      for (const step of steps) {
        log({ type: 'started', list: 'forward', step });
        if (step === 'hold' || step === 'keep') await new Promise((resolve) => run.words.set(step, resolve));
        else await new Promise((resolve) => setTimeout(resolve, this.milliseconds / work));
        log({ type: 'ended', list: 'forward', step, status: 0, milliseconds: 1 });
      }
      log({ type: 'closed', outcome: 'succeeded' });
      run.isOver = true;
      for (const reader of run.readers) reader();
    };
    void carryOut();
  }

  #follow(run, from, channel, end) {
    let told = from;
    const read = () => {
      const text = run.log.slice(told).join('');
      told = run.log.length;
      if (run.isOver) {
        run.readers.delete(read);
        end(text);
      } else if (text !== '') channel.write(text);
    };
    run.readers.add(read);
    read();
  }
}

/** ssh2 makes a key now and then that it cannot read back itself. */
function keyPair() {
  const pair = ssh2.utils.generateKeyPairSync('ed25519');
  const isReadable = [pair.public, pair.private].every((key) => !(ssh2.utils.parseKey(key) instanceof Error));
  return isReadable ? pair : keyPair();
}

/** The words that a script is sent with, in its second line. */
function wordsOf(script) {
  const [, words = ''] = /^\{\nset --(.*)\n/.exec(script) ?? [];
  return [...words.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain);
}

function serve(hostKey, userKey, milliseconds) {
  const host = new EmbeddedHost(milliseconds);
  const server = new ssh2.Server({ hostKeys: [hostKey.private] }, (client) => {
    client.on('authentication', (context) => {
      const isOurs = context.method === 'publickey' && context.key.data.equals(userKey.getPublicSSH());
      if (isOurs) context.accept();
      else context.reject(['publickey']);
    });
    client.on('error', () => {});
    // As OpenSSH's server does.
    client.setNoDelay(true);
    client.on('session', (accept) => {
      accept().on('exec', (acceptExec) => {
        const channel = acceptExec();
        let script = '';
        channel.on('data', (text) => (script += text));
        channel.on('end', () => host.answer(wordsOf(script), script, channel));
      });
    });
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));
}

const [number, seconds, folder] = process.argv.slice(2);
const [hostKey, userKey] = [keyPair(), keyPair()];
writeFileSync(join(folder, 'identity'), userKey.private, { mode: 0o600 });
const allowed = ssh2.utils.parseKey(userKey.public);
const ports = [];
for (let index = 0; index < Number(number); index += 1)
  ports.push(await serve(hostKey, allowed, Number(seconds) * 1000));
writeFileSync(join(folder, 'known_hosts'), ports.map((port) => `[127.0.0.1]:${port} ${hostKey.public}\n`).join(''));
console.log(JSON.stringify(ports));
