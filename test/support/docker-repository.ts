import { execFileSync } from 'node:child_process';
import { cpSync, createReadStream, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join, normalize } from 'node:path';

/** Stands in for Docker's own apt repository, which the tests cannot reach: its layout, signed, with packages that hold nothing but a service that sleeps. */
export class DockerRepository {
  private constructor(
    private readonly folder: string,
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async serve(address: string, suite: string): Promise<DockerRepository> {
    const folder = mkdtempSync(join(tmpdir(), 'tagship-docker-'));
    execFileSync('sh', ['-euc', MAKE, 'sh', suite], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
    const server = createServer((request, response) => {
      const file = join(folder, normalize(decodeURI(request.url ?? '/')));
      if (existsSync(file)) createReadStream(file).pipe(response);
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, address, resolve));
    const bound = server.address();
    const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
    return new DockerRepository(folder, server, `http://${address}:${port}`);
  }

  /** Of the key that signs it. */
  get fingerprint(): string {
    return readFileSync(join(this.folder, 'fingerprint'), 'utf8').trim();
  }

  /** Which keys it says are its own: the one that signs, another, or both in one file. */
  show(keys: 'own' | 'other' | 'both'): void {
    cpSync(join(this.folder, `${keys}.asc`), join(this.folder, 'debian/gpg'));
  }

  stop(): void {
    this.server.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const MAKE = `mkdir -m 700 gnupg; export GNUPGHOME="$PWD/gnupg"; arch=$(dpkg --print-architecture)
for key in own other; do
  gpg --batch --quiet --passphrase '' --quick-generate-key "$key@lab.test" rsa2048 sign never 2>/dev/null
  gpg --armor --export "$key@lab.test" >$key.asc
done
gpg --armor --export >both.asc
gpg --batch --quiet --no-auto-check-trustdb --with-colons --list-keys own@lab.test | sed -n 's/^fpr:*\\([0-9A-F]*\\):$/\\1/p' | head -n 1 >fingerprint
list=debian/dists/$1/stable/binary-$arch/Packages
mkdir -p debian/pool "\${list%/*}" empty/DEBIAN
for name in docker-ce docker-ce-cli containerd.io docker-buildx-plugin docker-compose-plugin; do
  rm -rf empty/usr
  [ $name != docker-ce ] || {
    mkdir -p empty/usr/lib/systemd/system
    printf '[Service]\\nExecStart=/usr/bin/sleep infinity\\n[Install]\\nWantedBy=multi-user.target\\n' >empty/usr/lib/systemd/system/docker.service
  }
  printf 'Package: %s\\nVersion: 1\\nArchitecture: all\\nMaintainer: Tester <tester@example.com>\\nDescription: stand-in\\n' $name >empty/DEBIAN/control
  dpkg-deb --build empty debian/pool/$name.deb
  { cat empty/DEBIAN/control
    printf 'Filename: pool/%s.deb\\nSize: %s\\nSHA256: %s\\n\\n' $name "$(stat -c %s debian/pool/$name.deb)" "$(sha256sum debian/pool/$name.deb | cut -d' ' -f1)"
  } >>$list
done
{ printf 'Origin: Docker\\nSuite: %s\\nCodename: %s\\nComponents: stable\\nArchitectures: %s\\nDate: %s\\nSHA256:\\n' $1 $1 $arch "$(date -Ru)"
  printf ' %s %s stable/binary-%s/Packages\\n' "$(sha256sum $list | cut -d' ' -f1)" "$(stat -c %s $list)" $arch
} | gpg --batch --quiet --no-auto-check-trustdb --local-user own@lab.test --clearsign >debian/dists/$1/InRelease
gpgconf --kill all
`;
