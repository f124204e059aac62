type Environment = Readonly<Record<string, string | undefined>>;

/** Folders that programs are looked for in. A name may hold what parts two of them on another system. */
export function searchFolders(environment: Environment, platform: NodeJS.Platform): readonly string[] {
  const [, value] = pathVariable(environment);
  return value.split(separatorOf(platform)).filter((folder) => folder !== '');
}

/** The variable that has programs looked for in `bin` first. */
export function pathWith(
  environment: Environment,
  platform: NodeJS.Platform,
  bin: string,
): Readonly<Record<string, string>> {
  const [name, value] = pathVariable(environment);
  return { [name]: value === '' ? bin : `${bin}${separatorOf(platform)}${value}` };
}

/** Windows writes its name in its own way. */
function pathVariable(environment: Environment): readonly [string, string] {
  const [name, value = ''] = Object.entries(environment).find(([one]) => one.toUpperCase() === 'PATH') ?? ['PATH'];
  return [name, value];
}

const separatorOf = (platform: NodeJS.Platform) => (platform === 'win32' ? ';' : ':');
