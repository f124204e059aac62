// Makes repositories of a given size for comparisons, all alike.
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must } from './compare.js';

/** An app with this many commits on develop and tags spread over them; main is the newest tag. */
export function makeRepository(folder, { commits, tags }) {
  mkdirSync(folder, { recursive: true });
  const git = (...args) => must('git', args, { cwd: folder });
  git('init', '-q', '-b', 'main');
  for (const [key, value] of Object.entries({ name: 'Bench', email: 'bench@example.com' }))
    git('config', `user.${key}`, value);
  const lines = [];
  const tagEvery = Math.max(1, Math.floor((commits - 20) / Math.max(1, tags)));
  let tagged = 0;
  for (let index = 1; index <= commits; index += 1) {
    const message = `${index % 3 === 0 ? 'feat' : 'fix'}: change ${index}\n`;
    const who = `Bench <bench@example.com> ${1_600_000_000 + index * 60} +0000`;
    lines.push(`commit refs/heads/develop\nmark :${index}\ncommitter ${who}\ndata ${message.length}\n${message}`);
    if (index === 1) {
      const files = {
        'pubspec.yaml': 'name: bench\nversion: 0.1.0+1\n',
        'package.json': '{ "name": "bench", "version": "0.1.0" }\n',
      };
      for (const [path, text] of Object.entries(files))
        lines.push(`M 644 inline ${path}\ndata ${text.length}\n${text}`);
    }
    lines.push(`M 644 inline lib/part${index % 400}.dart\ndata ${String(index).length}\n${index}\n`);
    if (tagged < tags && index % tagEvery === 0) {
      const name = `v0.0.${++tagged}`;
      lines.push(
        `tag ${name}\nfrom :${index}\ntagger ${who}\ndata ${name.length}\n${name}`,
        `reset refs/heads/main\nfrom :${index}\n`,
      );
    }
  }
  if (tags === 0) lines.push('reset refs/heads/main\nfrom :1\n');
  must('git', ['fast-import', '--quiet'], { cwd: folder, input: `${lines.join('\n')}\n` });
  git('switch', '-q', 'develop');
  writeFileSync(join(folder, '.git/info/exclude'), 'node_modules\n');
  return folder;
}

/** A copy that has a remote of its own, up to date and followed by both branches. */
export function copyWithRemote(from, to) {
  cpSync(from, to, { recursive: true, preserveTimestamps: true });
  const git = (...args) => must('git', args, { cwd: to });
  git('clone', '-q', '--bare', '.', `${to}.git`);
  git('remote', 'add', 'origin', `${to}.git`);
  git('push', '-q', '--set-upstream', 'origin', 'main', 'develop');
  return to;
}

/** Something to release: one more commit on the branch at hand, published. */
export function addChange(cwd) {
  must('git', ['commit', '-q', '--allow-empty', '-m', 'fix: one more change'], { cwd });
  must('git', ['push', '-q'], { cwd });
}
