// `flutter --version [--machine]`. The revisions are plainly made up; the shape is that of Flutter 3.
import { fileURLToPath } from 'node:url';
import { parseOptions } from './command-line.js';

const VERSION = {
  frameworkVersion: '3.0.0-stand-in',
  channel: 'stand-in',
  repositoryUrl: 'unknown source',
  frameworkRevision: '0'.repeat(40),
  frameworkCommitDate: '2000-01-01 00:00:00 +0000',
  engineRevision: '0'.repeat(40),
  dartSdkVersion: '3.0.0',
  devToolsVersion: '2.0.0',
  flutterVersion: '3.0.0-stand-in',
  flutterRoot: fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, ''),
};

export function printVersion(args) {
  const { options } = parseOptions(args, { machine: 'flag' });
  const { frameworkVersion, channel, repositoryUrl, frameworkRevision, frameworkCommitDate } = VERSION;
  const text = [
    `Flutter ${frameworkVersion} • channel ${channel} • ${repositoryUrl}`,
    `Framework • revision ${frameworkRevision.slice(0, 10)} (a stand-in) • ${frameworkCommitDate}`,
    `Engine • revision ${VERSION.engineRevision.slice(0, 10)}`,
    `Tools • Dart ${VERSION.dartSdkVersion} • DevTools ${VERSION.devToolsVersion}`,
  ];
  process.stdout.write(`${options.machine ? JSON.stringify(VERSION, null, 2) : text.join('\n')}\n`);
  return 0;
}
