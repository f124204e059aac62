import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('../../../scripts/gitleaks', import.meta.url));

/** The folder of a real gitleaks. Undefined where none can be had, and then it says so; never in CI. */
export function gitleaksFolder(): string | undefined {
  const { status, stdout, stderr } = spawnSync(SCRIPT, { encoding: 'utf8' });
  if (status === 0) return dirname(stdout.trim());
  const message = `gitleaks cannot be had, what compares with it does not run: ${stderr.trim()}`;
  if (process.env.CI === 'true') throw new Error(message);
  console.warn(`\n!!! ${message}\n`);
  return undefined;
}
