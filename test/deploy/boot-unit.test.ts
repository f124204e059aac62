import { describe, expect, it } from 'vitest';
import { bootUnit, unitName } from '../../src/deploy/boot-unit.ts';

describe('the unit that settles at a boot', () => {
  it('runs as the user who deploys, once docker is up, what stands in the clone', () => {
    const { name, text } = bootUnit('pi', '/opt/flutter_grist_app', '/opt/flutter_grist_app/.git/tagship');
    expect(name).toMatch(/^tagship-settle-flutter_grist_app-[0-9a-f]{8}\.service$/);
    const lines = text.split('\n');
    expect(lines).toContain('User=pi');
    expect(lines).toContain('After=docker.service');
    expect(lines).toContain('ExecStart=/bin/sh "/opt/flutter_grist_app/.git/tagship/settle-open.sh" boot');
    expect(lines).toContain('WantedBy=multi-user.target');
  });

  it('is named for each app directory of its own, in letters that systemd and a shell take as they are', () => {
    const names = ['/opt/app', '/srv/app', '/srv/a pp', "/srv/$(id) -x'%i"].map(unitName);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^tagship-settle-[A-Za-z0-9_-]+\.service$/);
  });
});
