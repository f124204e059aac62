import { describe, expect, it } from 'vitest';
import { inventoryHosts } from '../../src/config/inventory.ts';
import type { Problem } from '../../src/core/problem.ts';

const hosts = (text: string, group = 'all') => inventoryHosts(text, 'hosts.yml', group);
const written = (text: string, group?: string) => hosts(text, group).map((host) => host.written);

function refusal(text: string, group = 'all'): Problem {
  try {
    hosts(text, group);
  } catch (error) {
    return error as Problem;
  }
  throw new Error('it was not refused');
}

describe('an inventory', () => {
  it('tells how each host is reached', () => {
    const text = `
all:
  hosts:
    kitchen: { ansible_host: 192.168.1.100, ansible_user: pi, ansible_port: 2222, ansible_ssh_private_key_file: ~/.ssh/pi }
    attic.lan:
    six: { ansible_host: "fe80::1" }
    here: { ansible_connection: local }
`;
    expect(hosts(text)).toEqual([
      { written: 'pi@192.168.1.100:2222', identity: '~/.ssh/pi' },
      { written: 'attic.lan' },
      { written: '[fe80::1]' },
      { written: 'local' },
    ]);
  });

  it('has groups in groups; a host is in all of them, once, in the order they are written', () => {
    const text = `
all:
  children:
    europe: { children: { paris: { hosts: { p1: , p2: } }, rome: { hosts: { r1: } } } }
    web: { hosts: { p2: , w1: } }
paris: { hosts: { p3: } }
lonely: { hosts: { l1: } }
`;
    expect(written(text, 'paris')).toEqual(['p1', 'p2', 'p3']);
    expect(written(text, 'europe')).toEqual(['p1', 'p2', 'p3', 'r1']);
    expect(written(text, 'web')).toEqual(['p2', 'w1']);
    expect(written(text)).toEqual(['p1', 'p2', 'p3', 'r1', 'w1', 'l1']);
  });

  it('lets a host speak before its group, an inner group before an outer one, and later names before earlier ones', () => {
    const text = `
all:
  vars: { ansible_user: outer, ansible_port: 1 }
  children:
    inner:
      vars: { ansible_user: inner }
      hosts: { a: { ansible_user: own }, b: , c: }
    z-sibling: { vars: { ansible_user: later }, hosts: { c: } }
  hosts: { d: }
`;
    expect(written(text).sort()).toEqual(['inner@b:1', 'later@c:1', 'outer@d:1', 'own@a:1']);
  });

  it('whose groups hold each other does not go round in circles', () => {
    expect(written('a: { children: { b: } }\nb: { children: { a: }, hosts: { h: } }', 'a')).toEqual(['h']);
  });

  it('may hold much that is none of our business', () => {
    const text = `
all:
  children:
    production:
      hosts:
        raspberry_pi:
          ansible_host: 192.168.1.100
          ansible_user: pi
      vars:
        server_timezone: "Europe/Paris"
        domain_name: "your-domain.com"
        password: "{{ vault_password }}"
`;
    expect(written(text, 'production')).toEqual(['pi@192.168.1.100']);
  });
});

describe('an inventory is refused', () => {
  it.each([
    ['host: "{{ lookup }}"', 'h: ansible_host is still to be filled in: {{ lookup }}'],
    ['host: 192.168.1.XXX', 'h: ansible_host is still to be filled in: 192.168.1.XXX'],
    ['host: <address of the Pi>', 'h: ansible_host is still to be filled in: <address of the Pi>'],
    ['host: your-pi.lan', 'h: ansible_host is still to be filled in: your-pi.lan'],
    ['host: [a, b]', 'h: ansible_host is not a plain value'],
    ['host: -oProxyCommand=x', 'h: "-oProxyCommand=x" is not a host that can be reached'],
    ['user: "a b"', 'h: "a b@h" is not a host that can be reached'],
    ['port: many', 'h: "h:many" is not a host that can be reached'],
    ['user: !vault "$ANSIBLE_VAULT;1.1"', 'h: ansible_user is still to be filled in: $ANSIBLE_VAULT;1.1'],
    ['ssh_private_key_file: keys/pi', 'h: ansible_ssh_private_key_file must begin with / or ~/, not keys/pi'],
    ['ssh_common_args: -J x', 'h: ansible_ssh_common_args is not understood: put it into ~/.ssh/config'],
  ])('for ansible_%s', (variable, why) => {
    expect(refusal(`all: { hosts: { h: { ansible_${variable} } } }`).why).toBe(why);
  });

  it('with every host that is not understood', () => {
    const { why } = refusal('all: { hosts: { "pi[1:9]": , ok: , b: { ansible_host: CHANGE_ME } } }');
    expect(why).toBe(
      'pi[1:9]: a range of hosts is not understood: write each of them\nb: ansible_host is still to be filled in: CHANGE_ME',
    );
  });

  it.each([
    ['all: [h]', 'all: is not what an inventory has here'],
    ['all: { host: { h: } }', 'all: a group has hosts, vars and children, and no host'],
    ['all: { hosts: [h] }', 'all.hosts: is not what an inventory has here'],
    ['all: { hosts: }', 'group all has no hosts'],
    ['[all]\nh ansible_host=1', expect.stringContaining('')],
  ])('that is none: %s', (text, why) => expect(refusal(text).why).toEqual(why));

  it('for a group it does not have, and those it has are named', () => {
    const problem = refusal('all: { children: { prod: } }', 'production');
    expect([problem.code, problem.why]).toEqual(['unknown-group', 'it has all, prod']);
  });
});
