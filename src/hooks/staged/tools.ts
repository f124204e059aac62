import type { ChecksConfig } from '../../config/schema.ts';
import { EXIT, Problem } from '../../core/problem.ts';
import { folderOf } from '../gates/packages.ts';
import { pathWith } from '../gates/search-path.ts';
import { findToolchain, type SdkUse } from '../gates/toolchain.ts';
import type { StagedPorts } from './ports.ts';

/**
 * The variable that puts the SDK's tools first on PATH.
 * @param path of a file of the package
 * @throws Problem `sdk-missing`, `sdk-not-installed`
 */
export async function withTool(
  ports: StagedPorts,
  tool: 'flutter' | 'dart',
  { sdk }: ChecksConfig,
  path: string,
  use?: SdkUse,
): Promise<Readonly<Record<string, string>>> {
  const { bin } = await findToolchain(ports, tool, sdk, folderOf(path), use);
  return pathWith(ports.environment, ports.platform, bin);
}

export function interrupted(): Problem {
  const what = 'interrupted: nothing has changed';
  return new Problem({ code: 'interrupted', what, fix: 'git commit (again)', exit: EXIT.interrupted });
}
