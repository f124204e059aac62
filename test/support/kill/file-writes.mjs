// Preloaded into tagship (NODE_OPTIONS=--import): counts every write, sync, link and rename it does, and kills the
// process with SIGKILL at the one wanted. "before" it happens, "after" it, or "torn": half of a write has happened.
import { appendFileSync } from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const { KILL_LOG: log, KILL_AT: at, KILL_MODE: mode } = process.env;
let count = 0;

function watched(name, original, tear) {
  return async function (...args) {
    // Standard streams and temporary files for git are not what a crash must survive.
    count += 1;
    appendFileSync(log, `${name}\n`);
    if (count !== Number(at)) return original.apply(this, args);
    if (mode === 'torn' && tear !== undefined) await original.apply(this, tear(args));
    if (mode === 'after') await original.apply(this, args);
    process.kill(process.pid, 'SIGKILL');
    return new Promise(() => {});
  };
}

const half = ([content, ...rest]) => [content.slice(0, content.length / 2), ...rest];
const probe = await fs.open('/dev/null');
const handle = Object.getPrototypeOf(probe);
await probe.close();
for (const name of ['write', 'writeFile']) handle[name] = watched(name, handle[name], half);
for (const name of ['sync', 'truncate']) handle[name] = watched(name, handle[name]);
for (const name of ['link', 'rename', 'unlink']) fs[name] = watched(name, fs[name]);
syncBuiltinESMExports();
