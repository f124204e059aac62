/** Where the path of the SDK is kept that was found when the hooks were installed, in git's common folder. */
export const RECORDED_SDK = 'tagship/sdk';

/** Names a tool of the SDK may have on this system. */
export function toolNames(tool: string, platform: NodeJS.Platform): readonly string[] {
  return platform === 'win32' ? [`${tool}.bat`, `${tool}.exe`, tool] : [tool];
}

/** Folders that the installation guides of Flutter and its packagers name. */
export function knownPlaces(home: string, platform: NodeJS.Platform): readonly string[] {
  const own = ['fvm/default', 'flutter', 'development/flutter', 'develop/flutter', 'sdk/flutter'].map(
    (place) => `${home}/${place}`,
  );
  if (platform === 'win32') return [...own, 'C:/src/flutter', 'C:/flutter', 'C:/tools/flutter'];
  const shared = [
    '/opt/flutter',
    '/usr/local/flutter',
    '/usr/lib/flutter',
    '/opt/homebrew/share/flutter',
    '/usr/lib/dart',
  ];
  return [...own, `${home}/snap/flutter/common/flutter`, ...shared];
}
