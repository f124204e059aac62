// The demo's Raspberry Pi: an SSH server on the loopback that runs commands with sh, and nothing else.
//
//   node pi.js FOLDER     FOLDER holds host_key and authorized_key; the port is printed when it listens
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ssh2 from 'ssh2';

const [folder] = process.argv.slice(2);
const authorized = ssh2.utils.parseKey(readFileSync(join(folder, 'authorized_key')));

const server = new ssh2.Server({ hostKeys: [readFileSync(join(folder, 'host_key'))] }, (client) => {
  client.on('authentication', (request) => (isAuthorized(request) ? request.accept() : request.reject(['publickey'])));
  client.on('session', (accept) =>
    accept().on('exec', (acceptExec, _reject, { command }) => execute(acceptExec(), command)),
  );
  // A client that vanishes is everyday life for a server.
  client.on('error', () => {});
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));

function isAuthorized({ method, key, signature, blob, hashAlgo }) {
  if (method !== 'publickey' || !key.data.equals(authorized.getPublicSSH())) return false;
  // Without a signature the client only asks whether this key would do.
  return signature === undefined || authorized.verify(blob, signature, hashAlgo) === true;
}

function execute(channel, command) {
  const child = spawn('sh', ['-c', command], { cwd: folder, stdio: 'pipe' });
  channel.pipe(child.stdin);
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  child.stdin.on('error', () => {});
  child.on('close', (code, signal) => {
    if (signal === null) channel.exit(code);
    else channel.exit(signal.slice('SIG'.length));
    channel.end();
  });
  // As sshd does: a command whose link is lost is told so.
  channel.on('close', () => child.kill('SIGHUP'));
  channel.on('error', () => {});
}
