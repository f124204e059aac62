import { parse } from 'yaml';
import { EXIT, Problem } from '../core/problem.ts';
import { parseHost } from './host-address.ts';
import * as z from './zod.ts';

/** A host of an Ansible inventory, as `hosts:` of tagship.yaml would have it. */
export interface InventoryHost {
  /** `user@address:port`, or `local`. */
  readonly written: string;
  /** Private key file. */
  readonly identity: string | undefined;
}

/** What is read of a host; everything else is Ansible's alone. */
const READ = [
  'ansible_host',
  'ansible_user',
  'ansible_port',
  'ansible_ssh_private_key_file',
  'ansible_connection',
] as const;
type Variable = (typeof READ)[number];
/** They change how a host is reached, and only Ansible understands them. */
const UNREADABLE = [
  'ansible_ssh_common_args',
  'ansible_ssh_extra_args',
  'ansible_ssh_args',
  'ansible_ssh_host',
  'ansible_ssh_user',
  'ansible_ssh_port',
];

type Variables = Readonly<Record<string, unknown>>;

interface Group {
  readonly hosts: Map<string, Variables>;
  variables: Variables;
  readonly children: Set<string>;
}

const variables = z.record(z.string(), z.unknown()).nullish();
const groupSchema: z.ZodType<GroupText> = z
  .strictObject({
    hosts: z.record(z.string(), variables).nullish(),
    vars: variables,
    children: z
      .record(
        z.string(),
        z.lazy(() => groupSchema),
      )
      .nullish(),
  })
  .nullish();
type GroupText =
  | {
      hosts?: Record<string, Variables | null | undefined> | null | undefined;
      vars?: Variables | null | undefined;
      children?: Record<string, GroupText> | null | undefined;
    }
  | null
  | undefined;

/**
 * The hosts of a group of an Ansible inventory in YAML, in the order they are written, each once.
 * @param path of the inventory, for messages
 * @throws Problem `inventory-invalid`, naming every host that cannot be understood, or `unknown-group`
 */
export function inventoryHosts(text: string, path: string, group: string): readonly InventoryHost[] {
  const groups = readGroups(text, path);
  if (!groups.has(group)) throw unknownGroup(path, group, [...groups.keys()]);
  const wanted = namesIn(groups, group);
  const mistakes: string[] = [];
  const found = [...wanted].flatMap((name) => hostOf(name, variablesOf(name, groups), mistakes) ?? []);
  if (mistakes.length > 0) throw invalid(path, mistakes.join('\n'));
  if (found.length === 0) throw invalid(path, `group ${group} has no hosts`);
  return found;
}

function readGroups(text: string, path: string): Map<string, Group> {
  const groups = new Map<string, Group>();
  let parsed: unknown;
  try {
    // What is locked in a vault is told where it is needed.
    parsed = parse(text, { logLevel: 'error' });
  } catch (error) {
    throw invalid(path, error instanceof Error ? error.message : String(error));
  }
  const result = z.record(z.string(), groupSchema).safeParse(parsed ?? {});
  if (!result.success) {
    const mistakes = result.error.issues.map((issue) => `${issue.path.map(String).join('.')}: ${mistakeOf(issue)}`);
    throw invalid(path, mistakes.join('\n'));
  }
  const add = (name: string, group: GroupText) => {
    const entry = groups.get(name) ?? { hosts: new Map(), variables: {}, children: new Set<string>() };
    groups.set(name, entry);
    entry.variables = { ...entry.variables, ...group?.vars };
    for (const [host, own] of Object.entries(group?.hosts ?? {})) {
      entry.hosts.set(host, { ...entry.hosts.get(host), ...own });
    }
    for (const [child, inner] of Object.entries(group?.children ?? {})) {
      entry.children.add(child);
      add(child, inner);
    }
  };
  add('all', undefined);
  for (const [name, group] of Object.entries(result.data)) add(name, group);
  // Whatever is in no other group is a child of all.
  const children = new Set([...groups.values()].flatMap((group) => [...group.children]));
  for (const name of groups.keys()) if (name !== 'all' && !children.has(name)) groups.get('all')?.children.add(name);
  return groups;
}

function mistakeOf(issue: z.core.$ZodIssue): string {
  return issue.code === 'unrecognized_keys'
    ? `a group has hosts, vars and children, and no ${issue.keys.join(', ')}`
    : 'is not what an inventory has here';
}

/** As Ansible merges them: those of a deeper group go before those of an outer one, and a host's own before all. */
function variablesOf(host: string, groups: ReadonlyMap<string, Group>): Variables {
  const depth = (name: string, open: readonly string[] = []): number => {
    const outer = [...groups].filter(([other, { children }]) => children.has(name) && !open.includes(other));
    return Math.max(0, ...outer.map(([other]) => 1 + depth(other, [...open, name])));
  };
  const names = [...groups.keys()].filter((name) => namesIn(groups, name).has(host));
  const inOrder = names.sort((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1));
  const all = [
    ...inOrder.map((name) => groups.get(name)?.variables),
    ...[...groups.values()].map(({ hosts }) => hosts.get(host)),
  ];
  return Object.assign({}, ...all);
}

/** The hosts of a group and of those inside it. Groups that hold each other are no trouble. */
function namesIn(groups: ReadonlyMap<string, Group>, name: string, seen = new Set<string>()): ReadonlySet<string> {
  const group = groups.get(name);
  if (group === undefined || seen.has(name)) return new Set();
  seen.add(name);
  return new Set([...group.hosts.keys(), ...[...group.children].flatMap((child) => [...namesIn(groups, child, seen)])]);
}

/** Placeholders of templates, and what is to be filled in by other programs. */
const UNFINISHED = /\{\{|[<>]|x{2,}|\$ANSIBLE_VAULT|(?<![a-z])(your|change|replace|todo)(?![a-z])/i;

function hostOf(name: string, all: Variables, mistakes: string[]): InventoryHost | undefined {
  const mistake = (what: string) => {
    mistakes.push(`${name}: ${what}`);
    return undefined;
  };
  const unreadable = UNREADABLE.find((key) => key in all);
  if (unreadable !== undefined) return mistake(`${unreadable} is not understood: put it into ~/.ssh/config`);
  if (/\[.*[:,].*\]/.test(name)) return mistake('a range of hosts is not understood: write each of them');
  const read = (key: Variable): string | undefined => {
    const value = all[key];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  };
  for (const key of READ) {
    const value = all[key];
    if (value === undefined || value === null) continue;
    if (read(key) === undefined) return mistake(`${key} is not a plain value`);
    if (UNFINISHED.test(String(value))) return mistake(`${key} is still to be filled in: ${value}`);
  }
  if (read('ansible_connection') === 'local') return { written: 'local', identity: undefined };
  const [address, user, port] = [read('ansible_host') ?? name, read('ansible_user'), read('ansible_port')];
  const bracketed = address.includes(':') ? `[${address}]` : address;
  const written = `${user === undefined ? '' : `${user}@`}${bracketed}${port === undefined ? '' : `:${port}`}`;
  if (parseHost(written)?.kind !== 'ssh') return mistake(`"${written}" is not a host that can be reached`);
  const identity = read('ansible_ssh_private_key_file');
  if (identity !== undefined && !/^(\/|~\/)/.test(identity)) {
    return mistake(`ansible_ssh_private_key_file must begin with / or ~/, not ${identity}`);
  }
  return { written, identity };
}

function unknownGroup(path: string, group: string, known: readonly string[]): Problem {
  return new Problem({
    code: 'unknown-group',
    what: `${path} has no group ${group}`,
    why: `it has ${known.join(', ')}`,
    fix: 'name one of them as inventory: { file, group } in tagship.yaml',
    exit: EXIT.usage,
  });
}

function invalid(path: string, why: string): Problem {
  return new Problem({
    code: 'inventory-invalid',
    what: `${path} cannot be used`,
    why,
    fix: `mend ${path}, or write the hosts into tagship.yaml`,
    exit: EXIT.usage,
  });
}
